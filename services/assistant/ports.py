"""What the use cases need from the edges of the house."""

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.assistant.stages.run import Run
from services.domain.brief import Brief
from services.domain.chat import ChatAddress
from services.domain.generation import Generation, Stage
from services.domain.idea import Draft
from services.domain.knowledge import Citation
from services.domain.language import Language
from services.domain.member import Member, StreamTransport
from services.domain.queue_place import QueuePlace
from services.domain.routing import Routing
from services.store.ports import Transaction


class Clock(Protocol):
    def now(self) -> datetime:
        """UTC, timezone-aware."""
        ...


class TaskNursery(Protocol):
    """The one place where work goes on after its starter returned: a task group, drained at shutdown."""

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> None: ...


class GenerationRunner(Protocol):
    async def admit(self, tx: Transaction, member: Member) -> int:
        """Whether this person may make one more request now. 0: yes, and it is counted with this transaction; else the
        seconds until they may."""
        ...

    async def claim_new(self, tx: Transaction, generation: Generation, brief: Brief, member: Member) -> Run | None:
        """Take the lease of an attempt in the transaction that makes it, which saves the person a second one; None when
        there is no room here now. Hand the result to `wake` after the commit."""
        ...

    def wake(self, generation_id: int, claimed: Run | None = None) -> None:
        """There is a queued attempt. A hint: the row is the truth, and a sweeper finds what no hint reached."""
        ...

    def stop(self, generation_id: int) -> None:
        """The attempt was ended in the database: cancel its task if it runs in this process, and show the end."""
        ...


@dataclass(frozen=True, slots=True)
class Card:
    """Everything a view needs to show an attempt: the final message, or a page of the carousel."""

    generation: Generation
    brief: Brief
    draft: Draft
    citations: tuple[Citation, ...]
    attempts: tuple[int, ...]
    """Ids of the brief's attempts that have something to show, by number."""
    language: Language
    """Of the interface texts around the draft."""
    may_decide: bool = True
    """False: the only reader of this card may not approve, and may send it to those who may."""
    is_open: bool = True
    """False: an attempt of this brief is approved, and nothing more is to be decided."""
    decided_by: str | None = None
    """Name of the person who decided, when somebody did."""
    ungrounded: bool = False
    """The knowledge base did not answer: written without it."""
    former_brief: str | None = None
    """What the brief said when this attempt was made, if it was edited since."""
    again_microusd: int | None = None
    """What another attempt costs by what this one did; None: not known."""
    routing: Routing | None = None
    """Which of our models wrote it, and why: for administrators."""


@dataclass(frozen=True, slots=True)
class Failure:
    generation: Generation
    brief: Brief
    code: str
    language: Language
    retryable: bool
    partial: Draft | None = None
    stopped_by: str | None = None
    may_grant: bool = False
    """Whoever reads it may add money: an admin in private, somebody in a group."""


class NotShown(Exception):
    """Telegram, or the record of its messages, was out of reach for longer than it made sense to wait."""


class ScreenRecord(Protocol):
    """Where the messages of one attempt are written down. Both raise StoreUnavailable."""

    async def placed(self, at: ChatAddress, *, instead_of: ChatAddress | None) -> bool:
        """`at` shows the attempt from now on; `instead_of` is what was recorded before. False: another process has the
        attempt, or shows its outcome in a message of its own, and `at` must go."""
        ...

    async def continued(self, message_ids: Sequence[int]) -> bool:
        """A long outcome goes on in these messages. False as above."""
        ...

    def may_preview(self) -> bool:
        """False once the lease has run out, as in a process that was frozen: another may be drawing by now."""
        ...


class Presentation(Protocol):
    """One growing message. Previews are droppable and merge; `finish` and `fail` are not."""

    @property
    def placeholder(self) -> ChatAddress | None:
        """The message that shows the attempt, once it exists."""
        ...

    async def stage(self, stage: Stage) -> None: ...
    async def preview(self, read: Callable[[], Draft]) -> None:
        """Never waits for Telegram: the newest draft replaces the one not shown yet. `read` is called when a preview is
        drawn, about once a second, however often this is."""
        ...

    async def finish(self, card: Card) -> ChatAddress | None:
        """An edit of a recorded message, whatever happened to the ones before; the address of its last part, or, in a
        chat that is closed to the bot, of the chat. None: another process shows it. Raises NotShown."""
        ...

    async def fail(self, failure: Failure) -> ChatAddress | None:
        """As `finish`."""
        ...


class Presenter(Protocol):
    async def wait(
        self, generation: Generation, brief: Brief, language: Language, place: QueuePlace, *, record: ScreenRecord
    ) -> bool:
        """Say how long a queued attempt waits, in its message, or in a new one that is told to `record`. False: it was
        not taken, say it again."""
        ...

    def open(
        self,
        generation: Generation,
        brief: Brief,
        language: Language,
        transport: StreamTransport,
        *,
        record: ScreenRecord,
    ) -> AbstractAsyncContextManager[Presentation]:
        """Show "working on it" (edit `generation.placeholder` if it is set, else a new message in reply to
        `generation.reply_to`, the person's words), keep "typing" alive, and leave no task behind at exit. Of an attempt
        that has ended, only the outcome is shown.

        Entering never waits for Telegram: search and model start while the placeholder is on its way. Every message is
        told to `record` before the outcome is written into it, so that a restart edits the same one.
        """
        ...
