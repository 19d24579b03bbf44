"""One history of calls over a database: budgets, callers that run into each other, processes that die at any moment,
an administrator who raises limits meanwhile; and what the books must say at every moment and at the end."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.domain.budget import EVERY_ONE, Budget, BudgetKey, BudgetPeriod, BudgetScope, accounts_of
from services.domain.errand import Errand
from services.domain.errors import BudgetExhausted, StoreUnavailable
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.store.engine import readers
from services.store.sql_ledger import LONGEST_SETTLING, SqlLedger
from services.store.sql_store import SqlStore
from services.store.tables import accounts, budget_notices, budgets, deliveries, model_calls

Done = TypeVar("Done")
MOST = 100
"""Micro-dollars of one call, at most."""


class Fate(StrEnum):
    PAYS = "pays"
    PAYS_TWICE = "pays twice"
    UNPRICED = "unpriced"
    """The price is not known: an assumption is counted."""
    DIES_OPENING = "dies opening"
    """At any moment while the call is being written down."""
    DIES = "dies"
    """Between reserve and settle."""
    DIES_SETTLING = "dies settling"
    WAKES = "wakes"
    """It was taken for dead, and says afterwards what the call really cost."""


@dataclass
class History:
    """What happened; amounts in micro-dollars."""

    accepted: int = 0
    refused: int = 0
    died: int = 0
    unavailable: int = 0
    """The database was busy for too long: for the books that is a death."""
    looks: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class World:
    engine: AsyncEngine
    store: SqlStore
    members: tuple[int, ...]
    projects: tuple[int, ...]


async def play(world: World, seed: int, history: History) -> None:
    """Adds to `history`; its `problems` name the seed."""
    chance = random.Random(seed)
    await _wipe(world.engine)
    await _set_limits(world, chance)
    dead: set[str] = set()
    watching = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(_watch(world, history, watching, seed))
        callers = [
            group.create_task(_call(world, group, seed, chance, dead, history)) for _ in range(chance.randint(3, 8))
        ]
        callers += [group.create_task(_administer(world, chance)) for _ in range(chance.randint(0, 1))]
        await asyncio.gather(*callers)
        watching.set()
    await _bury(world, chance, dead)
    await _audit(world, history, seed)
    await _to_the_last_micro_dollar(world, chance, history, seed)


async def _wipe(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        for table in (model_calls, accounts, budgets, budget_notices, deliveries):
            await connection.execute(table.delete())


async def _set_limits(world: World, chance: random.Random) -> None:
    today = datetime.now(UTC).date()
    kinds = [
        BudgetKey(BudgetScope.TEAM, EVERY_ONE, chance.choice(list(BudgetPeriod))),
        BudgetKey(BudgetScope.MEMBER, EVERY_ONE, BudgetPeriod.DAY),
        BudgetKey(BudgetScope.MEMBER, world.members[0], BudgetPeriod.WEEK),
        BudgetKey(BudgetScope.PROJECT, world.projects[0], BudgetPeriod.MONTH),
        BudgetKey(BudgetScope.CHAT, -5, BudgetPeriod.TOTAL),
    ]
    for key in [kinds[0], *chance.sample(kinds[1:], chance.randint(0, 3))]:
        async with world.store.transaction() as tx:
            limit = chance.randint(0, 4 * MOST)
            await tx.budgets.set(Budget(key, limit, is_hard=chance.random() < 0.9), None, today)


def _context(world: World, chance: random.Random) -> CallContext:
    return CallContext(
        "idea",
        project_id=chance.choice([*world.projects, None]),
        member_id=chance.choice([*world.members, None]),
        chat_id=chance.choice([-5, -6, None]),
    )


async def _call(
    world: World, group: asyncio.TaskGroup, seed: int, chance: random.Random, dead: set[str], history: History
) -> None:
    fate, most = chance.choice(list(Fate)), chance.randint(0, MOST)
    cost, owner = chance.randint(0, most), f"{seed}-{chance.random()}"
    ledger = SqlLedger(world.store, owner=owner)
    errand = Errand(_context(world, chance), "openai", "gpt-4.1", most_microusd=most)
    opening = group.create_task(_or_dies(partial(_open, ledger, errand, history), owner, dead, history))
    if fate is Fate.DIES_OPENING:
        dead.add(owner)
        await _cut(opening, chance)
        return
    call = await opening
    if call is None:
        return
    for _ in range(chance.randint(0, 5)):
        await asyncio.sleep(0)
    if fate in (Fate.DIES, Fate.WAKES, Fate.DIES_SETTLING):
        dead.add(owner)
        history.died += 1
    settling = group.create_task(_or_dies(partial(_settle, ledger, call, fate, most, cost), owner, dead, history))
    if fate is Fate.DIES_SETTLING:
        await _cut(settling, chance)
    else:
        await settling


async def _settle(ledger: SqlLedger, call: int, fate: Fate, most: int, cost: int) -> None:
    if fate is Fate.DIES:
        return
    if fate is Fate.WAKES:
        await ledger.finish(call, report(most, CallOutcome.LOST))
        await ledger.finish(call, report(cost, CallOutcome.CUT))
        return
    await ledger.finish(call, report(None if fate is Fate.UNPRICED else cost, assumed=cost))
    if fate is Fate.PAYS_TWICE:
        await ledger.finish(call, report(MOST * 10))


async def _or_dies(work: Callable[[], Awaitable[Done]], owner: str, dead: set[str], history: History) -> Done | None:
    try:
        return await work()
    except StoreUnavailable:
        dead.add(owner)
        history.unavailable += 1
        return None


async def _open(ledger: SqlLedger, errand: Errand, history: History) -> int | None:
    try:
        call = await ledger.start(errand)
    except BudgetExhausted:
        history.refused += 1
        return None
    history.accepted += 1
    return call


async def _cut(work: asyncio.Task[Any], chance: random.Random) -> None:
    """Somewhere on its way, as a killed process leaves it: committed, or not."""
    for _ in range(chance.randint(0, 60)):
        await asyncio.sleep(0)
    work.cancel()
    await asyncio.wait([work])


async def _administer(world: World, chance: random.Random) -> None:
    today = datetime.now(UTC).date()
    async with world.store.transaction() as tx:
        opened = await tx.budgets.open_accounts(today)
        if opened:
            account = chance.choice(opened)
            await tx.budgets.grant(account.key, account.starts_on, chance.randint(1, MOST))


async def _watch(world: World, history: History, over: asyncio.Event, seed: int) -> None:
    while not over.is_set():
        for row in await _rows(world.engine, select(accounts)):
            taken, allowed = row.spent_microusd + row.reserved_microusd, (row.limit_microusd or 0) + row.extra_microusd
            if row.is_hard and row.limit_microusd is not None and taken > allowed:
                history.problems.append(f"seed {seed}: {row.scope} {row.period} took {taken} of {allowed}")
            if row.reserved_microusd < 0 or row.spent_microusd < 0:
                history.problems.append(f"seed {seed}: {row.scope} {row.period} below zero")
        history.looks += 1
        await asyncio.sleep(0.002)


async def _bury(world: World, chance: random.Random, dead: set[str]) -> None:
    """As the sweep of another process does."""
    sweeper = SqlLedger(world.store, owner="sweeper", is_gone=dead.__contains__)
    for call in await sweeper.forgotten(datetime.now(UTC) + LONGEST_SETTLING + timedelta(seconds=1)):
        (row,) = await _rows(world.engine, select(model_calls).where(model_calls.c.id == call.id))
        await sweeper.finish(call.id, report(chance.randint(0, row.reserved_microusd), CallOutcome.LOST))


async def _audit(world: World, history: History, seed: int) -> None:
    """Nothing is held any more, and each account has exactly what its calls were counted for."""
    calls = await _rows(world.engine, select(model_calls))
    if left := [row.id for row in calls if row.outcome is CallOutcome.STARTED]:
        history.problems.append(f"seed {seed}: calls {left} were never settled")
    counted: dict[tuple[BudgetKey, date], int] = {}
    for row in calls:
        context = CallContext("", project_id=row.project_id, member_id=row.member_id, chat_id=row.chat_id)
        for place in accounts_of(context, row.budget_day):
            counted[place] = counted.get(place, 0) + (row.counted_microusd or 0)
    for row in await _rows(world.engine, select(accounts)):
        place = BudgetKey(row.scope, row.scope_id, row.period), row.starts_on
        if row.reserved_microusd or row.spent_microusd != counted.pop(place, 0):
            history.problems.append(f"seed {seed}: {place} holds {row.reserved_microusd}, spent {row.spent_microusd}")
    if any(counted.values()):
        history.problems.append(f"seed {seed}: calls without an account")


async def _to_the_last_micro_dollar(world: World, chance: random.Random, history: History, seed: int) -> None:
    """What is left can be had, all of it, and not one more."""
    ledger, context, today = SqlLedger(world.store), _context(world, chance), datetime.now(UTC).date()
    async with world.store.reading() as tx:
        held = [await tx.budgets.account(key, today) for key, _ in accounts_of(context, today)]
    lefts = [account.left_microusd for account in held if account.is_hard and account.left_microusd is not None]
    if not lefts or min(lefts) < 0:
        return
    await ledger.start(Errand(context, "openai", "gpt-4.1", most_microusd=min(lefts)))
    try:
        await ledger.start(Errand(context, "openai", "gpt-4.1", most_microusd=1))
    except BudgetExhausted:
        return
    history.problems.append(f"seed {seed}: one micro-dollar more was had")


def report(cost: int | None, outcome: CallOutcome = CallOutcome.OK, *, assumed: int = 0) -> CallReport:
    return CallReport(outcome, Usage(1, 0, 1), cost, latency_ms=1, assumed_microusd=assumed)


async def _rows(engine: AsyncEngine, query: Any) -> Any:
    async with readers(engine).connect() as connection:
        return (await connection.execute(query)).all()
