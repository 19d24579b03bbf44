"""Messages that nobody waits for on screen: rows of an outbox, drained by a worker."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.domain.chat import ChatAddress


class DeliveryState(StrEnum):
    NEW = "new"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    """The request left, no answer came: it may have arrived, so it is not sent again."""
    DEAD = "dead"
    """Given up: administrators are told and may try again."""
    CANCELLED = "cancelled"
    """Stopped by a person before it left."""


class DeliveryKind(StrEnum):
    ACCESS_REQUEST = "access_request"
    ACCESS_GRANTED = "access_granted"
    ACCESS_DENIED = "access_denied"
    REVIEW_CARD = "review_card"
    DRAFT_DECIDED = "draft_decided"
    REVIEW_REMINDER = "review_reminder"
    REVIEW_EXPIRED = "review_expired"
    CARD_CHANGED = "card_changed"
    """An edit: the message of the address shows the draft as it is by now."""
    BROADCAST = "broadcast"
    TRANSCRIPT_FILE = "transcript_file"
    """A long recording as a document: payload `recording_id`, `format` (txt, srt)."""
    VOICE_REPLY = "voice_reply"
    """An answer read aloud: payload `generation_id`."""
    BUDGET_NOTICE = "budget_notice"
    """A share of a budget is used up: payload as written by `services/store/budget_notices.py`."""
    PRICE_UNKNOWN = "price_unknown"
    """Nobody knows what this model costs: payload `provider`, `model`."""
    SPEND_DIGEST = "spend_digest"
    """What was spent: payload `cadence`, and the days `since` and `until` (not meant any more)."""
    ANSWER_MARKED = "answer_marked"
    """Somebody thought that an answer is bad: payload `generation_id`."""
    STALE_DOCUMENTS = "stale_documents"
    """Documents that somebody should look at, as they are when it is sent."""
    DEAD_LETTERS = "dead_letters"
    BUDGET_ASKED = "budget_asked"
    """Somebody asks an administrator for more."""
    BUDGET_DENIED = "budget_denied"
    BUDGET_READY = "budget_ready"
    """A request that a budget refused can run: payload `generation_id` or `recording_id`, and `version`."""

    BATCH_CHANGED = "batch_changed"
    """An edit: the message of a night run shows how far it is. Payload of this and the next two: `batch_id`."""
    BATCH_ENDED = "batch_ended"
    BATCH_FILE = "batch_file"
    """What came of a night run, as a document: `format` (csv, md), too."""


COURTESIES = frozenset({DeliveryKind.VOICE_REPLY})
"""Kinds that say nothing new: when one is lost nobody has to do anything, and nobody is told."""
REPEATABLE = frozenset({DeliveryKind.CARD_CHANGED, DeliveryKind.BATCH_CHANGED})
"""Kinds that may be sent twice without anybody seeing it: they are never uncertain."""


@dataclass(frozen=True, slots=True)
class Delivery:
    id: int
    kind: DeliveryKind
    address: ChatAddress
    payload: dict[str, Any]
    """JSON: ids and short facts; the text is rendered when it is sent, in the reader's language."""
    state: DeliveryState = DeliveryState.NEW
    attempts: int = 0
    not_before: datetime | None = None
    key: str = ""
    """Business key: the same event enqueued twice is one row."""
    error_code: str | None = None
    created_at: datetime | None = None
    broadcast_id: int | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """Rows whose sender died."""

    returned: int = 0
    """Never left: NEW again."""
    uncertain: int = 0
    """Had left: nobody can know whether they arrived."""


@dataclass(frozen=True, slots=True)
class OneLetter:
    """A dead letter, as a person saw it: after another attempt it is another one."""

    delivery_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class AllLetters:
    """All dead letters that were settled by then: not those that the person had not seen."""

    settled_until: datetime


Letters = OneLetter | AllLetters


@dataclass(frozen=True, slots=True)
class NewDelivery:
    kind: DeliveryKind
    address: ChatAddress
    key: str
    payload: dict[str, Any] = field(default_factory=dict)
    broadcast_id: int | None = None
    not_before: datetime | None = None
    """Held until then by intention (quiet hours); what is written later for the same chat need not wait for it."""
