"""What a group has spent goes with it when it becomes a supergroup.

Calls under way stay where they were reserved and are settled there, so nothing is released twice: what they cost is the
little that the new id does not know of.
"""

from typing import Any

from sqlalchemy import Table, delete, func, select, update

from services.domain.budget import BudgetScope
from services.store.sql_connection import SqlConnection
from services.store.tables_money import accounts, spent_days, spent_requests

_A = accounts.c
_KEY = ("scope", "scope_id", "period", "starts_on")


async def move_money(sql: SqlConnection, old: int, new: int) -> int:
    """Rows that were changed; 0 the second time."""
    moved = [
        await _move_accounts(sql, old, new),
        await _move_days(sql, old, new),
        await sql.run(update(spent_requests).where(spent_requests.c.chat_id == old).values(chat_id=new)),
    ]
    return sum(moved)


async def _move_accounts(sql: SqlConnection, old: int, new: int) -> int:
    spent = (_A.spent_microusd != 0) | (_A.extra_microusd != 0)
    of_old = (_A.scope == BudgetScope.CHAT) & (_A.scope_id == old) & spent
    rows = await sql.rows(select(accounts).where(of_old).order_by(_A.period, _A.starts_on).with_for_update())
    for row in rows:
        values = {name: value for name, value in row._mapping.items() if name != "reserved_microusd"}
        there = sql.insert(accounts).values({**values, "scope_id": new})
        together = {
            "spent_microusd": _A.spent_microusd + there.excluded.spent_microusd,
            "extra_microusd": _A.extra_microusd + there.excluded.extra_microusd,
            "limit_microusd": func.coalesce(_A.limit_microusd, there.excluded.limit_microusd),
        }
        await sql.run(there.on_conflict_do_update(index_elements=list(_KEY), set_=together))
    await sql.run(update(accounts).where(of_old).values(spent_microusd=0, extra_microusd=0))
    return len(rows)


async def _move_days(sql: SqlConnection, old: int, new: int) -> int:
    """Days that the new id has spent on already are added to."""
    key = [column.name for column in spent_days.primary_key]
    rows = await sql.rows(delete(spent_days).where(spent_days.c.chat_id == old).returning(spent_days))
    for row in rows:
        there = sql.insert(spent_days).values({**row._mapping, "chat_id": new})
        sums = {name: spent_days.c[name] + there.excluded[name] for name in _sums(spent_days, key)}
        await sql.run(there.on_conflict_do_update(index_elements=key, set_=sums))
    return len(rows)


def _sums(table: Table, key: list[str]) -> list[Any]:
    return [column.name for column in table.c if column.name not in key]
