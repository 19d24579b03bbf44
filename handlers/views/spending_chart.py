"""What was spent, as a chart to be drawn."""

from datetime import date

from handlers.i18n import Texts
from handlers.views.money import dollars
from handlers.views.spending import BY, day_name, series_name, spending_title
from services.assistant.report_spending import SpendingReport
from services.charts.ports import Chart, ChartSeries
from services.domain.budget import BudgetPeriod
from services.domain.language import Language


def spending_chart(report: SpendingReport, texts: Texts, *, dark: bool) -> Chart:
    total = dollars(report.totals.counted_microusd, texts)
    grouped = texts(BY[report.group])
    return Chart(
        title=spending_title(report, texts),
        subtitle=f"{total} · {grouped[:1].lower()}{grouped[1:]} · {_days(report, texts)}",
        steps=tuple(_step_name(day, report.step, texts) for day in report.steps),
        series=tuple(
            ChartSeries(
                series_name(report, series, texts),
                tuple(amount / 1_000_000 for amount in series.microusd),
                is_rest=series.group is None,
            )
            for series in report.series
        ),
        nothing=texts("spend.nothing") if not report.totals.calls else texts("spend.free"),
        is_dark=dark,
        decimal_comma=texts.language is Language.RUSSIAN,
    )


def _days(report: SpendingReport, texts: Texts) -> str:
    first, last = _with_year(report.since, texts), _with_year(report.today, texts)
    return first if first == last else f"{first} – {last}"


def _with_year(day: date, texts: Texts) -> str:
    return f"{day:%d.%m.%Y}" if texts.language is Language.RUSSIAN else f"{day:%b} {day.day}, {day.year}"


def _step_name(day: date, step: BudgetPeriod, texts: Texts) -> str:
    if step is not BudgetPeriod.MONTH:
        return day_name(day, texts)
    return f"{day:%m.%Y}" if texts.language is Language.RUSSIAN else f"{day:%b %Y}"
