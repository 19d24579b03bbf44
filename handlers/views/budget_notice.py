"""What a budget has left: told to its person and to administrators."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from handlers.i18n import Texts
from handlers.views.formatted import Composer, Style
from handlers.views.message import RenderedMessage
from handlers.views.money import budget_name, dollars, when_anew
from services.domain.budget import BudgetKey, BudgetPeriod, BudgetScope


@dataclass(frozen=True, slots=True)
class BudgetNotice:
    """Amounts in millionths of a US dollar, as they were then."""

    key: BudgetKey
    starts_on: date
    percent: int
    spent_microusd: int
    reserved_microusd: int
    limit_microusd: int
    """With what was granted on top."""
    is_hard: bool
    name: str
    """Of the person, the project or the chat; of the team, nothing."""
    is_own: bool
    """The reader's."""

    @property
    def is_used_up(self) -> bool:
        return self.spent_microusd >= self.limit_microusd


def read_notice(payload: dict[str, Any]) -> BudgetNotice:
    """Of a delivery, see `services/store/budget_notices.py`."""
    key = BudgetKey(BudgetScope(payload["scope"]), int(payload["scope_id"]), BudgetPeriod(payload["period"]))
    return BudgetNotice(
        key,
        date.fromisoformat(payload["starts_on"]),
        int(payload["percent"]),
        int(payload["spent_microusd"]),
        int(payload["reserved_microusd"]),
        int(payload["limit_microusd"] or 0),
        bool(payload["is_hard"]),
        str(payload["name"]),
        bool(payload["is_own"]),
    )


def budget_notice_message(notice: BudgetNotice, texts: Texts) -> RenderedMessage:
    facts: dict[str, int | str] = {
        "percent": notice.percent,
        "spent": dollars(notice.spent_microusd, texts),
        "limit": dollars(notice.limit_microusd, texts),
        "held": dollars(notice.reserved_microusd, texts),
    }
    composer = Composer()
    composer.write(_headline(notice, texts), Style.BOLD).write("\n")
    if notice.percent < 100:
        composer.write(texts("budget_notice.spent", **facts))
    elif notice.is_used_up:
        composer.write(texts("budget_notice.spent_all", **facts))
        composer.write("\n").write(_what_now(notice, texts))
    else:
        composer.write(texts("budget_notice.too_little", **facts))
        if notice.reserved_microusd:
            composer.write(" ").write(texts("budget_notice.held", **facts))
        composer.write("\n").write(_what_now(notice, texts))
    return RenderedMessage(composer.build())


def _headline(notice: BudgetNotice, texts: Texts) -> str:
    sign = "⛔️" if notice.percent >= 100 and notice.is_hard else "💰"
    whose = f" · {notice.name}" if notice.name and not notice.is_own else ""
    return f"{sign} {budget_name(notice.key.scope.value, notice.key.period.value, texts)}{whose}"


def _what_now(notice: BudgetNotice, texts: Texts) -> str:
    if not notice.is_hard:
        return texts("budget_notice.soft")
    said = texts("budget_notice.hard")
    return f"{said} {when_anew(notice.key.period.value, texts)}" if notice.is_own else said
