"""The database, as the use cases see it: one transaction, a repository per noun.

    async with store.transaction() as tx:
        brief = await tx.briefs.add(...)
        generation = await tx.generations.add(...)

The block commits at its end and rolls back on an exception. Writers are serialised where the engine needs it (SQLite:
BEGIN IMMEDIATE), so never wait for a network inside the block.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.domain.brief import Brief, Task
from services.domain.chat import Chat, ChatAddress, ChatKind
from services.domain.delivery import Delivery, DeliveryState, NewDelivery
from services.domain.generation import Chip, Generation, GenerationState, PromptRelease
from services.domain.idea import Draft
from services.domain.knowledge import Citation, Document, Hit, Passage
from services.domain.language import Language
from services.domain.member import Member, MemberStatus, Role, StreamTransport
from services.domain.project import BrandProfile, Project
from services.domain.review import Review, Verdict
from services.domain.turn import Turn
from services.domain.usage import CallContext, CallReport, Usage


class Members(Protocol):
    async def by_telegram_id(self, telegram_id: int) -> Member | None: ...
    async def get(self, member_id: int) -> Member | None: ...
    async def add(
        self, telegram_id: int, name: str, username: str | None, *, role: Role, status: MemberStatus
    ) -> Member:
        """The row of this person, made if it is not there (a second call returns the first row unchanged)."""
        ...

    async def change(
        self,
        member_id: int,
        *,
        role: Role | None = None,
        status: MemberStatus | None = None,
        language: Language | None = None,
        stream_transport: StreamTransport | None = None,
    ) -> Member:
        """Only what is given changes."""
        ...

    async def seen(self, member_id: int, name: str, username: str | None, client_language: Language | None) -> Member:
        """How Telegram shows the person today: all three are set, a username that is gone too."""
        ...

    async def settle_request(self, member_id: int, status: MemberStatus) -> Member | None:
        """REQUESTED → `status` in one statement; None when the request was settled already."""
        ...

    async def list(self, *, status: MemberStatus | None = None, role: Role | None = None) -> Sequence[Member]: ...


class Projects(Protocol):
    async def ensure(self, slug: str, name: str, profile: BrandProfile) -> Project:
        """Made, or brought up to date with `name` and `profile`."""
        ...

    async def get(self, project_id: int) -> Project | None: ...
    async def by_slug(self, slug: str) -> Project | None: ...
    async def list(self) -> Sequence[Project]: ...


class Chats(Protocol):
    async def ensure(self, chat_id: int, kind: ChatKind, title: str, project_id: int) -> Chat:
        """The chat's row; an existing one keeps its project and takes the new title and kind."""
        ...

    async def get(self, chat_id: int) -> Chat | None: ...
    async def bind_project(self, chat_id: int, project_id: int) -> Chat: ...


class Briefs(Protocol):
    async def add(
        self, task: Task, address: ChatAddress, *, project_id: int, member_id: int, text: str, language: Language
    ) -> tuple[Brief, bool]:
        """(brief, is new). The business key (task, chat, message) makes a repeated update find the first brief."""
        ...

    async def get(self, brief_id: int) -> Brief | None: ...
    async def lock(self, brief_id: int) -> Brief | None:
        """The row, held until the transaction ends: decisions about one brief queue here."""
        ...


