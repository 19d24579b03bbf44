"""What a person reads when something went wrong, and what the log keeps."""

import secrets

from aiogram.exceptions import TelegramAPIError
from aiogram.types import ErrorEvent
from loguru import logger

from handlers.i18n import Texts, mark
from handlers.sender import MessageSender
from handlers.views.message import message
from handlers.views.money import exhausted
from services.domain.chat import ChatAddress
from services.domain.errors import MuzaError, TooManyRequests

_SENTENCES = {
    "access": mark("error.not_allowed"),
    "not_a_member": mark("error.not_a_member"),
    "not_allowed": mark("error.not_allowed"),
    "input": mark("error.input"),
    "empty_brief": mark("error.empty_brief"),
    "brief_too_long": mark("error.brief_too_long"),
    "nothing_to_do": mark("error.nothing_to_do"),
    "nobody_to_reach": mark("error.nobody_to_reach"),
    "batch_unreadable": mark("error.batch_unreadable"),
    "batch_too_long": mark("error.batch_too_long"),
    "audio_unreadable": mark("error.audio_unreadable"),
    "audio_unsupported": mark("error.audio_unsupported"),
    "audio_too_large": mark("error.audio_too_large"),
    "audio_too_long": mark("error.audio_too_long"),
    "document_refused": mark("error.document_refused"),
    "document_unsupported": mark("error.document_unsupported"),
    "document_damaged": mark("error.document_damaged"),
    "document_protected": mark("error.document_protected"),
    "document_empty": mark("error.document_empty"),
    "document_too_large": mark("error.document_too_large"),
    "document_too_heavy": mark("error.document_too_heavy"),
    "filter_unclear": mark("error.filter_unclear"),
    "link_refused": mark("error.link_refused"),
    "link_failed": mark("error.link_failed"),
    "call_refused": mark("error.call_refused"),
    "generation_halted": mark("error.generation_halted"),
    "too_many_requests": mark("error.too_many_requests"),
    "stale": mark("error.stale"),
    "model": mark("error.model"),
    "model_unavailable": mark("error.model_unavailable"),
    "model_timeout": mark("error.model_timeout"),
    "stream_incomplete": mark("error.stream_incomplete"),
    "model_refused": mark("error.model_refused"),
    "batches_not_offered": mark("error.batches_not_offered"),
    "model_not_configured": mark("error.model_not_configured"),
    "transcription_unavailable": mark("error.transcription_unavailable"),
    "transcription_refused": mark("error.transcription_refused"),
    "transcription_not_configured": mark("error.transcription_not_configured"),
    "speech_not_configured": mark("error.speech_not_configured"),
    "context_too_long": mark("error.context_too_long"),
    "knowledge_unavailable": mark("error.knowledge_unavailable"),
    "telegram_files_unavailable": mark("error.telegram_files_unavailable"),
    "files_unavailable": mark("error.files_unavailable"),
    "chart_unavailable": mark("error.chart_unavailable"),
    "store_unavailable": mark("error.store_unavailable"),
    "queue_unavailable": mark("error.queue_unavailable"),
    "restored": mark("error.restored"),
}
_UNKNOWN = mark("error.internal")
_STALE = {
    "approved": mark("stale.approved"),
    "changes_requested": mark("stale.changes_requested"),
    "rejected": mark("stale.rejected"),
    "queued": mark("stale.running"),
    "running": mark("stale.running"),
    "superseded": mark("stale.superseded"),
    "expired": mark("stale.expired"),
    "in_review": mark("stale.in_review"),
    "active": mark("stale.granted"),
    "blocked": mark("stale.denied"),
    "recording_received": mark("stale.recording_moved"),
    "recording_fetched": mark("stale.recording_moved"),
    "recording_prepared": mark("stale.recording_moved"),
    "recording_transcribed": mark("stale.recording_moved"),
    "recording_waiting": mark("stale.recording_waiting"),
    "recording_done": mark("stale.recording_done"),
    "recording_silent": mark("stale.recording_silent"),
    "recording_failed": mark("stale.recording_failed"),
    "recording_cancelled": mark("stale.recording_cancelled"),
    "recording_unknown": mark("stale.recording_unknown"),
    "project_unknown": mark("stale.project_unknown"),
    "person_unknown": mark("stale.person_unknown"),
    "people_many": mark("stale.people_many"),
    "budget_over": mark("stale.budget_over"),
    "budget_changed": mark("stale.budget_changed"),
    "document_unknown": mark("stale.document_unknown"),
    "document_changed": mark("stale.document_changed"),
    "document_without_original": mark("stale.document_without_original"),
    "lesson_over": mark("stale.lesson_over"),
    "batch_unknown": mark("stale.batch_unknown"),
    "batch_received": mark("stale.batch_received"),
    "batch_estimated": mark("stale.batch_estimated"),
    "batch_confirmed": mark("stale.batch_at_work"),
    "batch_uploaded": mark("stale.batch_at_work"),
    "batch_submitted": mark("stale.batch_at_work"),
    "batch_finished": mark("stale.batch_finished"),
    "batch_failed": mark("stale.batch_failed"),
    "batch_cancelled": mark("stale.batch_cancelled"),
    "broadcast_running": mark("stale.broadcast_running"),
    "broadcast_stopped": mark("stale.broadcast_stopped"),
    "broadcast_done": mark("stale.broadcast_done"),
}

