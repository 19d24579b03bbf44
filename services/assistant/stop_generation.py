"""Stop an attempt that is waiting or being written."""

from services.assistant.attempts import open_desk
from services.assistant.ports import GenerationRunner
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed, StaleAction
from services.domain.generation import ACTIVE_STATES, Generation, GenerationState
from services.domain.member import Member
from services.store.ports import Store


class StopGeneration:
    def __init__(self, store: Store, runner: GenerationRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(self, member: Member, generation_id: int, message: ChatAddress) -> Generation:
        """The stopped attempt. The database says so first, then the work ceases wherever it runs.

        Raises NotAllowed (only the person who asked, approvers and admins stop), StaleAction.
        """
        async with self._store.transaction() as tx:
            desk = await open_desk(tx, member, generation_id, message)
            if not (member.may_approve or member.id == desk.pressed.requested_by):
                raise NotAllowed
            if desk.pressed.state not in ACTIVE_STATES:
                raise StaleAction("not running", state=desk.pressed.state.value)
            stopped = await tx.generations.transition(
                generation_id, expected_version=desk.pressed.version, to=GenerationState.STOPPED
            )
            if stopped is None:
                raise StaleAction("changed meanwhile", state=desk.pressed.state.value)
            await tx.audit.add("stop", member.id, generation=generation_id)
        self._runner.stop(generation_id)
        return stopped
