"""Money in words: sums, whose budget, of which days."""

from decimal import Decimal

from handlers.i18n import Texts, mark
from services.domain.language import Language

_WHOSE = {
    "team": mark("budget.of_team"),
    "project": mark("budget.of_project"),
    "chat": mark("budget.of_chat"),
    "member": mark("budget.of_member"),
}
_WHEN = {
    "day": mark("budget.for_day"),
    "week": mark("budget.for_week"),
    "month": mark("budget.for_month"),
    "total": mark("budget.for_total"),
}
_ANEW = {
    "day": mark("budget.anew_day"),
    "week": mark("budget.anew_week"),
    "month": mark("budget.anew_month"),
    "total": mark("budget.anew_total"),
}


def dollars(sum_: int | Decimal, texts: Texts) -> str:
    """`sum_`: millionths of a dollar when it is an int, else dollars. To the cent; less than half a cent is told so."""
    exact = Decimal(sum_) / 1_000_000 if isinstance(sum_, int) else sum_
    size = abs(exact)
    number = "0.01" if 0 < size < Decimal("0.005") else f"{size:,.2f}"
    sign = ("-" if exact < 0 else "") + ("<" if 0 < size < Decimal("0.005") else "")
    if texts.language is Language.RUSSIAN:
        return f"{sign}{number.replace(',', chr(0xA0)).replace('.', ',')}\u00a0$"
    return f"{sign}${number}"


def roughly(microusd: int, texts: Texts) -> str:
    """What something may cost, as short as a button needs it: cents below a dollar."""
    cents = Decimal(microusd) / 10_000
    if cents >= 100:
        return dollars(microusd, texts)
    number = f"{cents:.0f}" if cents >= Decimal("0.95") else f"{max(cents, Decimal('0.1')):.1f}".removesuffix(".0")
    if texts.language is Language.RUSSIAN:
        number = number.replace(".", ",")
    return f"{'<' if cents < Decimal('0.1') else ''}{number}\u00a0¢"


def budget_name(scope: str, period: str, texts: Texts) -> str:
    """ "The team's budget for this month"."""
    return f"{texts(_WHOSE[scope])} {texts(_WHEN[period])}"


def when_anew(period: str, texts: Texts) -> str:
    return texts(_ANEW[period])


def exhausted(facts: dict[str, int | str], texts: Texts) -> str:
    """The sentence of BudgetExhausted. Facts: see services.domain.errors."""
    scope, period = str(facts.get("scope")), str(facts.get("period"))
    if scope not in _WHOSE or period not in _WHEN:
        return texts("error.budget_exhausted")
    left, limit = (dollars(Decimal(str(facts.get(name, 0))), texts) for name in ("left", "limit"))
    said = texts("error.budget_too_small", budget=budget_name(scope, period, texts), left=left, limit=limit)
    return f"{said} {when_anew(period, texts)}"
