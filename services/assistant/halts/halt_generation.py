"""An admin pulls the kill switch: nothing new leaves, and what is under way ends in every process."""

from services.assistant.halts.report_halts import HaltReport, project_of, read_halts
from services.assistant.halts.watch_halts import WatchHalts
from services.assistant.ports import Clock
from services.domain.errors import NotAllowed
from services.domain.member import Member
from services.store.ports import Store


class HaltGeneration:
    def __init__(self, store: Store, clock: Clock, watch: WatchHalts) -> None:
        """`watch`: of this process, which need not wait for its next look."""
        self._store = store
        self._clock = clock
        self._watch = watch

    async def __call__(self, admin: Member, project_id: int) -> HaltReport:
        """Project 0 is everything. Halting what is halted changes nothing. Raises NotAllowed, StaleAction."""
        if not admin.may_administer:
            raise NotAllowed
        async with self._store.transaction() as tx:
            meant = await project_of(tx, project_id)
            if await tx.halts.halt(project_id, admin.id, self._clock.now()):
                await tx.audit.add("halt", admin.id, project=project_id)
            report = await read_halts(tx, meant)
        await self._watch.look()
        return report
