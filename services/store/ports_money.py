"""Budgets, as the ledger and the use cases see them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from services.domain.budget import Account, Budget, BudgetKey
from services.domain.spending import (
    DaySpent,
    DearRequest,
    GroupDay,
    GroupSpent,
    SpendingFilter,
    SpendingGroup,
    Spent,
)


class Budgets(Protocol):
    """Money is reserved and settled in the transaction that writes the call down."""

    async def reserve(self, accounts: Sequence[tuple[BudgetKey, date]], amount_microusd: int) -> Account | None:
        """From all of them or from none. None: reserved; else the first account (the widest scope, the shortest period)
        that has not enough, and nothing is changed. Concurrent reservations never go over a hard limit together."""
        ...

    async def settle(
        self, accounts: Sequence[tuple[BudgetKey, date]], *, released_microusd: int, spent_microusd: int
    ) -> Sequence[Account]:
        """As they stand after it, locked until the transaction ends. `released_microusd`: what was reserved.
        `spent_microusd` may be negative: a guess is put right."""
        ...

    async def budget(self, key: BudgetKey) -> Budget | None:
        """As set for exactly this key."""
        ...

    async def budgets(self) -> Sequence[Budget]: ...
    async def set(self, budget: Budget, changed_by: int | None, day: date) -> None:
        """Also for the accounts of `day` that are open already. For EVERY_ONE: of all that have no budget of their own.
        Hard budgets may be set below what is spent: nothing more is reserved then."""
        ...

    async def set_default(self, key: BudgetKey, limit_microusd: int | None, day: date) -> bool:
        """What the settings say, None: no limit. Nothing changes where a person has decided (`changed_by`). True: it is
        new, or the settings had said something else."""
        ...

    async def free(self, key: BudgetKey, changed_by: int | None, day: date) -> None:
        """No limit for this one, even where every one of its kind has one."""
        ...

    async def forget(self, key: BudgetKey, day: date) -> None:
        """The budget of every one of its kind holds again."""
        ...

    async def grant(self, key: BudgetKey, starts_on: date, extra_microusd: int) -> Account:
        """More for this period only. Shares that are no longer reached are told anew, as after every raise."""
        ...

    async def held(self, key: BudgetKey, starts_on: date) -> Account:
        """As it stands; nobody changes it before this transaction ends."""
        ...

    async def account(self, key: BudgetKey, day: date) -> Account:
        """As it stands; of a period in which nothing was called, with nothing spent."""
        ...

    async def open_accounts(self, day: date) -> Sequence[Account]:
        """With a limit, in their period of `day`."""
        ...

    async def note(self, key: BudgetKey, starts_on: date, percent: int, now: datetime) -> bool:
        """True once: nobody was told of this share of this limit in this period before. Call it under the account's
        lock, or for a reservation that was refused."""
        ...


EVERYTHING = 0
"""Of the kill switch, in place of a project's id."""


class Halts(Protocol):
    """The kill switch."""

    async def halt(self, project_id: int, halted_by: int | None, now: datetime) -> bool: ...
    async def lift(self, project_id: int) -> bool: ...
    async def halted(self) -> frozenset[int]: ...
    async def is_halted(self, project_id: int | None) -> bool:
        """It, or everything."""
        ...


_EVERYTHING = SpendingFilter()


class Spending(Protocol):
    """The ledger added up: calls that ended, by the days of the team's time zone."""

    async def totals(self, which: SpendingFilter = _EVERYTHING) -> Spent: ...
    async def by(self, group: SpendingGroup, which: SpendingFilter = _EVERYTHING) -> Sequence[GroupSpent]:
        """The dearest first; days in their order."""
        ...

    async def by_day(self, which: SpendingFilter = _EVERYTHING) -> Sequence[DaySpent]:
        """Each day's models, in the order of the days. Days without a call are not there."""
        ...

    async def unpriced(self) -> Sequence[tuple[str, str]]:
        """Provider and model of calls whose price was not known, in order."""
        ...

    async def stacked(self, group: SpendingGroup, which: SpendingFilter = _EVERYTHING) -> Sequence[GroupDay]:
        """Each day's groups, in the order of the days. Days and groups without a call are not there."""
        ...

    async def names(self, group: SpendingGroup, keys: Collection[str]) -> Mapping[str, str]:
        """By key, as in GroupSpent."""
        ...

    async def first_day(self, which: SpendingFilter = _EVERYTHING) -> date | None:
        """None: nothing was called."""
        ...

    async def dearest(self, limit: int, which: SpendingFilter = _EVERYTHING) -> Sequence[DearRequest]:
        """Requests that began in these days by all that was counted for them, the dearest first."""
        ...

    async def approved(self, since: datetime | None, member_id: int | None = None) -> int:
        """Drafts that were approved from then on, of this person's briefs."""
        ...
