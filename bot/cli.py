"""`muza`: the command line. Bodies live elsewhere and are imported by their command, so that `--help` is quick."""

import asyncio
import sys
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from bot.command_start import CANNOT_WORK, refuse, run_over_the_store, settings_of
from bot.evaluation_cli import evaluation
from bot.knowledge_cli import knowledge
from bot.lazy_aiogram import import_aiogram
from bot.memory import quiet_imports
from services.domain.spending import SpendingGroup

app = typer.Typer(
    help="Муза: помощница творческой команды в Telegram. / Muza: a creative team's assistant in Telegram.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its frames show local variables, that is, secrets and people's words
)
app.add_typer(evaluation, name="eval")
app.add_typer(knowledge, name="kb")


class QueueName(StrEnum):
    DELIVERY = "delivery"
    HEAVY = "heavy"


class Mode(StrEnum):
    HYBRID = "hybrid"
    DENSE = "dense"
    KEYWORD = "keyword"


AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def _version(wanted: bool) -> None:
    if wanted:
        from bot import __version__

        typer.echo(f"muza {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Options that belong to no command."""


@app.command()
def run() -> None:
    """Everything on one machine: bot, workers, and the servers that have no URL."""
    from bot import startup_problems
    from bot.supervisor.run import AlreadyRunning, run_everything

    settings = settings_of("supervisor", needs_token=True)
    folder = settings.data_dir.absolute()
    try:
        code = run_everything(settings)
    except AlreadyRunning as error:
        refuse(startup_problems.ALREADY_RUNNING.format(folder=folder, pid=error.pid))
    except OSError as error:
        refuse(startup_problems.NO_FOLDER.format(folder=folder, reason=error.strerror))
    raise typer.Exit(code)


@app.command()
def polling() -> None:
    """The bot, asking Telegram for updates."""
    settings = settings_of("bot", needs_token=True)
    with quiet_imports():
        import_aiogram()
        from bot.polling import run_polling

    raise typer.Exit(run_polling(settings))


@app.command()
def webhooks() -> None:
    """The bot, called by Telegram (WEBHOOK_URL), with /healthz and /readyz."""
    settings = settings_of("webhooks", needs_token=True)
    with quiet_imports():
        import_aiogram()
        from bot.webhooks.app import run_webhooks

    raise typer.Exit(run_webhooks(settings))


@app.command()
def worker(queue: Annotated[QueueName, typer.Option(help="The one queue this worker serves.")]) -> None:
    """A worker of one queue; any number of them may run."""
    settings = settings_of(f"worker:{queue}", needs_token=True)
    with quiet_imports():
        if queue is QueueName.DELIVERY:  # importing it later, on the event loop, would hold what goes on there
            import_aiogram()
            import_module("bot.delivery_senders")
        from bot.worker import run_worker

    raise typer.Exit(run_worker(settings, str(queue)))


@app.command()
def cron() -> None:
    """Starts the periodic jobs: reminders, expiry, purging. More than one may run."""
    settings = settings_of("cron")
    from bot.cron import run_cron

    raise typer.Exit(run_cron(settings))


@app.command()
def models(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8100,
) -> None:
    """Local models behind an OpenAI-compatible address (MODELS_URL)."""
    settings = settings_of("models")
    from bot.models.server import serve

    serve(settings, host=host, port=port)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check token, keys, stores, models, disk, and say what to do."""
    settings = settings_of("doctor")
    from bot.commands.doctor import doctor as examine

    raise typer.Exit(asyncio.run(examine(settings, as_json=as_json)))


@app.command()
def health(
    process: Annotated[str, typer.Argument(help="polling, webhooks, worker-delivery, cron, …; by default, any.")] = "",
) -> None:
    """Exit code 0 while the process is alive and of use: for container health checks."""
    settings = settings_of("health")
    from bot.supervisor.heartbeat import fresh_processes, trouble_of

    alive = {name: trouble_of(settings, name) for name in fresh_processes(settings)}
    asked = {name: trouble for name, trouble in alive.items() if not process or name == process}
    typer.echo(
        ", ".join(f"{name}: {trouble}" if trouble else name for name, trouble in alive.items()) or "nothing is running"
    )
    raise typer.Exit(0 if asked and not any(asked.values()) else 1)


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Files and folders.")],
    project: Annotated[str | None, typer.Option(help="Project (brand) the documents belong to.")] = None,
    as_json: AsJson = False,
) -> None:
    """Documents into the knowledge base."""
    settings = settings_of("ingest")
    from bot.commands.ingest import ingest as ingest_paths
    from bot.commands.open_for_command import open_for_command

    async def work() -> int:
        async with open_for_command(settings) as container:
            return await ingest_paths(container, paths, project, as_json)

    raise typer.Exit(run_over_the_store(work()))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The archive to write, as muza-2026-03-01.tar.gz.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Everything that Muza keeps into one file, while it works."""
    settings = settings_of("backup")
    from bot.commands.backup import backup as back_up

    raise typer.Exit(run_over_the_store(back_up(settings, file, overwrite=force, as_json=as_json)))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An archive that `muza backup` made.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace an installation that is in use.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="A move: what was waiting to be sent or done goes on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """A backup in place of what is here. Muza must not be running."""
    settings = settings_of("restore")
    from bot.commands.restore import restore as put_back

    raise typer.Exit(run_over_the_store(put_back(settings, file, force=force, resume=resume, as_json=as_json)))


@app.command()
def search(
    query: str,
    *,
    mode: Annotated[Mode, typer.Option(help="Which legs of the search to use.")] = Mode.HYBRID,
    limit: Annotated[int, typer.Option("-k", "--limit", min=1, help="How many passages.")] = 8,
    project: Annotated[str | None, typer.Option(help="Project (brand) to search in.")] = None,
    since: Annotated[str | None, typer.Option(help="Documents from that day on: 2026, 2026-01, 2026-01-31.")] = None,
    until: Annotated[str | None, typer.Option(help="Documents up to that day, month or year.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Documents of a format or type: pdf, docx, …")] = None,
    author: Annotated[str | None, typer.Option(help="Documents by somebody; a part of the name will do.")] = None,
    as_json: AsJson = False,
) -> None:
    """What the knowledge base would give for a brief or a question."""
    settings = settings_of("search")
    if mode is Mode.KEYWORD:
        settings = settings.model_copy(update={"embedding_model": "none"})  # nothing to start, nothing to wait for
    from bot.commands.open_for_command import open_for_command
    from bot.commands.search import Wishes
    from bot.commands.search import search as search_passages
    from services.domain.knowledge import SearchMode

    wishes = Wishes(SearchMode(str(mode)), limit, project, since, until, kind, author)

    async def work() -> int:
        async with open_for_command(settings) as container:
            return await search_passages(container, query, wishes, as_json=as_json)

    raise typer.Exit(run_over_the_store(work()))


@app.command()
def spend(
    since: Annotated[str | None, typer.Option(help="First day, as 2026-03-01; or 7d: the last seven.")] = None,
    by: Annotated[SpendingGroup, typer.Option(help="How to split it.")] = SpendingGroup.MODEL,
    as_json: AsJson = False,
) -> None:
    """What was spent on models: calls, tokens, US dollars."""
    settings = settings_of("spend")
    from bot.commands.spend import spend as show_spending

    raise typer.Exit(run_over_the_store(show_spending(settings, since=since, by=by, as_json=as_json)))


@app.command()
def transcribe(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Sound or video files.")],
    *,
    srt: Annotated[bool, typer.Option("--srt", help="Subtitles as well.")] = False,
    minutes: Annotated[bool, typer.Option("--minutes", help="Sum up: decisions, tasks, ideas.")] = False,
    learn: Annotated[
        bool, typer.Option("--learn", help="Into the knowledge base: everybody heard must agree.")
    ] = False,
    project: Annotated[str | None, typer.Option(help="Project (brand) that is spoken about.")] = None,
    language: Annotated[str | None, typer.Option(help="Of the speech, as ru or en; by default detected.")] = None,
    to_stdout: Annotated[bool, typer.Option("--stdout", help="Print instead of writing files.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files of an earlier run.")] = False,
) -> None:
    """Speech as text, beside the file; for what is too large for Telegram, too."""
    settings = settings_of("transcribe")
    from bot.commands.open_for_command import open_for_command
    from bot.commands.transcribe import Wishes
    from bot.commands.transcribe import transcribe as transcribe_files

    wishes = Wishes(srt, minutes, learn, to_stdout, overwrite, language, project)

    async def work() -> int:
        async with open_for_command(settings, listening=True) as container:
            return await transcribe_files(container, files, wishes)

    raise typer.Exit(run_over_the_store(work()))


def main() -> None:
    """Entry point of the command `muza`."""
    try:
        app()
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in ("bot", "handlers", "services"):
            raise
        from bot.startup_problems import NOT_INSTALLED

        typer.echo(NOT_INSTALLED.format(name=error.name), err=True)
        sys.exit(CANNOT_WORK)
    except KeyboardInterrupt:
        sys.exit(130)
