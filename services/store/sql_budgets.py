"""Budgets: reserving and settling as guarded statements over locked rows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, or_, select, update

from services.domain.budget import EVERY_ONE, Account, Budget, BudgetKey, BudgetPeriod, start_of
from services.store.sql_connection import SqlRepository
from services.store.tables_money import accounts, budget_notices, budgets

Places = Sequence[tuple[BudgetKey, date]]
_A = accounts.c
_KEY = ("scope", "scope_id", "period")
_LEFT = _A.limit_microusd + _A.extra_microusd - _A.spent_microusd - _A.reserved_microusd


class SqlBudgets(SqlRepository):
    async def reserve(self, places: Places, amount_microusd: int) -> Account | None:
        await self._open(places)
        # Locked in one order by everybody, so that two calls never wait for each other.
        rows = await self._sql.rows(
            select(accounts).where(_in(places)).order_by(_A.scope, _A.scope_id, _A.period).with_for_update()
        )
        by_place = {_place(row): _account(row) for row in rows}
        for place in places:
            if by_place[place].refuses(amount_microusd):
                return by_place[place]
        fits = or_(_A.is_hard.is_(False), _A.limit_microusd.is_(None), amount_microusd <= _LEFT)
        reserved = (
            update(accounts).where(_in(places), fits).values(reserved_microusd=_A.reserved_microusd + amount_microusd)
        )
        if await self._sql.run(reserved) != len(places):
            raise RuntimeError("accounts changed under their locks")
        return None

    async def settle(self, places: Places, *, released_microusd: int, spent_microusd: int) -> Sequence[Account]:
        await self._sql.rows(  # the same order as above
            select(_A.scope).where(_in(places)).order_by(_A.scope, _A.scope_id, _A.period).with_for_update()
        )
        settled = update(accounts).where(_in(places))
        rows = await self._sql.rows(
            settled.values(
                reserved_microusd=_A.reserved_microusd - released_microusd,
                spent_microusd=_A.spent_microusd + spent_microusd,
            ).returning(accounts)
        )
        return [_account(row) for row in rows]

    async def budget(self, key: BudgetKey) -> Budget | None:
        row = await self._sql.row(select(budgets).where(_is(budgets, key), budgets.c.limit_microusd.is_not(None)))
        return _budget(row) if row else None

    async def budgets(self) -> Sequence[Budget]:
        query = select(budgets).where(budgets.c.limit_microusd.is_not(None))
        return [_budget(row) for row in await self._sql.rows(query.order_by(*(budgets.c[name] for name in _KEY)))]

    async def set(self, budget: Budget, changed_by: int | None, day: date) -> None:
        await self._write(budget.key, budget.limit_microusd, budget.is_hard, changed_by)
        await self._apply(budget.key, day)

    async def set_default(self, key: BudgetKey, limit_microusd: int | None, day: date) -> bool:
        await self._line_up()
        values = {"limit_microusd": limit_microusd, "is_hard": True, "changed_at": self._sql.now()}
        by_nobody = and_(budgets.c.changed_by.is_(None), budgets.c.limit_microusd.is_distinct_from(limit_microusd))
        written = self._sql.insert(budgets).values(**_columns(key), **values)
        is_new = await self._sql.run(
            written.on_conflict_do_update(index_elements=list(_KEY), set_=values, where=by_nobody)
        )
        if is_new:
            await self._apply(key, day)
        return bool(is_new)

    async def free(self, key: BudgetKey, changed_by: int | None, day: date) -> None:
        await self._write(key, None, True, changed_by)
        await self._apply(key, day)

    async def forget(self, key: BudgetKey, day: date) -> None:
        await self._line_up()
        await self._sql.run(delete(budgets).where(_is(budgets, key)))
        await self._apply(key, day)

    async def grant(self, key: BudgetKey, starts_on: date, extra_microusd: int) -> Account:
        await self._open([(key, starts_on)])
        granted = update(accounts).where(_in([(key, starts_on)]))
        row = await self._sql.the_row(
            granted.values(extra_microusd=_A.extra_microusd + extra_microusd).returning(accounts)
        )
        await self._tell_anew(_is(budget_notices, key), budget_notices.c.starts_on == starts_on)
        return _account(row)

    async def held(self, key: BudgetKey, starts_on: date) -> Account:
        await self._open([(key, starts_on)])
        return _account(await self._sql.the_row(select(accounts).where(_in([(key, starts_on)])).with_for_update()))

    async def account(self, key: BudgetKey, day: date) -> Account:
        starts_on = start_of(key.period, day)
        row = await self._sql.row(select(accounts).where(_in([(key, starts_on)])))
        if row is not None:
            return _account(row)
        limit = (await self._limits([key]))[key]
        return Account(key, starts_on, limit_microusd=limit[0], is_hard=limit[1])

    async def open_accounts(self, day: date) -> Sequence[Account]:
        current = or_(*(and_(_A.period == period, _A.starts_on == start_of(period, day)) for period in BudgetPeriod))
        query = select(accounts).where(current, _A.limit_microusd.is_not(None))
        return [_account(row) for row in await self._sql.rows(query.order_by(_A.scope, _A.scope_id, _A.period))]

    async def note(self, key: BudgetKey, starts_on: date, percent: int, now: datetime) -> bool:
        noted = self._sql.insert(budget_notices).values(
            **_columns(key), starts_on=starts_on, percent=percent, told_at=now
        )
        return await self._sql.run(noted.on_conflict_do_nothing()) == 1

    async def _open(self, places: Places) -> None:
        """Rows of accounts that are called for the first time, with the limits that hold for them."""
        known = await self._sql.rows(select(_A.scope, _A.scope_id, _A.period, _A.starts_on).where(_in(places)))
        missing = set(places) - {_place(row) for row in known}
        if not missing:
            return
        await self._line_up()
        limits = await self._limits([key for key, _ in missing])
        values = [
            {
                **_columns(key),
                "starts_on": starts_on,
                "limit_microusd": limits[key][0],
                "is_hard": limits[key][1],
            }
            for key, starts_on in sorted(missing, key=_order)
        ]
        await self._sql.run(self._sql.insert(accounts).values(values).on_conflict_do_nothing())

    async def _limits(self, keys: Sequence[BudgetKey]) -> dict[BudgetKey, tuple[int | None, bool]]:
        """What holds for each: its own budget, else that of every one of its kind."""
        of_kind = {BudgetKey(key.scope, EVERY_ONE, key.period) for key in keys}
        wanted = or_(*(_is(budgets, key) for key in {*keys, *of_kind}))
        found = {
            BudgetKey(row.scope, row.scope_id, row.period): (row.limit_microusd, row.is_hard)
            for row in await self._sql.rows(select(budgets).where(wanted))
        }
        nothing = (None, True)
        return {
            key: found.get(key) or found.get(BudgetKey(key.scope, EVERY_ONE, key.period)) or nothing for key in keys
        }

    async def _write(self, key: BudgetKey, limit: int | None, is_hard: bool, changed_by: int | None) -> None:
        await self._line_up()
        values = {
            "limit_microusd": limit,
            "is_hard": is_hard,
            "changed_by": changed_by,
            "changed_at": self._sql.now(),
        }
        written = self._sql.insert(budgets).values(**_columns(key), **values)
        await self._sql.run(written.on_conflict_do_update(index_elements=list(_KEY), set_=values))

    async def _apply(self, key: BudgetKey, day: date) -> None:
        """To accounts that are open on `day`."""
        limit, is_hard = (await self._limits([key]))[key]
        now = (_A.scope == key.scope, _A.period == key.period, _A.starts_on == start_of(key.period, day))
        changed = update(accounts).where(*now).values(limit_microusd=limit, is_hard=is_hard)
        if key.scope_id != EVERY_ONE:
            await self._sql.run(changed.where(_A.scope_id == key.scope_id))
        else:
            own = select(budgets.c.scope_id).where(budgets.c.scope == key.scope, budgets.c.period == key.period)
            await self._sql.run(changed.where(_A.scope_id.not_in(own.where(budgets.c.scope_id != EVERY_ONE))))
        told = budget_notices.c
        await self._tell_anew(
            told.scope == key.scope, told.period == key.period, told.starts_on == start_of(key.period, day)
        )

    async def _tell_anew(self, *which: ColumnElement[bool]) -> None:
        """Of shares that are not reached any more, now that the limit is higher."""
        told = budget_notices.c
        same = and_(*(told[name] == _A[name] for name in (*_KEY, "starts_on")))
        allowed = _A.limit_microusd + _A.extra_microusd
        below = or_(_A.limit_microusd.is_(None), _A.spent_microusd * 100 < told.percent * allowed)
        await self._sql.run(delete(budget_notices).where(*which, select(_A.scope).where(same, below).exists()))

    async def _line_up(self) -> None:
        """An account that is being opened must not miss a limit that is being set."""
        await self._sql.line_up("budgets")


def _columns(key: BudgetKey) -> dict[str, Any]:
    return {"scope": key.scope, "scope_id": key.scope_id, "period": key.period}


def _is(table: Any, key: BudgetKey) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in _columns(key).items()))


def _in(places: Places) -> ColumnElement[bool]:
    """Spelled out: SQLite finds no index for a list of tuples."""
    return or_(*(and_(_is(accounts, key), _A.starts_on == starts_on) for key, starts_on in places))


def _order(place: tuple[BudgetKey, date]) -> tuple[str, int, str, date]:
    key, starts_on = place
    return key.scope, key.scope_id, key.period, starts_on


def _place(row: Row[Any]) -> tuple[BudgetKey, date]:
    return BudgetKey(row.scope, row.scope_id, row.period), row.starts_on


def _account(row: Row[Any]) -> Account:
    return Account(
        BudgetKey(row.scope, row.scope_id, row.period),
        row.starts_on,
        row.spent_microusd,
        row.reserved_microusd,
        row.extra_microusd,
        row.limit_microusd,
        row.is_hard,
    )


def _budget(row: Row[Any]) -> Budget:
    return Budget(BudgetKey(row.scope, row.scope_id, row.period), row.limit_microusd, row.is_hard)
