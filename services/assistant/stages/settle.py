"""Record how the attempt ended, in one transaction, under its fencing token."""

from collections.abc import Awaitable, Callable
from functools import partial

from services.assistant.attempts import viewer_in
from services.assistant.cards import build_card
from services.assistant.ports import Card, Clock
from services.assistant.stages.patience import patiently
from services.assistant.stages.run import LeaseLost, Run
from services.domain.brief import Task
from services.domain.errors import MuzaError
from services.domain.failpoint import FailPoint, reached
from services.domain.generation import Generation, GenerationState
from services.domain.idea import Draft
from services.domain.turn import Turn
from services.domain.usage import Usage
from services.store.ports import Store, Transaction

Before = Callable[[Transaction], Awaitable[None]]
_RETIRED_BY_A_NEWER = (
    GenerationState.IN_REVIEW,
    GenerationState.CHANGES_REQUESTED,
    GenerationState.REJECTED,
    GenerationState.EXPIRED,
    GenerationState.ANSWERED,
)


class Settle:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def succeeded(
        self, run: Run, draft: Draft, usage: Usage, *, ungrounded: bool = False, before: Before | None = None
    ) -> Card:
        """The card to show. `before`: what is written in the same transaction, while the attempt still runs. Raises
        LeaseLost."""
        run.is_ending = True
        card = await patiently(partial(self._succeed, run, draft, usage, ungrounded=ungrounded, before=before))
        reached(FailPoint.ATTEMPT_SETTLED)
        return card

    async def failed(self, run: Run, error: MuzaError) -> Generation:
        """Raises LeaseLost."""
        run.is_ending = True
        return await patiently(partial(self._fail, run, error))

    async def _succeed(self, run: Run, draft: Draft, usage: Usage, *, ungrounded: bool, before: Before | None) -> Card:
        state = GenerationState.ANSWERED if run.brief.task is Task.ASK else GenerationState.IN_REVIEW
        async with self._store.transaction() as tx:
            if before is not None:
                await before(tx)
            finished = await tx.generations.finish(
                run.id, run.token, state, draft=draft, usage=usage, now=self._clock.now()
            )
            if finished is None:
                raise LeaseLost
            await self._retire_older(tx, finished)
            await self._remember_turns(tx, run, draft)
            viewer = viewer_in(run.member, run.brief.address)
            return await build_card(tx, finished, brief=run.brief, viewer=viewer, ungrounded=ungrounded)

    async def _fail(self, run: Run, error: MuzaError) -> Generation:
        async with self._store.transaction() as tx:
            finished = await tx.generations.finish(
                run.id,
                run.token,
                GenerationState.FAILED,
                error_code=error.code,
                error_facts=error.facts or None,
                now=self._clock.now(),
            )
        if finished is None:
            raise LeaseLost
        return finished

    async def _retire_older(self, tx: Transaction, finished: Generation) -> None:
        for other in await tx.generations.attempts(finished.brief_id):
            if other.id != finished.id and other.state in _RETIRED_BY_A_NEWER:
                await tx.generations.transition(other.id, expected_version=other.version, to=GenerationState.SUPERSEDED)

    async def _remember_turns(self, tx: Transaction, run: Run, draft: Draft) -> None:
        now = self._clock.now()
        said = run.generation.instruction or run.brief.text
        address = run.brief.address
        await tx.turns.add(Turn(address, "user", said, now, run.member.id, run.id))
        await tx.turns.add(Turn(address, "assistant", as_plain_text(draft), now, None, run.id))


def as_plain_text(draft: Draft) -> str:
    """The draft as a later prompt quotes it."""
    if draft.raw_text:
        return draft.raw_text
    if draft.answer is not None:
        return draft.answer
    return "\n\n".join(f"{n}. {idea.title}\n{idea.text}\n{idea.why}".strip() for n, idea in enumerate(draft.ideas, 1))
