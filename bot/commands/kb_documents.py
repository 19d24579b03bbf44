"""`muza kb list`, `show` and `delete`."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from bot.commands.search import find_project, refuse
from bot.container import Container
from services.domain.errors import FilesUnavailable, InputError
from services.domain.freshness import standing
from services.domain.knowledge import Document
from services.store.ports import Store, Transaction


async def list_documents(container: Container, words: str, project: str | None, *, as_json: bool) -> int:
    try:
        where = await find_project(container.store, project)
    except InputError as error:
        return refuse(error, 2)
    wanted = words.casefold().split()
    async with container.store.reading() as tx:
        documents = [one for one in await tx.documents.list(where.id) if _matches(one, wanted)]
        counts = {one.id: await tx.catalogue.passages_in(one.id) for one in documents}
    if as_json:
        rows = [as_facts(one, counts[one.id]) for one in documents]
        typer.echo(json.dumps({"project": where.slug, "documents": rows}, ensure_ascii=False, default=str))
        return 0
    table = Table("No.", "Source", "Title", "Format", "Version", "Passages", "Standing", "Remarks")
    for one in documents:
        facts = as_facts(one, counts[one.id])
        remarks = ", ".join(
            (*facts["flags"], *([f"until {one.passport.valid_until}"] if one.passport.valid_until else []))
        )
        table.add_row(
            str(one.id),
            one.source,
            one.title,
            one.format,
            str(one.version),
            str(counts[one.id]),
            facts["standing"],
            remarks,
        )
    console = Console()
    console.print(table) if documents else console.print("No documents.")
    return 0


async def show_document(container: Container, which: str, project: str | None, *, as_json: bool) -> int:
    try:
        async with container.store.reading() as tx:
            document = await _found(container.store, tx, which, project)
            passages = await tx.documents.passages_of(document.id)
            versions = await tx.documents.versions(document.id)
    except InputError as error:
        return refuse(error, 2)
    facts = as_facts(document, len(passages)) | {"versions": [asdict(version) for version in versions]}
    if as_json:
        body = {**facts, "texts": [asdict(passage) for passage in passages]}
        typer.echo(json.dumps(body, ensure_ascii=False, default=str))
        return 0
    console = Console()
    for name, value in facts.items():
        if value not in (None, [], ""):
            console.print(f"{name}: {value}", markup=False, highlight=False, soft_wrap=True)
    for passage in passages:
        place = " · ".join(part for part in (passage.section, f"p. {passage.page}" if passage.page else "") if part)
        console.print(f"\n── {passage.id} {place}", markup=False, highlight=False)
        console.print(passage.text, markup=False, highlight=False, soft_wrap=True)
    return 0


async def delete_documents(
    container: Container, which: Sequence[str], project: str | None, *, is_sure: bool, as_json: bool
) -> int:
    """Exit code: 0; 1 when one could not be deleted or nobody was sure; 2 when one is not known: then none is."""
    try:
        async with container.store.reading() as tx:
            documents = [await _found(container.store, tx, one, project) for one in which]
    except InputError as error:
        return refuse(error, 2)
    for document in documents:
        typer.echo(f"{document.id}  {document.source}  {document.title}", err=True)
    if not is_sure and not typer.confirm("Delete, with passages, versions and files?", err=True):
        return 1
    gone: list[int] = []
    for document in documents:
        try:
            if await container.services.ingestion.forget(document.project_id, document.id):
                gone.append(document.id)
        except FilesUnavailable as error:
            return refuse(error, 1)
        async with container.store.transaction() as tx:
            await tx.audit.add("document_deleted", None, document=document.id, by="command")
    typer.echo(json.dumps({"deleted": gone}) if as_json else f"Deleted: {len(gone)}.")
    return 0


def as_facts(document: Document, passages: int) -> dict[str, Any]:
    passport = asdict(document.passport)
    own = {name: value for name, value in asdict(document).items() if name != "passport"}
    return {
        **own,
        **{name: value for name, value in passport.items() if name != "flags"},
        "flags": [flag.value for flag in document.passport.flags],
        "standing": standing(document.passport, datetime.now(UTC)).value,
        "passages": passages,
    }


async def _found(store: Store, tx: Transaction, which: str, project: str | None) -> Document:
    """Raises InputError."""
    document = await tx.documents.get(int(which)) if which.isdecimal() else None
    if document is None:
        document = await tx.documents.by_source((await find_project(store, project)).id, which)
    if document is None:
        raise InputError(f"There is no document {which}. `muza kb list` shows all of them.")
    return document


def _matches(document: Document, words: Sequence[str]) -> bool:
    text = " ".join((document.title, document.source, document.author or "")).casefold()
    return all(word in text for word in words)