class Generations(Protocol):
    async def add(
        self,
        brief_id: int,
        requested_by: int,
        *,
        parent_id: int | None = None,
        chip: Chip | None = None,
        instruction: str = "",
        reply_to: ChatAddress | None = None,
        placeholder: ChatAddress | None = None,
    ) -> Generation:
        """A queued attempt with the next number of its brief."""
        ...

    async def get(self, generation_id: int) -> Generation | None: ...
    async def attempts(self, brief_id: int) -> Sequence[Generation]:
        """All attempts of a brief, by number."""
        ...

    async def by_message(self, chat_id: int, message_id: int) -> Generation | None:
        """The newest attempt that this message shows."""
        ...

    async def recent(
        self, *, member_id: int | None = None, chat_id: int | None = None, limit: int = 10
    ) -> Sequence[Generation]:
        """Newest first."""
        ...

    async def transition(
        self,
        generation_id: int,
        *,
        expected_version: int,
        to: GenerationState,
        error_code: str | None = None,
    ) -> Generation | None:
        """One atomic UPDATE guarded by version and by TRANSITIONS; None when the row is not as expected."""
        ...

    async def claim(self, generation_id: int, owner: str, until: datetime, now: datetime) -> Generation | None:
        """Take the lease of a queued attempt, or of a running one whose lease ran out: state RUNNING, token + 1.
        None when somebody else holds it or the attempt is over."""
        ...

    async def renew(self, generation_id: int, token: int, until: datetime) -> bool:
        """False: the lease is lost (taken by another, or the attempt was stopped): cease work, write nothing."""
        ...

    async def claimable(self, now: datetime, limit: int = 100) -> Sequence[int]:
        """Ids of queued attempts and of running ones whose lease ran out, oldest first."""
        ...

    async def set_placeholder(self, generation_id: int, token: int, placeholder: ChatAddress) -> bool: ...
    async def set_prompt(
        self, generation_id: int, token: int, prompt: PromptRelease, model: str, parameters: dict[str, Any]
    ) -> bool: ...
    async def save_text(self, generation_id: int, token: int, text: str, *, complete: bool) -> bool: ...
    async def finish(
        self,
        generation_id: int,
        token: int,
        state: GenerationState,
        *,
        draft: Draft | None = None,
        usage: Usage | None = None,
        error_code: str | None = None,
        now: datetime,
    ) -> Generation | None:
        """End a running attempt under its fencing token; None when the lease is lost. Releases the lease."""
        ...

    async def mark_delivered(self, generation_id: int) -> None:
        """The final (or the failure) is on the person's screen."""
        ...

    async def undelivered(self, finished_before: datetime, limit: int = 100) -> Sequence[int]:
        """Ended attempts (in review, answered, failed) whose final is not known to be on the screen, oldest first."""
        ...


class PassagesUsed(Protocol):
    async def replace(self, generation_id: int, hits: Sequence[Hit]) -> None:
        """The numbered passages shown to the model (1-based, in this order), with their scores."""
        ...

    async def citations(self, generation_id: int) -> Sequence[Citation]: ...
    async def hits(self, generation_id: int) -> Sequence[Hit]:
        """As recorded; `legs` included."""
        ...


class Reviews(Protocol):
    async def add(
        self, generation_id: int, generation_version: int, member_id: int, verdict: Verdict, comment: str = ""
    ) -> Review: ...
    async def of_generation(self, generation_id: int) -> Sequence[Review]: ...


class Turns(Protocol):
    async def add(self, turn: Turn) -> None: ...
    async def recent(self, chat_id: int, topic_id: int | None, limit: int = 20) -> Sequence[Turn]:
        """Oldest first, the last `limit`."""
        ...


class Documents(Protocol):
    async def by_source(self, project_id: int, source: str) -> Document | None: ...
    async def list(self, project_id: int) -> Sequence[Document]: ...
    async def put(self, document: Document, passages: Sequence[Passage]) -> Document:
        """Write the document (id 0: new; else its next version) and replace its passages, giving each a new
        `change` number; passages of the former version leave a tombstone that `changes_since` reports."""
        ...

    async def delete(self, document_id: int) -> None: ...
    async def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        """In the order of `ids`; unknown ones are left out."""
        ...

    async def all_passages(self, project_id: int, after_id: str = "", limit: int = 500) -> Sequence[Passage]:
        """Page by passage id: for rebuilding an index."""
        ...

    async def count_passages(self, project_id: int) -> int: ...
    async def changes_since(self, change: int, limit: int = 1000) -> "PassageChanges": ...
    async def unembedded(self, project_id: int, model: str, limit: int = 256) -> Sequence[Passage]:
        """Passages whose vectors under `model` are not confirmed yet."""
        ...

    async def mark_embedded(self, ids: Sequence[str], model: str) -> None: ...