_YOURS = {
    "approved": mark("stale.approved_by_you"),
    "changes_requested": mark("stale.changes_requested_by_you"),
    "rejected": mark("stale.rejected_by_you"),
}

_UNTOLD = dict.fromkeys(("limit", "length", "format", "size", "hours", "name", "address", "why", "filter"), "…")
"""What a sentence speaks of, where the error does not know it."""


_WHY = {
    "timeout": mark("why.timeout"),
    "size": mark("why.size"),
    "unreachable": mark("why.unreachable"),
    "redirects": mark("why.redirects"),
    "encoding": mark("why.encoding"),
}
"""Why a page did not come; what is not here is the status of an HTTP answer."""


def sentence(code: str, texts: Texts, **facts: int | str) -> str:
    """The sentence for a stable error code. A code that nobody has written words for reads as a general apology."""
    if code == "stale" and facts.get("yours") and str(facts.get("state")) in _YOURS:
        return texts(_YOURS[str(facts["state"])])
    if code == "stale" and str(facts.get("state")) in _STALE:
        said = texts(_STALE[str(facts["state"])])
        who = texts("stale.by", name=facts["decided_by"]) if facts.get("decided_by") else ""
        return f"{said} {who}".strip()
    if code == "budget_exhausted":
        return exhausted(facts, texts)
    if code == TooManyRequests.code:
        return texts.plural("error.too_many_requests", int(facts.get("seconds", 60)))
    if facts.get("why") in _WHY:
        facts["why"] = texts(_WHY[str(facts["why"])])
    return texts(_SENTENCES.get(code, _UNKNOWN), **{**_UNTOLD, **facts})


def signed_sentence(code: str, texts: Texts, **facts: int | str) -> str:
    """With a sign that tells trouble from a request that only has to wait."""
    return f"{'🕓' if code == TooManyRequests.code else '⚠️'} {sentence(code, texts, **facts)}"


def explain(error: Exception, texts: Texts) -> str:
    """The person's sentence for `error`; what nobody foresaw gets an id that is in the log beside the traceback."""
    if isinstance(error, MuzaError):
        logger.info("refused code={} facts={}", error.code, sorted(error.facts))
        return sentence(error.code, texts, **error.facts)
    incident = secrets.token_hex(3)
    logger.opt(exception=error).error("incident={} unexpected {}", incident, type(error).__name__)
    return texts("error.unexpected", incident=incident)


async def answer_error(
    event: ErrorEvent, sender: MessageSender, texts: Texts | None = None, address: ChatAddress | None = None
) -> bool:
    """Errors of message handlers; presses answer for themselves in `routing`."""
    if isinstance(event.exception, TelegramAPIError):
        logger.warning("telegram refused an answer: {}", type(event.exception).__name__)
        return True
    if texts is None or address is None:
        logger.opt(exception=event.exception).error("an update could not be prepared for the handlers")
        return True
    said = explain(event.exception, texts)
    await sender.send(address.at(None), message(said), reply_to=address.message_id)
    return True
