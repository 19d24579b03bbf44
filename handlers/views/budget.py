"""Budgets with bars: what may be spent, what is spent, when it starts anew."""

from datetime import date

from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Style
from handlers.views.message import RenderedMessage
from handlers.views.money import dollars
from services.assistant.budgets.open_budget import OpenedBudget
from services.assistant.budgets.sheet import BudgetSheet
from services.assistant.budgets.show_budgets import BudgetReport
from services.domain.budget import Account, BudgetPeriod, BudgetScope
from services.domain.language import Language

_CELLS = 10
_NOW = {
    BudgetPeriod.DAY: mark("budget.now_day"),
    BudgetPeriod.WEEK: mark("budget.now_week"),
    BudgetPeriod.MONTH: mark("budget.now_month"),
    BudgetPeriod.TOTAL: mark("budget.now_total"),
}
_EACH = {
    BudgetPeriod.DAY: mark("budget.each_day"),
    BudgetPeriod.WEEK: mark("budget.each_week"),
    BudgetPeriod.MONTH: mark("budget.each_month"),
    BudgetPeriod.TOTAL: mark("budget.each_total"),
}
_EVERY_ONE = {
    BudgetScope.PROJECT: mark("budget.every_project"),
    BudgetScope.CHAT: mark("budget.every_chat"),
    BudgetScope.MEMBER: mark("budget.every_member"),
}


def whose(sheet: BudgetSheet, texts: Texts) -> str:
    scope, name = sheet.key.scope, sheet.name
    if scope is BudgetScope.TEAM:
        return texts("budget.the_team")
    if sheet.is_for_every_one:
        return texts(_EVERY_ONE[scope])
    if scope is BudgetScope.PROJECT:
        return texts("budget.the_project", name=name)
    return texts("budget.the_chat", name=name) if scope is BudgetScope.CHAT else name


def title_of(sheet: BudgetSheet, texts: Texts) -> str:
    """ "Anna, today"."""
    period = (_EACH if sheet.is_for_every_one else _NOW)[sheet.key.period]
    return f"{whose(sheet, texts)}, {texts(period)}"


def rule_line(sheet: BudgetSheet, texts: Texts) -> str:
    """ "Each person: $2.00 a day"."""
    limit = sheet.account.limit_microusd
    amount = texts("budget.unlimited") if limit is None else dollars(limit, texts)
    said = f"{whose(sheet, texts)}: {amount} {texts(_EACH[sheet.key.period])}"
    return said if sheet.account.is_hard else ", ".join((said, texts("budget.soft")))


def budgets_message(report: BudgetReport, texts: Texts) -> RenderedMessage:
    composer = Composer().line(texts("budget.all_title") if report.is_admin else texts("budget.own_title"), Style.BOLD)
    for sheet in report.sheets:
        composer.write("\n").line(title_of(sheet, texts), Style.BOLD).line(state_line(sheet.account, texts))
    if report.left_out:
        composer.write("\n").line(texts.plural("budget.left_out", report.left_out))
    if report.rules:
        composer.write("\n")
        for sheet in report.rules:
            composer.line(rule_line(sheet, texts))
    if not (report.sheets or report.rules):
        composer.line(texts("budget.nothing_set"))
    if report.is_admin:
        composer.write("\n").write(texts("budget.hint"))
    return RenderedMessage(composer.build())


def opened_message(opened: OpenedBudget, texts: Texts) -> RenderedMessage:
    sheet = opened.sheet
    composer = Composer().line(title_of(sheet, texts), Style.BOLD)
    if sheet.is_for_every_one:
        composer.write(rule_line(sheet, texts))
    else:
        composer.write(state_line(sheet.account, texts))
    if opened.spenders:
        composer.write("\n\n").line(texts("budget.spenders"))
        for spender in opened.spenders:
            composer.line(f"{spender.name}: {dollars(spender.spent_microusd, texts)}")
    return RenderedMessage(composer.build())


def state_line(account: Account, texts: Texts) -> str:
    """The bar and what it says."""
    allowed = account.allowed_microusd
    if allowed is None:
        spent = texts("budget.spent", spent=dollars(account.spent_microusd, texts))
        return ", ".join((texts("budget.unlimited"), spent))
    spent, limit = dollars(account.spent_microusd, texts), dollars(allowed, texts)
    facts = [texts("budget.spent_of", spent=spent, limit=limit)]
    if account.reserved_microusd:
        facts.append(texts("budget.held", held=dollars(account.reserved_microusd, texts)))
    if account.extra_microusd:
        facts.append(texts("budget.extra", extra=dollars(account.extra_microusd, texts)))
    if not account.is_hard:
        facts.append(texts("budget.soft"))
    if account.ends_on is not None:
        facts.append(texts("budget.anew_on", date=_day(account.ends_on, texts)))
    return f"{bar(account)} {', '.join(facts)}"


def bar(account: Account) -> str:
    """▓ spent, ▒ held by calls under way, ░ left."""
    allowed = max(account.allowed_microusd or 0, 1)
    spent = min(_CELLS, -(-account.spent_microusd * _CELLS // allowed)) if account.spent_microusd > 0 else 0
    held = min(_CELLS - spent, -(-account.reserved_microusd * _CELLS // allowed))
    return "▓" * spent + "▒" * held + "░" * (_CELLS - spent - held)


def _day(day: date, texts: Texts) -> str:
    return f"{day:%d.%m}" if texts.language is Language.RUSSIAN else f"{day:%b} {day.day}"


def answered_message(sheet: BudgetSheet, verdict: str, texts: Texts) -> RenderedMessage:
    """A notice, or a wish for more, that an admin has answered."""
    composer = Composer().line(title_of(sheet, texts), Style.BOLD).line(state_line(sheet.account, texts))
    return RenderedMessage(composer.write("\n").write(verdict).build())


def caps_line(report: BudgetReport, texts: Texts) -> str:
    """What the team and each person may spend at most, in a line."""
    scopes = (BudgetScope.TEAM, BudgetScope.MEMBER)
    caps = [sheet for sheet in (*report.sheets, *report.rules) if sheet.key.scope in scopes]
    caps = [sheet for sheet in caps if sheet.is_for_every_one or sheet.key.scope is BudgetScope.TEAM]
    if not caps:
        return texts("budget.no_caps")
    return texts("budget.caps", caps="; ".join(rule_line(sheet, texts) for sheet in caps))