@dataclass(frozen=True, slots=True)
class PassageChanges:
    written: tuple[Passage, ...]
    deleted: tuple[str, ...]
    """Passage ids."""
    last_change: int
    """Continue from here; equal to the argument when there is nothing new."""


class Calls(Protocol):
    async def start(self, context: CallContext, provider: str, model: str, prompt: PromptRelease | None) -> int:
        """Recorded before the request leaves: a crash cannot hide a call. Returns the call's id."""
        ...

    async def finish(self, call_id: int, report: CallReport) -> None: ...
    async def totals(self, *, since: datetime | None = None, member_id: int | None = None) -> "CallTotals": ...


@dataclass(frozen=True, slots=True)
class CallTotals:
    calls: int
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    cost_microusd: int
    unknown_price_calls: int


class Deliveries(Protocol):
    async def add(self, delivery: NewDelivery) -> bool:
        """False when a row with this key is there already."""
        ...

    async def claim_due(self, now: datetime, limit: int = 50) -> Sequence[Delivery]:
        """Due NEW rows, the oldest one per chat, marked SENDING with one more attempt. A chat that has a SENDING row
        gives none, so that two workers keep its order."""
        ...

    async def settle(
        self,
        delivery_id: int,
        state: DeliveryState,
        *,
        error_code: str | None = None,
        not_before: datetime | None = None,
    ) -> None: ...
    async def release_stuck(self, before: datetime) -> int:
        """SENDING rows claimed before `before` become NEW: the process that claimed them died. Returns how many."""
        ...

    async def counts(self) -> dict[DeliveryState, int]: ...


class Inbox(Protocol):
    """Raw updates, stored before Telegram is told that they arrived."""

    async def add(self, bot_id: int, updates: Sequence[tuple[int, int, str]]) -> "Sequence[StoredUpdate]":
        """(update id, lane, JSON) each; known update ids are skipped. Returns the new rows, in the order given, so that
        they can be handled without reading them again. A lane is a chat id (or, without one, a person's id): updates of
        one lane are handled in order."""
        ...

    async def pending(self, bot_id: int, after_update_row: int = 0, limit: int = 200) -> Sequence["StoredUpdate"]:
        """Not done yet, by row id."""
        ...

    async def begin(self, row_ids: Sequence[int]) -> None:
        """One more attempt at each: an update that kills the process is recognised after a few restarts."""
        ...

    async def done(self, row_id: int, error_code: str | None = None) -> None: ...
    async def purge(self, before: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class StoredUpdate:
    row_id: int
    update_id: int
    lane: int
    body: str
    attempts: int


class Audit(Protocol):
    async def add(self, event: str, member_id: int | None, **facts: int | str) -> None: ...
    async def recent(self, limit: int = 20) -> Sequence[tuple[datetime, str, int | None, dict[str, Any]]]: ...


class Notes(Protocol):
    """Small durable facts by key (a conversation's pending question, a probe's last result): never in memory only."""

    async def get(self, key: str) -> dict[str, Any] | None: ...
    async def put(self, key: str, value: dict[str, Any]) -> None: ...
    async def delete(self, key: str) -> bool: ...


class Transaction(Protocol):
    @property
    def members(self) -> Members: ...
    @property
    def projects(self) -> Projects: ...
    @property
    def chats(self) -> Chats: ...
    @property
    def briefs(self) -> Briefs: ...
    @property
    def generations(self) -> Generations: ...
    @property
    def passages_used(self) -> PassagesUsed: ...
    @property
    def reviews(self) -> Reviews: ...
    @property
    def turns(self) -> Turns: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def calls(self) -> Calls: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def notes(self) -> Notes: ...


class Store(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """A writing transaction. Raises StoreUnavailable when the database does not answer."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """A read-only snapshot that never waits for writers; writes through it are an error."""
        ...

    async def ping(self) -> None:
        """Raises StoreUnavailable."""
        ...
