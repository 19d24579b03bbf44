"""An administrator says how often the digest comes: stands above the settings from then on."""

from services.assistant.budgets.sheet import admins_only
from services.assistant.digests.chosen import CHOSEN, ChosenDigest, chosen_digest
from services.assistant.ports import Clock
from services.domain.digest import DigestCadence, DigestPlan
from services.domain.member import Member
from services.store.ports import Store


class ChooseDigest:
    def __init__(self, store: Store, clock: Clock, plan: DigestPlan) -> None:
        self._store = store
        self._clock = clock
        self._plan = plan

    async def __call__(self, admin: Member, cadence: DigestCadence) -> ChosenDigest:
        """Saying what holds already changes nothing. Raises NotAllowed."""
        admins_only(admin)
        async with self._store.transaction() as tx:
            if (await chosen_digest(tx, self._plan)).cadence is not cadence:
                await tx.notes.put(CHOSEN, {"cadence": cadence.value, "at": self._clock.now().isoformat()})
                await tx.audit.add("digest_chosen", admin.id, cadence=cadence.value)
            return await chosen_digest(tx, self._plan)
