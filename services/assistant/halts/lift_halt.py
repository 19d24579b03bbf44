"""An admin lets generation go on. What was stopped runs again when people ask for it."""

from services.assistant.halts.report_halts import HaltReport, project_of, read_halts
from services.assistant.halts.watch_halts import WatchHalts
from services.domain.errors import NotAllowed
from services.domain.member import Member
from services.store.ports import Store


class LiftHalt:
    def __init__(self, store: Store, watch: WatchHalts) -> None:
        self._store = store
        self._watch = watch

    async def __call__(self, admin: Member, project_id: int) -> HaltReport:
        """Project 0: the halt of everything; projects that are halted by themselves stay so. Lifting what is not
        halted changes nothing. Raises NotAllowed, StaleAction."""
        if not admin.may_administer:
            raise NotAllowed
        async with self._store.transaction() as tx:
            meant = await project_of(tx, project_id)
            if await tx.halts.lift(project_id):
                await tx.audit.add("halt_lifted", admin.id, project=project_id)
            report = await read_halts(tx, meant)
        await self._watch.look()
        return report
