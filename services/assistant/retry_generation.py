"""Run a failed or stopped attempt again: same brief, same words, same message."""

from services.assistant.admission import refuse_too_soon
from services.assistant.attempts import open_desk, refuse_settled
from services.assistant.ports import GenerationRunner
from services.domain.chat import ChatAddress
from services.domain.errors import GenerationHalted, NotAllowed, StaleAction
from services.domain.generation import Generation, GenerationState
from services.domain.member import Member
from services.store.ports import Store


class RetryGeneration:
    def __init__(self, store: Store, runner: GenerationRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(self, member: Member, generation_id: int, version: int, message: ChatAddress) -> Generation:
        """Raises NotAllowed, StaleAction, GenerationHalted, TooManyRequests."""
        if not member.is_active:
            raise NotAllowed
        async with self._store.transaction() as tx:
            desk = await open_desk(tx, member, generation_id, message)
            await refuse_settled(tx, desk)
            if await tx.halts.is_halted(desk.brief.project_id):
                raise GenerationHalted("nothing runs yet")
            if desk.pressed.state not in (GenerationState.FAILED, GenerationState.STOPPED):
                raise StaleAction("nothing to retry", state=desk.pressed.state.value)
            await refuse_too_soon(tx, self._runner, member)
            queued = await tx.generations.transition(generation_id, expected_version=version, to=GenerationState.QUEUED)
            if queued is None:
                raise StaleAction("older version", state=desk.pressed.state.value)
        self._runner.wake(generation_id)
        return queued
