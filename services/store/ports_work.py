"""Briefs, attempts, decisions and conversation, as the use cases see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.domain.brief import Brief, Task
from services.domain.chat import ChatAddress
from services.domain.generation import Chip, Generation, GenerationState, PromptRelease
from services.domain.idea import Draft
from services.domain.knowledge import Citation, Hit
from services.domain.language import Language
from services.domain.review import Review, Verdict
from services.domain.turn import Turn
from services.domain.usage import Usage


class Briefs(Protocol):
    async def add(
        self,
        task: Task,
        address: ChatAddress,
        *,
        project_id: int,
        member_id: int,
        text: str,
        language: Language,
        material: str | None = None,
    ) -> tuple[Brief, bool]:
        """(brief, is new). The business key (task, chat, message) makes a repeated update find the first brief."""
        ...

    async def get(self, brief_id: int) -> Brief | None: ...
    async def lock(self, brief_id: int) -> Brief | None:
        """The row, held until the transaction ends: decisions about one brief queue here."""
        ...

    async def carried_by(self, task: Task, chat_id: int, message_id: int) -> Brief | None:
        """The brief that this message started."""
        ...

    async def revise(self, brief: Brief, text: str, *, material: str | None, language: Language, at: datetime) -> Brief:
        """The brief with its new text and the next revision number. The text it had is kept, stamped with `at`, the
        moment of the edit. Hold `lock`."""
        ...

    async def revisions(self, brief_id: int) -> "Sequence[Revision]":
        """Former texts, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Revision:
    """A text that a brief had until it was edited."""

    number: int
    text: str
    replaced_at: datetime


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
        """A queued attempt with the next number of its brief, at the text the brief has now. Further messages of a long
        outcome that `placeholder` showed until now become this attempt's, to be edited or deleted."""
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

    async def failed_with(self, error_code: str, limit: int) -> Sequence[Generation]:
        """Failed so and not tried again since, newest first."""
        ...

    async def transition(
        self,
        generation_id: int,
        *,
        expected_version: int,
        to: GenerationState,
        error_code: str | None = None,
        error_facts: dict[str, int | str] | None = None,
    ) -> Generation | None:
        """One atomic UPDATE guarded by version and by TRANSITIONS; None when the row is not as expected. Releases the
        lease. Text and draft stay; error and end are forgotten when the attempt is queued again."""
        ...

    async def claim(self, generation_id: int, owner: str, until: datetime, now: datetime) -> Generation | None:
        """Take the lease of a queued attempt, or of a running one whose lease ran out: state RUNNING, token + 1
        (the version grows only when the state changes, so the Stop button of a run that is taken over stays valid).
        None when somebody else holds it or the attempt is over."""
        ...

    async def renew(self, generation_id: int, token: int, until: datetime) -> bool:
        """False: the lease is lost (taken by another, or the attempt was stopped): cease work, write nothing."""
        ...

    async def claimable(self, now: datetime, limit: int = 100) -> Sequence[int]:
        """Ids of queued attempts and of running ones whose lease ran out, oldest first."""
        ...

    async def holds(self, generation_id: int, token: int) -> bool:
        """Whether the run of this token is still the one that counts; it stays so until the transaction ends."""
        ...

    async def owners(self, now: datetime) -> Sequence[str]:
        """Processes that hold a lease, or have an outcome to show, each once."""
        ...

    async def forsake(self, owner: str) -> int:
        """The leases of an owner that is known to be dead end now, and what it had to show is `undelivered` at once.
        Returns how many attempts."""
        ...

    async def set_placeholder(
        self, generation_id: int, token: int, placeholder: ChatAddress, *, instead_of: ChatAddress | None = None
    ) -> bool:
        """The message that shows the attempt from now on. Fenced by the token, before and during the run and after its
        end until the outcome is delivered; `instead_of` is the message recorded so far. False: another process was
        first."""
        ...

    async def set_continuation(self, generation_id: int, token: int, message_ids: Sequence[int]) -> bool:
        """Ids of the further messages of a long outcome; fenced as `set_placeholder`."""
        ...

    async def set_prompt(
        self, generation_id: int, token: int, prompt: PromptRelease, model: str, parameters: dict[str, Any]
    ) -> bool: ...
    async def save_text(
        self, generation_id: int, token: int, text: str, *, complete: bool, usage: Usage | None = None
    ) -> bool:
        """`usage` of a complete text: who delivers it after a crash knows what it cost."""
        ...

    async def finish(
        self,
        generation_id: int,
        token: int,
        state: GenerationState,
        *,
        draft: Draft | None = None,
        usage: Usage | None = None,
        error_code: str | None = None,
        error_facts: dict[str, int | str] | None = None,
        now: datetime,
    ) -> Generation | None:
        """End a running attempt under its fencing token; None when the lease is lost. Its owner stays noted until the
        outcome is delivered."""
        ...

    async def mark_delivered(self, generation_id: int) -> None:
        """The final (or the failure) is on the person's screen."""
        ...

    async def mark_undelivered(self, generation_id: int) -> None:
        """Something else came over it: it is shown again."""
        ...

    async def undelivered(self, finished_before: datetime, limit: int = 100) -> Sequence[int]:
        """Ended attempts, but for superseded ones, whose outcome is not known to be on the screen: those that ended
        before `finished_before`, and those whose owner is gone. Oldest first."""
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
