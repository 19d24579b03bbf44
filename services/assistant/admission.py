"""How many requests a minute one person may make: what comes too soon is told when it can run, and words are kept."""

import math

from services.assistant.ports import Clock, GenerationRunner
from services.assistant.stages.run import Run
from services.domain.errors import TooManyRequests
from services.domain.generation import Generation, GenerationState
from services.domain.member import Member
from services.store.ports import Transaction


async def seconds_to_wait(tx: Transaction, member: Member, clock: Clock, a_minute: int) -> int:
    """0: let in, and counted with this transaction."""
    now = clock.now()
    again_at = await tx.admissions.admit(member.id, now, a_minute)
    return 0 if again_at is None else max(1, math.ceil((again_at - now).total_seconds()))


async def refuse_too_soon(tx: Transaction, runner: GenerationRunner, member: Member) -> None:
    """For what is asked for by a button, which stays where it is. Raises TooManyRequests."""
    if seconds := await runner.admit(tx, member):
        raise TooManyRequests(seconds=seconds)


async def kept_if_too_soon(tx: Transaction, generation: Generation, seconds: int) -> Generation:
    """For what is asked for in words, which must not be lost: with `seconds` to wait it becomes a failed attempt, whose
    button runs it."""
    if not seconds:
        return generation
    kept = await tx.generations.transition(
        generation.id,
        expected_version=generation.version,
        to=GenerationState.FAILED,
        error_code=TooManyRequests.code,
        error_facts={"seconds": seconds},
    )
    if kept is None:
        raise LookupError(f"generation {generation.id} changed in the transaction that made it")
    return kept


def go_on(runner: GenerationRunner, generation: Generation, claimed: Run | None = None) -> None:
    """After the commit: it is run, or its person is told that it came too soon."""
    if generation.state is GenerationState.FAILED:
        runner.stop(generation.id)
    else:
        runner.wake(generation.id, claimed)
