"""Arms the one failpoint that CRASH_AT names: only for rehearsals of crashes."""

import os

from loguru import logger

from bot.settings import Settings
from services.domain.failpoint import FailPoint, arm


def arm_failpoint(settings: Settings) -> None:
    """CRASH_AT=name or name:hit. The first process of a DATA_DIR that comes there dies; those after it live."""
    if settings.crash_at is None:
        return
    name, _, hit = settings.crash_at.partition(":")
    marker = settings.run_dir / f"crashed-{name}"

    def may_die() -> bool:
        try:
            settings.run_dir.mkdir(parents=True, exist_ok=True)
            os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True

    logger.warning("this process dies once at {}: CRASH_AT is for rehearsals only", settings.crash_at)
    arm(FailPoint(name), hit=int(hit or 1), may_die=may_die)
