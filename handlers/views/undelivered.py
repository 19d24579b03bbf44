"""Messages that did not arrive: what, to whom, why."""

from datetime import datetime, timedelta

from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Style
from handlers.views.message import RenderedMessage
from services.assistant.list_undelivered import Undelivered, UndeliveredPage
from services.domain.delivery import DeliveryKind

_KINDS = {
    DeliveryKind.ACCESS_REQUEST: mark("delivery.access_request"),
    DeliveryKind.ACCESS_GRANTED: mark("delivery.access_granted"),
    DeliveryKind.ACCESS_DENIED: mark("delivery.access_denied"),
    DeliveryKind.REVIEW_CARD: mark("delivery.review_card"),
    DeliveryKind.DRAFT_DECIDED: mark("delivery.draft_decided"),
    DeliveryKind.REVIEW_REMINDER: mark("delivery.review_reminder"),
    DeliveryKind.REVIEW_EXPIRED: mark("delivery.review_expired"),
    DeliveryKind.CARD_CHANGED: mark("delivery.card_changed"),
    DeliveryKind.BROADCAST: mark("delivery.broadcast"),
    DeliveryKind.TRANSCRIPT_FILE: mark("delivery.transcript_file"),
    DeliveryKind.VOICE_REPLY: mark("delivery.voice_reply"),
    DeliveryKind.BUDGET_NOTICE: mark("delivery.budget_notice"),
    DeliveryKind.PRICE_UNKNOWN: mark("delivery.price_unknown"),
    DeliveryKind.SPEND_DIGEST: mark("delivery.spend_digest"),
    DeliveryKind.ANSWER_MARKED: mark("delivery.answer_marked"),
    DeliveryKind.STALE_DOCUMENTS: mark("delivery.stale_documents"),
    DeliveryKind.BUDGET_ASKED: mark("delivery.budget_asked"),
    DeliveryKind.BUDGET_DENIED: mark("delivery.budget_denied"),
    DeliveryKind.BUDGET_READY: mark("delivery.budget_ready"),
    DeliveryKind.BATCH_CHANGED: mark("delivery.batch_changed"),
    DeliveryKind.BATCH_ENDED: mark("delivery.batch_ended"),
    DeliveryKind.BATCH_FILE: mark("delivery.batch_file"),
    DeliveryKind.DEAD_LETTERS: mark("delivery.dead_letters"),
}
_REASONS = {
    "no_answer": mark("reason.no_answer"),
    "sender_died": mark("reason.sender_died"),
    "partial": mark("reason.partial"),
    "refused": mark("reason.refused"),
    "not_sent": mark("reason.not_sent"),
    "flood": mark("reason.flood"),
    "busy_chat": mark("reason.flood"),
    "unauthorized": mark("reason.unauthorized"),
}
_UNKNOWN, _UNCERTAIN = mark("reason.broken"), mark("reason.no_answer")


def undelivered_message(page: UndeliveredPage, texts: Texts, now: datetime) -> RenderedMessage:
    if not page.items:
        return RenderedMessage(Composer().write(texts("undelivered.none")).build())
    composer = Composer().line(texts.plural("undelivered.title", page.total), Style.BOLD)
    for number, item in enumerate(page.items, start=page.first):
        sign = "❔" if item.may_have_arrived else "⚠️"
        composer.write(f"\n{number}. {sign} ").write(texts(_KINDS[item.kind]), Style.BOLD)
        composer.write(f" → {item.recipient}\n")
        composer.write(texts("undelivered.why", reason=_reason(item, texts), age=elapsed(now - item.since, texts)))
    if any(item.may_have_arrived for item in page.items):
        composer.write("\n\n").write(texts("undelivered.may_double"))
    return RenderedMessage(composer.build())


def elapsed(waited: timedelta, texts: Texts) -> str:
    minutes = max(0, int(waited.total_seconds() // 60))
    if minutes < 60:
        return texts("elapsed.minutes", minutes=minutes)
    if minutes < 24 * 60:
        return texts.plural("age.hours", minutes // 60)
    return texts.plural("age.days", minutes // (24 * 60))


def _reason(item: Undelivered, texts: Texts) -> str:
    return texts(_REASONS.get(item.reason_code, _UNCERTAIN if item.may_have_arrived else _UNKNOWN))
