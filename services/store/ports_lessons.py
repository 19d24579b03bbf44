"""What people give to the knowledge base, as the use cases see it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol, TypedDict, Unpack

from services.domain.learning import Learning, LearningState, Lesson, NewLearning, NewLesson


class LearningChanges(TypedDict, total=False):
    """What may change; what is not named stays."""

    file_key: str | None
    size_bytes: int | None
    document_ids: Sequence[int]
    done: int
    total: int
    tries: int
    start_at: datetime | None
    error_code: str | None
    error_facts: dict[str, str]
    notes: Sequence[str]
    note: str | None


class Lessons(Protocol):
    async def open(self, new: NewLesson) -> Lesson:
        """The lesson of this key, new (version 1, shown 0, nothing in it) or known, and locked until this transaction
        ends."""
        ...

    async def add(self, lesson_id: int, learnings: Sequence[NewLearning], state: LearningState) -> int:
        """Those whose position is not taken, and how many they are; the lesson's version grows with them."""
        ...

    async def get(self, lesson_id: int) -> Lesson | None: ...
    async def lock(self, lesson_id: int) -> Lesson | None:
        """`get`; nobody else changes it until this transaction ends."""
        ...

    async def by_key(self, key: str) -> Lesson | None: ...
    async def rename(self, lesson_id: int, key: str) -> None: ...
    async def move(
        self,
        lesson_id: int,
        from_states: Collection[LearningState],
        to: LearningState,
        **changes: Unpack[LearningChanges],
    ) -> Sequence[int]:
        """All learnings of a lesson in one of these states; which they are."""
        ...

    async def learning(self, learning_id: int) -> Learning | None: ...
    async def advance(
        self, learning_id: int, from_state: LearningState, to: LearningState, **changes: Unpack[LearningChanges]
    ) -> Learning | None:
        """One guarded statement; `tries` begins anew and FINISHED states get their `finished_at`. None: it is in
        another state already. Staying in its state is an advance as well, and keeps its `tries`."""
        ...

    async def begin(self, learning_id: int, state: LearningState) -> int | None:
        """One more try, which nobody sees; how many there were. None: it is in another state already."""
        ...

    async def to_do(self, states: Collection[LearningState], now: datetime) -> Sequence[Learning]:
        """In one of these states and due, oldest first."""
        ...

    async def embedded(self, document_ids: Sequence[int], model: str) -> tuple[int, int]:
        """(passages that have their vectors of this model, all passages) of these documents."""
        ...

    async def not_wanted(self, before: datetime, limit: int = 100) -> Sequence[Learning]:
        """Over since then without having become a document, and their originals are still noted."""
        ...

    async def documents_of(self, file_key: str) -> Sequence[tuple[int, int]]:
        """(id, version) of the documents that were made of this original."""
        ...

    async def forget_file(self, learning_id: int) -> None:
        """Its original is not in the file store any more. Nothing that anybody sees."""
        ...

    async def place(self, lesson_id: int, message_id: int, *, instead_of: int | None = None) -> bool:
        """Its message on the screen; `instead_of`: the one before, which a person has deleted. False: it has another
        already."""
        ...

    async def shown(self, lesson_id: int, version: int) -> bool:
        """The screen shows `version` now. False: the row is further on: draw again."""
        ...

    async def behind(self, limit: int = 100) -> Sequence[Lesson]:
        """Those whose screen shows an older version, oldest first."""
        ...

    async def drop_offers(self, before: datetime, limit: int = 1000) -> int:
        """Lessons that nobody wanted since then; how many."""
        ...
