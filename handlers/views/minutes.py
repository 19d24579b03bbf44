"""A long recording as a message: how far it is, and what it came down to."""

from collections.abc import Sequence

from handlers.errors import sentence
from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Formatted, Style
from handlers.views.links import unlink
from handlers.views.message import RICH_LIMIT, RenderedMessage, message
from handlers.views.model_text import model_line, model_text, rich_markdown
from handlers.views.split import TEXT_LIMIT
from services.assistant.listening.make_minutes import lacks_minutes
from services.assistant.listening.ports import Progress, RecordingView
from services.domain.minutes import Minutes, Point
from services.domain.recording import AT_WORK, Recording, RecordingState
from services.domain.timeline import timecode

BAR_CELLS = 12
_STEPS = {
    RecordingState.RECEIVED: mark("minutes.fetching"),
    RecordingState.FETCHED: mark("minutes.preparing"),
    RecordingState.PREPARED: mark("minutes.listening"),
    RecordingState.TRANSCRIBED: mark("minutes.summing_up"),
}
_KINDS = (mark("minutes.decisions"), mark("minutes.tasks"), mark("minutes.ideas"))


def has_own_view(recording: Recording) -> bool:
    """A long one at work or heard to its end; what is silent, cancelled or broken off looks like a short one."""
    return recording.is_long and (
        recording.state in AT_WORK or recording.state is RecordingState.DONE or lacks_minutes(recording)
    )


def long_recording_message(view: RecordingView, texts: Texts) -> RenderedMessage:
    """Of one that `has_own_view`."""
    recording = view.recording
    if recording.state in AT_WORK:
        return _at_work(view, texts)
    if recording.minutes is None:
        return message("\n\n".join(_without_minutes(recording, texts)))
    return _minutes(view, recording.minutes, texts)


def _at_work(view: RecordingView, texts: Texts) -> RenderedMessage:
    recording, progress = view.recording, view.progress
    composer = Composer().write(texts("minutes.at_work", length=_length(recording)).strip(), Style.BOLD)
    composer.gap().write(texts(_STEPS[recording.state]))
    if progress is None:
        return RenderedMessage(composer.build())
    if recording.state is RecordingState.PREPARED and progress.total_ms:
        share = min(1.0, progress.heard_ms / progress.total_ms)
        composer.write("\n").write(f"{_bar(share)} {round(share * 100)} %")
        composer.write("\n").write(_how_far(progress, progress.total_ms, texts))
    if recording.state is RecordingState.TRANSCRIBED and progress.digests_total > 1:
        composer.write("\n").write(texts("minutes.digests", done=progress.digests, total=progress.digests_total))
    return RenderedMessage(composer.build())


def _how_far(progress: Progress, total_ms: int, texts: Texts) -> str:
    facts = {"heard": timecode(progress.heard_ms), "total": timecode(total_ms)}
    if progress.left_seconds is None:
        return texts("minutes.how_far", **facts)
    if progress.left_seconds < 60:
        return texts("minutes.how_far_soon", **facts)
    left = texts.plural("minutes.left", round(progress.left_seconds / 60))
    return texts("minutes.how_far_left", **facts, left=left)


def _bar(share: float) -> str:
    filled = round(share * BAR_CELLS)
    return "▓" * filled + "░" * (BAR_CELLS - filled)


def _length(recording: Recording) -> str:
    return "" if recording.duration_ms is None else timecode(recording.duration_ms)


def _without_minutes(recording: Recording, texts: Texts) -> list[str]:
    said = [texts("minutes.only_text")]
    if recording.error_code is not None:
        trouble = texts("minutes.not_written")
        said.append(f"⚠️ {trouble} {sentence(recording.error_code, texts, **recording.error_facts)}")
    return said + _remarks(recording, texts)


def _minutes(view: RecordingView, minutes: Minutes, texts: Texts) -> RenderedMessage:
    """Rich where one plain message cannot hold it."""
    title = minutes.title or texts("minutes.nameless")
    about = " · ".join(filter(None, (view.speaker, _length(view.recording))))
    composer = Composer().write("🗒 ").add(model_line(title, ()), Style.BOLD)
    if about:
        composer.write("\n").add(unlink(Composer().write(about).build()), Style.ITALIC)
    composer.gap().add(model_text(minutes.summary))
    for key, points in zip(_KINDS, _points(minutes), strict=True):
        if points:
            composer.gap().write(texts(key), Style.BOLD)
            for point in points:
                composer.write("\n• ").add(_point(point))
    for remark in _remarks(view.recording, texts):
        composer.gap().write(remark)
    body = composer.build()
    return RenderedMessage(body, _rich(view, minutes, title, about, texts) if body.length > TEXT_LIMIT else None)


def _rich(view: RecordingView, minutes: Minutes, title: str, about: str, texts: Texts) -> str | None:
    blocks = [f"**🗒 {rich_markdown(title).strip()}**", rich_markdown(about), rich_markdown(minutes.summary)]
    for key, points in zip(_KINDS, _points(minutes), strict=True):
        if points:
            lines = "\n".join(f"- {rich_markdown(' '.join(_point_text(point).split())).strip()}" for point in points)
            blocks.append(f"**{rich_markdown(texts(key)).strip()}**\n\n{lines}")
    blocks += [rich_markdown(remark) for remark in _remarks(view.recording, texts)]
    markdown = "\n\n".join(block for block in blocks if block.strip())
    return markdown if len(markdown.encode()) <= RICH_LIMIT else None


def _points(minutes: Minutes) -> tuple[Sequence[Point], ...]:
    return minutes.decisions, minutes.tasks, minutes.ideas


def _point(point: Point) -> Formatted:
    return model_line(_point_text(point), ())


def _point_text(point: Point) -> str:
    return point.text if point.at_ms is None else f"{point.text} ({timecode(point.at_ms)})"


def _remarks(recording: Recording, texts: Texts) -> list[str]:
    return [texts("minutes.learned")] if recording.document_id is not None else []
