"""Any history of a review keeps its promises. REVIEW_HISTORIES=1000 tries so many of them."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.services.assistant.review_machine import ReviewMachine

HISTORIES = int(os.environ.get("REVIEW_HISTORIES", "8"))  # noqa: TID251 - of the test run, not of the product
STEPS = 20
SECONDS_EACH = 5


@pytest.mark.timeout(120 + SECONDS_EACH * HISTORIES)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_any_history_of_a_review(sqlite_template: Path, tmp_path: Path) -> None:
    machine = type("Machine", (ReviewMachine,), {"template": sqlite_template, "folder": tmp_path})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
