"""`muza kb`: the documents of the knowledge base, looked at and looked after from the terminal."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_start import run_over_the_store, settings_of

if TYPE_CHECKING:
    from bot.container import Container

knowledge = typer.Typer(
    help="Documents of the knowledge base: what there is, and what becomes of it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
OfProject = Annotated[str | None, typer.Option("--project", help="Project (brand); not needed where there is but one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Which = Annotated[str, typer.Argument(metavar="DOCUMENT", help="Its number or its source, as `muza kb list` has them.")]


def _over_the_container(work: "Callable[[Container], Awaitable[int]]", *, words_only: bool = False) -> None:
    """`words_only`: no embedding model has to be started."""
    settings = settings_of("kb")
    if words_only:
        settings = settings.model_copy(update={"embedding_model": "none"})
    from bot.commands.open_for_command import open_for_command

    async def opened() -> int:
        async with open_for_command(settings) as container:
            return await work(container)

    raise typer.Exit(run_over_the_store(opened()))


@knowledge.command(name="list")
def list_(
    words: Annotated[str, typer.Argument(help="Of title, source or author; by default all documents.")] = "",
    *,
    project: OfProject = None,
    as_json: AsJson = False,
) -> None:
    """Documents with their passports."""
    from bot.commands.kb_documents import list_documents

    _over_the_container(lambda container: list_documents(container, words, project, as_json=as_json), words_only=True)


@knowledge.command()
def show(document: Which, *, project: OfProject = None, as_json: AsJson = False) -> None:
    """One document: passport, versions, passages."""
    from bot.commands.kb_documents import show_document

    _over_the_container(lambda container: show_document(container, document, project, as_json=as_json), words_only=True)


@knowledge.command()
def delete(
    documents: Annotated[list[str], typer.Argument(metavar="DOCUMENT…", help="Numbers or sources.")],
    *,
    project: OfProject = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Documents leave, with passages, vectors, versions and files. There is no way back."""
    from bot.commands.kb_documents import delete_documents

    _over_the_container(lambda container: delete_documents(container, documents, project, is_sure=yes, as_json=as_json))


@knowledge.command()
def rebuild(
    *,
    project: OfProject = None,
    by_model: Annotated[
        bool, typer.Option("--by-model", help="Ask the model for every vector anew; by default only for missing ones.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Both indexes anew from the database, in every process; by default of all projects."""
    from bot.commands.kb_index import rebuild_indexes

    _over_the_container(lambda container: rebuild_indexes(container, project, by_model=by_model, as_json=as_json))


@knowledge.command()
def rules(
    *,
    project: OfProject = None,
    type_: Annotated[str, typer.Option("--type", help="Type or format, as pdf; by default all without a rule.")] = "",
    target: Annotated[int | None, typer.Option(min=1, help="Tokens of a piece where a section is cut.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Tokens up to which a section stays whole.")] = None,
    overlap: Annotated[
        int | None, typer.Option(min=0, max=50, help="Percent of a piece that the next repeats.")
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="No rule of its own for this type.")] = False,
    as_json: AsJson = False,
) -> None:
    """How documents are cut into passages. What is given changes, and the documents concerned are cut anew."""
    from bot.commands.kb_index import RuleChange, cutting_rules

    change = RuleChange(type_, target, limit, overlap, reset)
    _over_the_container(
        lambda container: cutting_rules(container, project, change, as_json=as_json), words_only=change.is_empty
    )
