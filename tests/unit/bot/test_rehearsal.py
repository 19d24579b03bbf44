"""A rehearsal of a crash ends the process at the named place, once for a DATA_DIR."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings, child_environment
from services.domain.failpoint import KILLED, FailPoint

REACHES_THREE_TIMES = """
from bot.rehearsal import arm_failpoint
from bot.settings import Settings
from services.domain.failpoint import FailPoint, reached
arm_failpoint(Settings())
try:
    for number in range(3):
        reached(FailPoint.TEXT_SAVED)
        reached(FailPoint.LEASE_TAKEN)
        print("past", number, flush=True)
finally:
    print("goodbye", flush=True)
"""


def rehearse(data_dir: Path, crash_at: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", REACHES_THREE_TIMES],
        env=child_environment({"DATA_DIR": str(data_dir), "CRASH_AT": crash_at}),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


def test_the_process_dies_at_the_named_hit_and_its_successor_lives(tmp_path: Path) -> None:
    assert rehearse(tmp_path, "text_saved:2") == (KILLED, ["past 0"])
    assert rehearse(tmp_path, "text_saved:2") == (0, ["past 0", "past 1", "past 2", "goodbye"])


def test_nothing_is_armed_without_the_setting(tmp_path: Path) -> None:
    assert rehearse(tmp_path, "")[0] == 0


@pytest.mark.parametrize("value", ["nowhere", "text_saved:0", "text_saved:x"])
def test_an_unknown_place_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, crash_at=value)


def test_every_place_is_reached_somewhere_in_the_product() -> None:
    root = Path(__file__).parents[3]
    code = "".join(path.read_text() for room in ("bot", "handlers", "services") for path in (root / room).rglob("*.py"))
    assert [place.name for place in FailPoint if f"reached(FailPoint.{place.name})" not in code] == []
