"""What a budget has left: told to its person and to administrators."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from handlers.i18n import Texts
from handlers.views.formatted import Composer, Style
from handlers.views.message import RenderedMessage
from handlers.views.money import budget_name, dollars, when_anew
from services.domain.budget import Account, BudgetKey, BudgetPeriod, BudgetScope


@dataclass(frozen=True, slots=True)
class BudgetNotice:
    account: Account
    """As it was then; its limit is what was allowed, with what had been granted on top."""
    percent: int
    name: str
    """Of the person, the project or the chat; of the team, nothing."""
    is_own: bool
    """The reader's."""
    for_admin: bool

    @property
    def is_used_up(self) -> bool:
        return self.account.spent_microusd >= (self.account.limit_microusd or 0)


def read_notice(payload: dict[str, Any]) -> BudgetNotice:
    """Of a delivery, see `services/store/budget_notices.py`."""
    account = Account(
        BudgetKey(BudgetScope(payload["scope"]), int(payload["scope_id"]), BudgetPeriod(payload["period"])),
        date.fromisoformat(payload["starts_on"]),
        int(payload["spent_microusd"]),
        int(payload["reserved_microusd"]),
        limit_microusd=int(payload["limit_microusd"] or 0),
        is_hard=bool(payload["is_hard"]),
    )
    return BudgetNotice(
        account, int(payload["percent"]), str(payload["name"]), bool(payload["is_own"]), bool(payload["for_admin"])
    )


def budget_notice_message(notice: BudgetNotice, texts: Texts) -> RenderedMessage:
    account = notice.account
    facts: dict[str, int | str] = {
        "percent": notice.percent,
        "spent": dollars(account.spent_microusd, texts),
        "limit": dollars(account.limit_microusd or 0, texts),
        "held": dollars(account.reserved_microusd, texts),
    }
    composer = Composer()
    composer.write(_headline(notice, texts), Style.BOLD).write("\n")
    if notice.percent < 100:
        composer.write(texts("budget_notice.spent", **facts))
    else:
        if notice.is_used_up:
            composer.write(texts("budget_notice.spent_all", **facts))
        else:
            composer.write(texts("budget_notice.too_little", **facts))
            if account.reserved_microusd:
                composer.write(" ").write(texts("budget_notice.held", **facts))
        composer.write("\n").write(_what_now(notice, texts))
    return RenderedMessage(composer.build())


def _headline(notice: BudgetNotice, texts: Texts) -> str:
    sign = "⛔️" if notice.percent >= 100 and notice.account.is_hard else "💰"
    whose = f" · {notice.name}" if notice.name and not notice.is_own else ""
    return f"{sign} {budget_name(notice.account.key.scope.value, notice.account.key.period.value, texts)}{whose}"


def _what_now(notice: BudgetNotice, texts: Texts) -> str:
    if not notice.account.is_hard:
        return texts("budget_notice.soft")
    said = texts("budget_notice.hard")
    asks = notice.is_own and not notice.for_admin
    return f"{said} {when_anew(notice.account.key.period.value, texts)}" if asks else said
