"""Any history of a review keeps its promises. HYPOTHESIS_PROFILE=durability runs 10,000 histories."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.services.assistant.review_machine import ReviewMachine

IS_FULL = os.environ.get("HYPOTHESIS_PROFILE") == "durability"  # noqa: TID251 - of the test run, not of the product
HISTORIES = 10_000 if IS_FULL else 8
STEPS = 20
HOURS = 3600


@pytest.mark.timeout(4 * HOURS if IS_FULL else 120)
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
