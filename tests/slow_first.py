"""The files that take longest begin first: with several workers nobody is left alone with one of them at the end.

Workers take whole files (`--dist loadfile --no-loadscope-reorder`): what a file sets up, a browser or a demo, is set up
once.
"""

import pytest

SLOW_FILES = (
    "durability/test_scenarios.py",
    "e2e/test_demo_page.py",
    "durability/test_owner_killed.py",
    "e2e/test_broadcast_restart.py",
    "e2e/test_trouble.py",
    "e2e/test_idea.py",
    "e2e/test_processes.py",
    "e2e/",
    "durability/",
    "unit/bot/webhooks/test_process.py",
    "unit/services/retrieval/test_golden_questions.py",
    "unit/services/assistant/test_review_histories.py",
    "contract/test_store",
)
"""Beginnings of paths below tests/, the longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)  # stable: within a rank, as collected


def _rank(item: pytest.Item) -> int:
    path = item.nodeid.removeprefix("tests/")
    return next((rank for rank, start in enumerate(SLOW_FILES) if path.startswith(start)), len(SLOW_FILES))
