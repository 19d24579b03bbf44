"""Reminders: are they at work, and when do they keep quiet?"""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.doctor.finding import Finding, ok, warning
from bot.settings import Settings
from bot.supervisor.heartbeat import fresh_processes


def check_reviews(settings: Settings) -> list[Finding]:
    return [*_scheduler(fresh_processes(settings)), *_quiet_hours(settings)]


def _scheduler(running: list[str]) -> list[Finding]:
    """Only where Muza is running on this DATA_DIR can be told whether her scheduler is."""
    if not {"polling", "webhooks"} & set(running):
        return []
    return [] if "cron" in running else [warning("no_scheduler")]


def _quiet_hours(settings: Settings) -> list[Finding]:
    if settings.quiet_hours is None:
        return [ok("no_quiet_hours")]
    clock = f"{datetime.now(ZoneInfo(settings.timezone)):%H:%M}"
    return [ok("quiet_hours", hours=settings.quiet_hours, zone=settings.timezone, clock=clock)]
