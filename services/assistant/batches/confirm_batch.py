"""A person agrees to the price: the money of all lines is reserved, and the bot goes to work."""

from services.assistant.batches.news import draw_again
from services.assistant.batches.own_batch import outdated, own_batch
from services.assistant.budgets.team_days import TeamDays
from services.assistant.hints import hint
from services.domain.batch import Batch, BatchState
from services.domain.chat import ChatAddress
from services.domain.errors import GenerationHalted
from services.domain.member import Member
from services.queue.ports import JobName, JobQueue
from services.store.batch_money import refusal, reserve_for
from services.store.ports import Store


class ConfirmBatch:
    def __init__(self, store: Store, jobs: JobQueue, days: TeamDays) -> None:
        self._store = store
        self._jobs = jobs
        self._days = days

    async def __call__(self, member: Member, batch_id: int, version: int, pressed_in: ChatAddress) -> Batch:
        """`version`: as it stood when the price was shown. Raises NotAllowed, StaleAction, GenerationHalted,
        BudgetExhausted: nothing is reserved then, and it can be confirmed later."""
        now = self._days.now()
        async with self._store.transaction() as tx:
            batch = await own_batch(tx, member, batch_id, pressed_in)
            if batch.state is not BatchState.ESTIMATED or batch.version != version:
                raise outdated(batch)
            if await tx.halts.is_halted(batch.project_id):
                raise GenerationHalted(f"batch {batch.id}")
            refused = await reserve_for(tx, batch, now)
            if refused is None:
                moved = await tx.batches.advance(batch.id, BatchState.CONFIRMED, budget_day=now.date())
                if moved is None:
                    raise outdated(batch)
                batch = moved
                await tx.audit.add("batch_confirmed", member.id, batch=batch.id, most_microusd=batch.most_microusd)
                await draw_again(tx, batch)
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        if refused is not None:
            raise refusal(refused)
        return batch
