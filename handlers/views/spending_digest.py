"""What was spent in a day or a week, told without asking: the caption of the picture."""

from handlers.i18n import Texts, mark
from handlers.spend_keyboard import GROUPS
from handlers.views.formatted import Composer, Formatted, Style, plain
from handlers.views.links import unlink
from handlers.views.money import budget_name, dollars
from handlers.views.spending import CAPTION_LIMIT, day_name, group_name, saved_and_unpriced, shortened
from services.assistant.budgets.sheet import BudgetSheet
from services.assistant.digests.chosen import ChosenDigest
from services.assistant.digests.report_digest import SpendingDigest, used_percent
from services.domain.digest import DigestCadence
from services.domain.spending import GroupSpent, SpendingGroup

MOST_NAMED = 3
_BEFORE = {
    DigestCadence.DAILY: mark("digest.day_before"),
    DigestCadence.WEEKLY: mark("digest.week_before"),
}
_CHOSEN = {
    DigestCadence.DAILY: mark("digest.comes_daily"),
    DigestCadence.WEEKLY: mark("digest.comes_weekly"),
    DigestCadence.OFF: mark("digest.comes_never"),
}


def digest_caption(digest: SpendingDigest, texts: Texts) -> Formatted:
    """As many names as there is room for."""
    for named in range(MOST_NAMED, -1, -1):
        caption = _caption(digest, named, texts)
        if caption.length <= CAPTION_LIMIT:
            return caption
    return Composer().write(_title(digest, texts), Style.BOLD).build()


def chosen_sentence(chosen: ChosenDigest, texts: Texts) -> str:
    return texts(_CHOSEN[chosen.cadence], hour=f"{chosen.hour}:00")


def _title(digest: SpendingDigest, texts: Texts) -> str:
    days = digest.days
    if days.cadence is DigestCadence.DAILY:
        return texts("digest.title_day", day=day_name(days.last, texts))
    return texts("digest.title_week", first=day_name(days.since, texts), last=day_name(days.last, texts))


def _caption(digest: SpendingDigest, named: int, texts: Texts) -> Formatted:
    spent = digest.spent
    composer = Composer().line(_title(digest, texts), Style.BOLD)
    calls = texts.plural("spend.calls", spent.calls)
    composer.write(texts("spend.total", sum=dollars(spent.counted_microusd, texts), calls=calls))
    for remark in _remarks(digest, texts):
        composer.write("\n").write(remark)
    groups = (
        (SpendingGroup.PERSON, digest.people),
        (SpendingGroup.PROJECT, digest.projects),
        (SpendingGroup.MODEL, digest.models),
    )
    lines = [line for kind, found in groups if (line := _line(kind, found, named, texts)).text]
    for number, line in enumerate(lines):
        (composer.write("\n") if number else composer.gap()).add(line)
    if digest.budgets:
        composer.gap().write(texts("digest.budgets"), Style.BOLD)
    for sheet in digest.budgets:
        composer.write("\n").add(unlink(plain(_budget(sheet, texts))))
    return composer.build()


def _remarks(digest: SpendingDigest, texts: Texts) -> list[str]:
    before = digest.before.counted_microusd
    found = [texts(_BEFORE[digest.days.cadence], sum=dollars(before, texts)) + _change(digest)] if before else []
    if digest.forecast_microusd is not None:
        found.append(texts("spend.forecast", sum=dollars(digest.forecast_microusd, texts)))
    return found + saved_and_unpriced(digest.spent, texts)


def _change(digest: SpendingDigest) -> str:
    """Nothing for a change of less than a per cent, and none that is told in thousands."""
    change = round(100 * digest.spent.counted_microusd / digest.before.counted_microusd) - 100
    return f" ({'+' if change > 0 else '−'}{abs(change)}\u00a0%)" if 0 < abs(change) < 1000 else ""


def _line(kind: SpendingGroup, groups: tuple[GroupSpent, ...], named: int, texts: Texts) -> Formatted:
    """One project is no news: there are only lines that compare something, or tell who it was."""
    paid = [group for group in groups if group.spent.counted_microusd > 0]
    if not named or not paid or (kind is SpendingGroup.PROJECT and len(paid) == 1):
        return Formatted()
    each = (
        f"{shortened(group_name(kind, group, texts))} {dollars(group.spent.counted_microusd, texts)}"
        for group in paid[:named]
    )
    composer = Composer().write(f"{texts(GROUPS[kind])}: ", Style.BOLD)
    return composer.add(unlink(plain(", ".join(each)))).build()


def _budget(sheet: BudgetSheet, texts: Texts) -> str:
    account = sheet.account
    whose = budget_name(account.key.scope.value, account.key.period.value, texts)
    name = f" · {shortened(sheet.name)}" if sheet.name else ""
    limit = dollars(account.allowed_microusd or 0, texts)
    return texts("digest.budget", budget=f"{whose}{name}", percent=used_percent(account), limit=limit)
