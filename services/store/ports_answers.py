"""What people thought of answers."""

from collections.abc import Sequence
from typing import Protocol

from services.domain.answer_mark import AnswerMark, KnownQuestion


class AnswerMarks(Protocol):
    async def put(self, generation_id: int, member_id: int, mark: AnswerMark) -> bool:
        """The person's mark; the last one counts. False: they had given this one before."""
        ...

    async def of_generation(self, generation_id: int) -> dict[int, AnswerMark]:
        """By member."""
        ...


class KnownQuestions(Protocol):
    async def put(self, question: KnownQuestion) -> None:
        """The same question of the same project is kept once, as it was put last."""
        ...

    async def list(self, project_id: int) -> Sequence[KnownQuestion]:
        """In the order in which they were first put."""
        ...
