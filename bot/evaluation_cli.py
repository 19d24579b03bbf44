"""`muza eval`: the quality of the product, measured on a team's own questions."""

from pathlib import Path
from typing import Annotated

import typer

from bot.command_start import refuse, run_over_the_store, settings_of

evaluation = typer.Typer(
    help="Measure quality on questions of your own.", no_args_is_help=True, pretty_exceptions_enable=False
)


@evaluation.callback()
def _group() -> None:
    """Without it typer would make the only command the group itself."""


@evaluation.command()
def retrieval(
    golden: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Questions, one JSON object a line.")
    ] = None,
    docs: Annotated[Path | None, typer.Option(exists=True, file_okay=False, help="Folder of the documents.")] = None,
    *,
    from_chat: Annotated[
        bool, typer.Option("--from-chat", help="Questions marked in the chat, asked of the knowledge base as it is.")
    ] = False,
    project: Annotated[str | None, typer.Option(help="With --from-chat: the project (brand).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    baseline: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="An earlier result: exit code 1 where it was better."),
    ] = None,
    tolerance: Annotated[
        float, typer.Option(min=0, max=1, help="How much a figure may fall below the baseline.")
    ] = 0.005,
    save_baseline: Annotated[Path | None, typer.Option(dir_okay=False, help="Keep the result as a baseline.")] = None,
    plot: Annotated[Path | None, typer.Option(dir_okay=False, help="A picture of the result, PNG.")] = None,
    model: Annotated[
        str | None, typer.Option(help="Embedding model, instead of EMBEDDING_MODEL; none: words only.")
    ] = None,
) -> None:
    """Does search find the right passage? In a throw-away project and index: nothing of the team's is touched. With
    --from-chat, in the team's own: it is only asked."""
    settings = settings_of("eval")
    if model is not None:
        settings = settings.model_copy(update={"embedding_model": model})
    from bot.commands.eval_retrieval import Wishes, eval_retrieval

    if from_chat == bool(golden or docs) or (golden is None) != (docs is None):
        refuse("Give --golden and --docs, or --from-chat.")
    wishes = Wishes(
        golden, docs, as_json, baseline, tolerance, save_baseline, plot, from_chat=from_chat, project=project
    )
    raise typer.Exit(run_over_the_store(eval_retrieval(settings, wishes)))


@evaluation.command()
def golden(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write them.")],
    *,
    project: Annotated[str | None, typer.Option(help="Project (brand) they were asked about.")] = None,
) -> None:
    """Questions that an administrator kept in the chat, as a file for `muza eval retrieval --golden`."""
    settings = settings_of("eval")
    from bot.commands.golden import export_golden

    raise typer.Exit(run_over_the_store(export_golden(settings, file, project)))
