"""What came of an ingestion, for people and for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console

from bot.lazy_aiogram import import_aiogram
from services.domain.language import Language

if TYPE_CHECKING:
    from services.retrieval.ingest_outcome import FolderOutcome, RefusedFile


@dataclass(slots=True)
class IngestReport:
    project: str
    path: str
    documents: int = 0
    changed: int = 0
    passages: int = 0
    removed: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    """(path, what went wrong), for the log."""
    refused: list["RefusedFile"] = field(default_factory=list)
    """The same, for people: code and facts of a sentence."""
    renamed: dict[str, str] = field(default_factory=dict)
    """From the former name to the present one."""
    duplicates: list[tuple[str, str]] = field(default_factory=list)
    """(document whose content was there already, under a name of its own; in which folder or file)."""
    near: dict[str, list[str]] = field(default_factory=dict)
    """Documents that say nearly the same, by the document that was written now."""
    flags: dict[str, list[str]] = field(default_factory=dict)
    """What a person should know about how a document was read."""
    vectors: int = 0
    without_vectors: str | None = None
    """Why the dense leg does not know these documents yet; the next run makes up for it."""


def report_of(project: str, path: str, outcome: "FolderOutcome") -> IngestReport:
    written = [one for one in outcome.documents if one.changed]
    return IngestReport(
        project=project,
        path=path,
        documents=len({one.document.id for one in outcome.documents}),
        changed=len(written),
        passages=sum(one.passages for one in outcome.documents),
        removed=list(outcome.removed),
        unreadable=list(outcome.unreadable),
        refused=list(outcome.refused),
        renamed={one.renamed_from: one.document.source for one in outcome.documents if one.renamed_from},
        duplicates=[(one.document.source, path) for one in outcome.documents if one.is_duplicate],
        near={one.document.source: [other.source for other in one.near] for one in written if one.near},
        flags={
            one.document.source: [flag.value for flag in one.document.passport.flags]
            for one in written
            if one.document.passport.flags
        },
    )


def show(reports: Sequence[IngestReport], console: Console, language: Language, *, as_json_text: bool) -> None:
    if as_json_text:
        console.file.write(
            json.dumps({"reports": [_json(one, language) for one in reports]}, ensure_ascii=False) + "\n"
        )
        return
    for report in reports:
        for line in _lines(report, language):
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _json(report: IngestReport, language: Language) -> dict[str, Any]:
    refused = [
        {"path": one.path, "code": one.code, "facts": dict(one.facts), "text": text}
        for one, text in zip(report.refused, refusals(report.refused, language), strict=True)
    ]
    return {**asdict(report), "refused": refused}


def _lines(report: IngestReport, language: Language) -> list[str]:
    lines = [
        f"{report.project}: {report.documents} documents, {report.changed} new or changed, "
        f"{report.passages} passages, {report.vectors} vectors ({report.path})"
    ]
    lines += [f"  removed: {source}" for source in report.removed]
    lines += [f"  renamed: {old} → {new}" for old, new in report.renamed.items()]
    lines += [f"  says what is there already, kept once: {source}" for source, _ in report.duplicates]
    lines += [f"  {source} says nearly the same as {', '.join(others)}" for source, others in report.near.items()]
    lines += [f"  {source}: {', '.join(flags)}" for source, flags in report.flags.items()]
    texts = refusals(report.refused, language)
    lines += [f"  not read: {one.path}: {text}" for one, text in zip(report.refused, texts, strict=True)]
    if report.without_vectors:
        lines.append(f"  keyword search only: {report.without_vectors}")
    return lines


def refusals(refused: Sequence["RefusedFile"], language: Language) -> list[str]:
    """The sentences that people read in the chat, too."""
    if not refused:
        return []
    import_aiogram()  # the catalogue's keys lie beside the handlers
    from handlers.errors import sentence
    from handlers.i18n import Catalogues

    texts = Catalogues(language).texts(language)
    return [sentence(one.code, texts, **one.facts) for one in refused]
