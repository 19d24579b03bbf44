"""A recording as a message: from "listening" to what was heard and what becomes of it."""

import math
from datetime import datetime

from handlers.errors import sentence
from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Formatted, Style, clean
from handlers.views.links import unlink
from handlers.views.message import RICH_LIMIT, RenderedMessage, message
from handlers.views.model_text import rich_markdown
from handlers.views.split import head
from services.assistant.listening.own_recording import may_be_tried_again
from services.assistant.listening.ports import RecordingView
from services.assistant.listening.wishes import LOW_CONFIDENCE
from services.domain.recording import AT_WORK, Recording, RecordingState, SpokenAction

QUOTE_LIMIT = 3500
"""UTF-16 units: what stays of a message is for the words around the quote."""

_WILL = {
    SpokenAction.IDEA: mark("recording.will_make_ideas"),
    SpokenAction.ASK: mark("recording.will_answer"),
    SpokenAction.REFINE: mark("recording.will_refine"),
    SpokenAction.REGENERATE: mark("recording.will_regenerate"),
    SpokenAction.APPROVE: mark("recording.will_approve"),
    SpokenAction.ANSWER: mark("recording.will_pass_on"),
}


def recording_message(view: RecordingView, texts: Texts, now: datetime) -> RenderedMessage:
    """Of a short one, or of a long one that failed or was cancelled."""
    recording = view.recording
    if recording.state in AT_WORK:
        return message(texts("recording.listening"))
    if recording.state is RecordingState.SILENT:
        return message(texts("recording.silent"))
    remarks = _remarks(recording, texts, now)
    composer = Composer()
    rich = None
    if recording.text and not recording.is_long:
        title = _title(view, texts)
        shown = head(_words(recording), QUOTE_LIMIT)
        composer.line(title, Style.BOLD).add(shown, Style.COLLAPSED_QUOTE)
        rich = _rich(title, recording, remarks) if shown != _words(recording) else None
    for remark in remarks:
        composer.gap().write(remark)
    return RenderedMessage(composer.build(), rich)


def transcript_message(recording: Recording, texts: Texts) -> RenderedMessage:
    """All of the words, in as many messages as they need."""
    title = texts("recording.corrected") if recording.is_corrected else texts("recording.heard")
    return RenderedMessage(Composer().line(title, Style.BOLD).add(_words(recording), Style.COLLAPSED_QUOTE).build())


def must_choose(recording: Recording) -> bool:
    """Muza cannot tell what is wanted, or must not: what others said is no order."""
    intent = recording.intent
    if intent is None or intent.action is SpokenAction.CHOOSE:
        return True
    return not intent.is_certain and intent.action in (SpokenAction.IDEA, SpokenAction.ASK)


def is_starting(recording: Recording, now: datetime) -> bool:
    return recording.start_at is not None and recording.start_at <= now


def _title(view: RecordingView, texts: Texts) -> str:
    if view.speaker:
        return texts("recording.heard_of", name=view.speaker)
    return texts("recording.corrected") if view.recording.is_corrected else texts("recording.heard")


def _words(recording: Recording) -> Formatted:
    return unlink(Formatted(clean(recording.text.strip())), ())


def _rich(title: str, recording: Recording, remarks: list[str]) -> str | None:
    """All of a text that does not fit into one plain message."""
    quoted = "\n".join(f"> {line}" for line in rich_markdown(recording.text.strip()).splitlines())
    whole = "\n\n".join([f"**{rich_markdown(title)}**", quoted, *map(rich_markdown, remarks)])
    return whole if len(whole.encode()) <= RICH_LIMIT else None


def _remarks(recording: Recording, texts: Texts, now: datetime) -> list[str]:
    """What stands under the quote."""
    if recording.state is RecordingState.WAITING:
        return [*_doubt(recording, texts), _plan(recording, texts, now)]
    if recording.state is RecordingState.FAILED:
        said = sentence(recording.error_code or "internal", texts, **recording.error_facts)
        kept = [texts("recording.kept")] if may_be_tried_again(recording.error_code) else []
        return ["\n".join([f"⚠️ {said}", *kept])]
    if recording.state is RecordingState.CANCELLED:
        return [texts("recording.cancelled")]
    if recording.intent is not None and recording.intent.action is SpokenAction.APPROVE:
        return [texts("recording.approved")]
    return []


def _doubt(recording: Recording, texts: Texts) -> list[str]:
    is_low = recording.confidence is not None and recording.confidence < LOW_CONFIDENCE
    return [texts("recording.unsure")] if is_low and not recording.is_corrected else []


def _plan(recording: Recording, texts: Texts, now: datetime) -> str:
    if is_starting(recording, now):
        return texts("recording.starting")
    if recording.intent is not None and recording.intent.wanted is not None:
        return texts("recording.which_draft")
    if recording.intent is None or must_choose(recording):
        return texts("recording.choose") if recording.request.is_own else texts("recording.choose_for_material")
    will = texts(_WILL[recording.intent.action])
    if recording.start_at is None:
        return texts("recording.when_you_tap", will=will)
    return texts("recording.in_seconds", seconds=math.ceil((recording.start_at - now).total_seconds()), will=will)
