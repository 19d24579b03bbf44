"""An admin lets a message go that did not arrive."""

from services.domain.delivery import AllLetters, Letters
from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member
from services.store.ports import Store


class ForgetDelivery:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, admin: Member, letters: Letters) -> int:
        """How many. Raises NotAllowed, StaleAction when somebody was quicker."""
        if not admin.may_administer:
            raise NotAllowed
        async with self._store.transaction() as tx:
            if isinstance(letters, AllLetters):
                count = await tx.dead_letters.forget_all(letters.settled_until)
            else:
                count = int(await tx.dead_letters.forget(letters.delivery_id, letters.attempt))
                if not count:
                    raise StaleAction("no such dead letter", state="settled")
            await tx.audit.add("deliveries_forgotten", admin.id, count=count)
        return count
