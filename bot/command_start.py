"""How every command begins, and what it says when it cannot."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, NoReturn

import typer

if TYPE_CHECKING:
    from bot.settings import Settings

CANNOT_WORK = 2


def refuse(sentence: str) -> NoReturn:
    """Ends the process."""
    typer.echo(sentence, err=True)
    raise typer.Exit(CANNOT_WORK)


def settings_of(process: str, *, needs_token: bool = False) -> "Settings":
    """Read the settings and set the log up, or end with a sentence."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from bot import startup_problems
    from bot.logs import configure_logging
    from bot.rehearsal import arm_failpoint
    from bot.settings import Settings

    try:
        settings = Settings()
    except ValidationError as error:
        refuse("\n".join((startup_problems.BAD_SETTINGS, *startup_problems.settings_problems(error))))
    except (SettingsError, OSError, UnicodeDecodeError) as error:
        refuse(startup_problems.UNREADABLE.format(reason=type(error).__name__))
    if settings.prices_file is not None:
        from services.calling.yaml_prices import PriceFileError, read_prices

        try:
            read_prices(settings.prices_file)
        except PriceFileError as error:
            refuse(startup_problems.BAD_PRICES.format(problem=error))
    if needs_token and settings.telegram_bot_token is None:
        refuse(startup_problems.HOW_TO_BEGIN)
    configure_logging(settings, process)
    arm_failpoint(settings)
    return settings


def run_over_the_store(work: Coroutine[Any, Any, int]) -> int:
    """Exit code of `work`, or 1 with a sentence when there is no database."""
    from services.domain.errors import StoreUnavailable

    try:
        return asyncio.run(work)
    except StoreUnavailable:
        from bot.startup_problems import NO_STORE

        typer.echo(NO_STORE, err=True)
        return 1
