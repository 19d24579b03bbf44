"""`/budget @anya 2$ day`: what an admin wants, read from words in either language."""

import re
from dataclasses import dataclass

from services.assistant.budgets.target import BudgetTarget
from services.domain.budget import BudgetPeriod, BudgetScope

_AMOUNT = re.compile(r"\$?(\d{1,7})(?:[.,](\d{1,2}))?\$?")
_PERIODS = {
    **dict.fromkeys(("day", "daily", "день", "дня", "сутки", "ежедневно"), BudgetPeriod.DAY),
    **dict.fromkeys(("week", "weekly", "неделя", "неделю", "неделе", "еженедельно"), BudgetPeriod.WEEK),
    **dict.fromkeys(("month", "monthly", "месяц", "месяца", "ежемесячно"), BudgetPeriod.MONTH),
    **dict.fromkeys(("total", "ever", "всего", "всё", "все", "навсегда"), BudgetPeriod.TOTAL),
}
_FIRMNESS = {
    **dict.fromkeys(("soft", "мягкий", "мягко"), False),
    **dict.fromkeys(("hard", "жёсткий", "жесткий", "жёстко", "жестко"), True),
}
_OFF = frozenset({"off", "none", "no", "free", "unlimited", "нет", "без", "снять", "безлимит", "безлимитно"})
_DEFAULT = frozenset({"default", "умолчанию", "обычный", "обычно"})
_TEAM = frozenset({"team", "команда", "команде", "команды"})
_PROJECT = frozenset({"project", "проект", "проекту", "проекта"})
_CHAT = frozenset({"chat", "group", "чат", "чату", "чата", "группа", "группе"})
_EVERY = frozenset({"every", "each", "everyone", "everybody", "каждый", "каждому", "каждой", "всем", "любому"})
_WITHOUT_MEANING = """
    $ usd dollars dollar доллар доллара долларов a an the per in for to of at time limit budget set is person this
    в на за по до для как у лимит лимита бюджет время человек человеку этот этого этому
"""
_NOISE = frozenset(_WITHOUT_MEANING.split())


@dataclass(frozen=True, slots=True)
class BudgetOrder:
    target: BudgetTarget
    period: BudgetPeriod | None
    """None: not said."""
    limit_microusd: int | None
    """None: no limit, or the rule for all of its kind."""
    is_hard: bool = True
    as_every_one: bool = False

    @property
    def usual_period(self) -> BudgetPeriod:
        """The one said, else the one that people mean: a person's day, everybody else's month."""
        if self.period is not None:
            return self.period
        return BudgetPeriod.DAY if self.target.scope is BudgetScope.MEMBER else BudgetPeriod.MONTH


def read_order(words: str) -> BudgetOrder | None:
    """None: it cannot be told what is meant."""
    tokens = words.split()
    at = _place_of_amount(tokens)
    if at is None:
        return None
    amount, after = tokens[at].casefold(), [token.casefold() for token in tokens[at + 1 :]]
    said = [token for token in after if token not in _NOISE and token not in _OFF and token not in _DEFAULT]
    if any(token not in _PERIODS and token not in _FIRMNESS for token in said):
        return None
    target, periods = _target(tokens[:at])
    periods += [_PERIODS[token] for token in said if token in _PERIODS]
    if target is None or len(set(periods)) > 1:
        return None
    return BudgetOrder(
        target,
        periods[0] if periods else None,
        microusd(amount),
        next((_FIRMNESS[token] for token in said if token in _FIRMNESS), True),
        as_every_one=amount in _DEFAULT,
    )


def microusd(amount: str) -> int | None:
    """Of "5", "5$", "$5", "5.50" or "5,50"; None for other words."""
    found = _AMOUNT.fullmatch(amount)
    if found is None:
        return None
    dollars, cents = found.groups()
    return int(dollars) * 1_000_000 + int((cents or "0").ljust(2, "0")) * 10_000


def _place_of_amount(tokens: list[str]) -> int | None:
    """Of the last sum: a project may be called by a number. Of the first word for "no limit" otherwise."""
    sums = [place for place, token in enumerate(tokens) if microusd(token) is not None]
    if sums:
        return sums[-1]
    return next((place for place, token in enumerate(tokens) if token.casefold() in _OFF | _DEFAULT), None)


def _target(tokens: list[str]) -> tuple[BudgetTarget | None, list[BudgetPeriod]]:
    """Whose budget, and periods that were said before the sum."""
    words = [token for token in tokens if token.casefold() not in _NOISE]
    first = words[0].casefold() if words else ""
    if first in _PROJECT:
        return BudgetTarget(BudgetScope.PROJECT, " ".join(words[1:]).strip("«»\"'")), []
    periods = [_PERIODS[word.casefold()] for word in words if word.casefold() in _PERIODS]
    words = [word for word in words if word.casefold() not in _PERIODS]
    first, others = (words[0].casefold(), words[1:]) if words else ("", [])
    if first in _EVERY:
        return _every_one(others), periods
    if not first or first in _TEAM:
        return (None if others else BudgetTarget(BudgetScope.TEAM)), periods
    if first in _CHAT:
        return (None if others else BudgetTarget(BudgetScope.CHAT)), periods
    return BudgetTarget(BudgetScope.MEMBER, " ".join(words)), periods


def _every_one(words: list[str]) -> BudgetTarget | None:
    scopes = {
        **dict.fromkeys(_PROJECT, BudgetScope.PROJECT),
        **dict.fromkeys(_CHAT, BudgetScope.CHAT),
    }
    if not words:
        return BudgetTarget(BudgetScope.MEMBER, is_every_one=True)
    scope = scopes.get(words[0].casefold())
    return None if scope is None or words[1:] else BudgetTarget(scope, is_every_one=True)
