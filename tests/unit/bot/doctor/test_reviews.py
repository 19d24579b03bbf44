from collections.abc import Callable

from bot.doctor.reviews import check_reviews
from bot.settings import Settings

Make = Callable[..., Settings]


def codes(settings: Settings) -> list[str]:
    return [finding.code for finding in check_reviews(settings)]


def beat(settings: Settings, *processes: str) -> None:
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    for process in processes:
        (settings.run_dir / f"{process}.beat").touch()


def test_quiet_hours_are_told_with_the_time_over_there(make_settings: Make) -> None:
    settings = make_settings(quiet_hours="21:00-09:00", timezone="Asia/Tokyo")
    (finding,) = check_reviews(settings)
    assert finding.code == "quiet_hours"
    assert (finding.facts["hours"], finding.facts["zone"]) == ("21:00-09:00", "Asia/Tokyo")
    assert codes(make_settings()) == ["no_quiet_hours"]


def test_a_scheduler_that_is_missing_beside_a_running_bot_is_told(make_settings: Make) -> None:
    settings = make_settings()
    assert "no_scheduler" not in codes(settings), "nothing runs here"
    beat(settings, "polling")
    assert "no_scheduler" in codes(settings)
    beat(settings, "cron")
    assert "no_scheduler" not in codes(settings)
