"""The money of a night run: reserved for all lines at once, settled line by line, in the caller's transaction."""

from datetime import datetime

from services.domain.batch import Batch, BatchLine, LineState
from services.domain.budget import Account, accounts_of
from services.domain.errand import Errand
from services.domain.errors import BudgetExhausted
from services.domain.idea import Draft
from services.domain.usage import CallContext, CallReport
from services.store.budget_notices import tell_of_refusal, tell_of_shares
from services.store.ports import Transaction
from services.store.price_notices import tell_of_unknown_price
from services.store.sql_ledger import refusal_facts


def context_of(batch: Batch) -> CallContext:
    return CallContext(
        task="idea", project_id=batch.project_id, member_id=batch.member_id, chat_id=batch.address.chat_id
    )


async def reserve_for(tx: Transaction, batch: Batch, now: datetime) -> Account | None:
    """`now`: in the team's time zone. None: reserved; else who has not enough, and an administrator is told."""
    refused = await tx.budgets.reserve(accounts_of(context_of(batch), now.date()), batch.most_microusd)
    if refused is not None:
        await tell_of_refusal(tx, refused, now)
    return refused


def refusal(refused: Account) -> BudgetExhausted:
    return BudgetExhausted(f"{refused.key.scope} {refused.key.scope_id}", **refusal_facts(refused))


async def settle_line(
    tx: Transaction,
    batch: Batch,
    line: BatchLine,
    report: CallReport,
    now: datetime,
    *,
    to: LineState,
    draft: Draft | None = None,
) -> bool:
    """The line's answer, its row in the ledger and the money: together, and once. False: it had ended before."""
    prompt, day = line.prompt, batch.budget_day
    if prompt is None or day is None or batch.provider is None or batch.model is None:
        raise RuntimeError(f"line {line.number} of batch {batch.id} was never sent")
    if await tx.batches.end_line(batch.id, line.number, to, draft=draft, error_code=report.error_code) is None:
        return False
    errand = Errand(
        context_of(batch),
        batch.provider,
        batch.model,
        prompt.release,
        prompt.tokens_in,
        role=prompt.role,
        most_microusd=prompt.most_microusd,
    )
    call_id = await tx.calls.start(errand, day)
    settled = await tx.calls.finish(call_id, report)
    await tx.batches.note_call(batch.id, line.number, call_id)
    if settled is None:
        raise RuntimeError(f"call {call_id} was settled by somebody else")
    accounts = await tx.budgets.settle(
        accounts_of(context_of(batch), day),
        released_microusd=settled.released_microusd,
        spent_microusd=settled.spent_microusd,
    )
    await tell_of_shares(tx, accounts, settled.spent_microusd, now)
    if settled.unpriced is not None:
        await tell_of_unknown_price(tx, *settled.unpriced)
    return True


async def release_rest(tx: Transaction, batch: Batch, to: LineState) -> None:
    """Lines that nobody will answer any more give back what was reserved for them."""
    held = await tx.batches.end_rest(batch.id, to)
    if batch.budget_day is not None and held:
        places = accounts_of(context_of(batch), batch.budget_day)
        await tx.budgets.settle(places, released_microusd=held, spent_microusd=0)
