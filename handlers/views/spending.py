"""What was spent, in words: the caption of the picture."""

from datetime import date

from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Formatted, Style, plain
from handlers.views.links import unlink
from handlers.views.money import dollars
from services.assistant.report_spending import SpendingReport, SpendingSeries
from services.domain.language import Language
from services.domain.spending import DearRequest, GroupSpent, SpendingGroup, Spent
from services.domain.spending_days import SpendingPeriod

CAPTION_LIMIT = 1024
"""UTF-16 units: https://core.telegram.org/bots/api#sendphoto"""
LONGEST_NAME = 28
_TITLES = {
    (SpendingPeriod.TODAY, True): mark("spend.team_today"),
    (SpendingPeriod.WEEK, True): mark("spend.team_week"),
    (SpendingPeriod.THIRTY, True): mark("spend.team_thirty"),
    (SpendingPeriod.MONTH, True): mark("spend.team_month"),
    (SpendingPeriod.ALL, True): mark("spend.team_all"),
    (SpendingPeriod.TODAY, False): mark("spend.own_today"),
    (SpendingPeriod.WEEK, False): mark("spend.own_week"),
    (SpendingPeriod.THIRTY, False): mark("spend.own_thirty"),
    (SpendingPeriod.MONTH, False): mark("spend.own_month"),
    (SpendingPeriod.ALL, False): mark("spend.own_all"),
}
BY = {
    SpendingGroup.MODEL: mark("spend.by_model"),
    SpendingGroup.PERSON: mark("spend.by_person"),
    SpendingGroup.PROJECT: mark("spend.by_project"),
    SpendingGroup.TASK: mark("spend.by_task"),
    SpendingGroup.PROMPT: mark("spend.by_prompt"),
    SpendingGroup.CHAT: mark("spend.by_chat"),
}
_WITHOUT = {
    SpendingGroup.PERSON: mark("spend.without_person"),
    SpendingGroup.PROJECT: mark("spend.without_project"),
    SpendingGroup.PROMPT: mark("spend.without_prompt"),
    SpendingGroup.CHAT: mark("spend.without_chat"),
}
_TASKS = {
    "idea": mark("spend.task_idea"),
    "ask": mark("spend.task_ask"),
    "transcribe": mark("spend.task_transcribe"),
    "intent": mark("spend.task_intent"),
    "minutes": mark("spend.task_minutes"),
    "digest": mark("spend.task_digest"),
    "speak": mark("spend.task_speak"),
    "search": mark("spend.task_search"),
    "indexing": mark("spend.task_indexing"),
    "warm_up": mark("spend.task_warm_up"),
}


def spending_title(report: SpendingReport, texts: Texts) -> str:
    return texts(_TITLES[report.period, report.of_team])


def spending_caption(report: SpendingReport, texts: Texts) -> Formatted:
    """As many of the dearest requests as there is room for."""
    for shown in range(len(report.dearest), -1, -1):
        caption = _caption(report, report.dearest[:shown], texts)
        if caption.length <= CAPTION_LIMIT:
            return caption
    return Composer().write(spending_title(report, texts), Style.BOLD).build()


def group_name(kind: SpendingGroup, group: GroupSpent, texts: Texts) -> str:
    if not group.key and kind in _WITHOUT:
        return texts(_WITHOUT[kind])
    return task_name(group.key, texts) if kind is SpendingGroup.TASK else group.name


def task_name(task: str, texts: Texts) -> str:
    return texts(_TASKS[task]) if task in _TASKS else task


def series_name(report: SpendingReport, series: SpendingSeries, texts: Texts) -> str:
    if series.group is not None:
        return group_name(report.group, series.group, texts)
    return texts("spend.others")


def day_name(day: date, texts: Texts) -> str:
    return f"{day:%d.%m}" if texts.language is Language.RUSSIAN else f"{day:%b} {day.day}"


def _caption(report: SpendingReport, dearest: tuple[DearRequest, ...], texts: Texts) -> Formatted:
    spent = report.totals
    composer = Composer().line(spending_title(report, texts), Style.BOLD)
    if not spent.calls:
        return composer.write(texts("spend.nothing")).build()
    calls = texts.plural("spend.calls", spent.calls)
    composer.write(texts("spend.total", sum=dollars(spent.counted_microusd, texts), calls=calls))
    for line in _remarks(report, texts):
        composer.write("\n").write(line)
    composer.gap().write(texts(BY[report.group]), Style.BOLD)
    for series in report.series:
        sum_ = sum(series.microusd)
        share = round(100 * sum_ / max(spent.counted_microusd, 1)) or "<1"
        name = shortened(series_name(report, series, texts))
        composer.write("\n").add(unlink(plain(name))).write(f" — {dollars(sum_, texts)} · {share}\u00a0%")
    if not report.series:
        composer.write("\n").write(texts("spend.free"))
    if dearest:
        composer.gap().write(texts("spend.dearest"), Style.BOLD)
    for number, request in enumerate(dearest, start=1):
        composer.write(f"\n{number}. ").add(unlink(plain(_request(report, request, texts))))
    return composer.build()


def _remarks(report: SpendingReport, texts: Texts) -> list[str]:
    spent, found = report.totals, []
    if report.forecast_microusd is not None:
        found.append(texts("spend.forecast", sum=dollars(report.forecast_microusd, texts)))
    if report.approved:
        each = dollars(round(spent.counted_microusd / report.approved), texts)
        found.append(texts.plural("spend.approved", report.approved, sum=each))
    return found + saved_and_unpriced(spent, texts)


def saved_and_unpriced(spent: Spent, texts: Texts) -> list[str]:
    found = []
    if spent.saved_microusd:
        saved = dollars(spent.saved_microusd, texts)
        found.append(texts.plural("spend.saved", spent.cache_hits, sum=saved))
    if spent.routing_saved_microusd > 0:
        found.append(texts("spend.saved_by_routing", sum=dollars(spent.routing_saved_microusd, texts)))
    if spent.unknown_price_calls:
        assumed = dollars(spent.assumed_microusd, texts)
        found.append(texts.plural("spend.unknown_price", spent.unknown_price_calls, sum=assumed))
    return found


def _request(report: SpendingReport, request: DearRequest, texts: Texts) -> str:
    """Never its words: it may have been said in private."""
    task, day = task_name(request.task, texts), day_name(request.day, texts)
    who = f", {shortened(request.person)}" if report.of_team and request.person else ""
    number = request.brief_id or request.recording_id
    return f"{task} №\u00a0{number}{who}, {day} — {dollars(request.microusd, texts)}"


def shortened(name: str) -> str:
    flat = " ".join(name.split())
    return flat if len(flat) <= LONGEST_NAME else f"{flat[: LONGEST_NAME - 1]}…"
