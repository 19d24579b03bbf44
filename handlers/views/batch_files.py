"""What came of a night run, as files: a table that Excel opens, and a text to be read."""

import csv
import io
from pathlib import PurePath

from handlers.errors import sentence
from handlers.i18n import Texts
from handlers.views.spending_csv import cell
from services.assistant.batches.read_batch import BatchReport
from services.domain.batch import BatchLine, LineState
from services.domain.idea import Draft, Idea


def batch_file_name(report: BatchReport, form: str) -> str:
    stem = PurePath(report.batch.file_name.replace("\\", "/")).stem[:60].strip() or "briefs"
    return f"{stem}-muza.{form}"


def batch_csv(report: BatchReport, texts: Texts) -> bytes:
    """UTF-8 with a mark, so that Excel reads Cyrillic; a row a brief, two columns an idea."""
    most = max((len(_ideas(line.draft)) for line in report.lines if line.draft), default=0)
    out = io.StringIO(newline="")
    table = csv.writer(out)
    heads = [texts("batch.column_line"), texts("batch.column_brief"), texts("batch.column_outcome")]
    ideas = [texts("batch.column_idea", number=number) for number in range(1, most + 1)]
    table.writerow([*heads, *ideas])
    for line in report.lines:
        told = [_idea_text(idea) for idea in _ideas(line.draft)]
        row = [line.number, line.text, _outcome(line, texts), *told, *[""] * (most - len(told))]
        table.writerow([cell(value) if isinstance(value, str) else value for value in row])
    return out.getvalue().encode("utf-8-sig")


def batch_md(report: BatchReport, texts: Texts) -> bytes:
    parts = [f"# {texts('batch.title', name=report.batch.file_name)}"]
    for line in report.lines:
        parts.append(f"## {line.number}. {_one_line(line.text)}")
        if line.draft is None:
            parts.append(f"_{_outcome(line, texts)}_")
            continue
        if line.draft.raw_text is not None:
            parts += [f"_{texts('batch.unreadable')}_", line.draft.raw_text]
        for number, idea in enumerate(line.draft.ideas, 1):
            parts.append(
                f"### {number}. {_one_line(idea.title)}\n\n{idea.text}" + (f"\n\n> {idea.why}" if idea.why else "")
            )
        if line.draft.note:
            parts.append(f"_{line.draft.note}_")
    return ("\n\n".join(parts) + "\n").encode()


def _ideas(draft: Draft | None) -> list[Idea]:
    """What could not be read as ideas is one, as it is."""
    if draft is None:
        return []
    return list(draft.ideas) or ([Idea("", draft.raw_text)] if draft.raw_text else [])


def _idea_text(idea: Idea) -> str:
    return "\n".join(part for part in (idea.title, idea.text, idea.why) if part)


def _outcome(line: BatchLine, texts: Texts) -> str:
    if line.state is LineState.ANSWERED:
        unread = line.draft is not None and line.draft.raw_text is not None
        return texts("batch.unreadable") if unread else texts("batch.line_answered")
    if line.state is LineState.FAILED and line.error_code is not None:
        return sentence(line.error_code, texts)
    return {
        LineState.EXPIRED: texts("batch.line_expired"),
        LineState.CANCELLED: texts("batch.line_cancelled"),
    }.get(line.state, texts("batch.line_failed"))


def _one_line(text: str) -> str:
    return " ".join(text.split())
