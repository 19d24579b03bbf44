"""What was spent, for a spreadsheet: a line a day and group. Columns are named as in `muza spend --json`."""

import csv
import io
from decimal import Decimal

from handlers.i18n import Texts
from handlers.views.spending import group_name
from services.assistant.report_spending import SpendingReport

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection"""
COLUMNS = (
    "calls",
    "tokens_in",
    "tokens_cached",
    "tokens_out",
    "cost_usd",
    "unknown_price_calls",
    "counted_usd",
    "cache_hits",
    "saved_usd",
    "routing_saved_usd",
)


def spending_csv(report: SpendingReport, texts: Texts) -> bytes:
    """UTF-8 with a mark at its beginning, without which Excel shows no Cyrillic letters."""
    names = {group.key: group_name(report.group, group, texts) for group in report.groups}
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(("day", report.group.value, *COLUMNS))
    for one in report.days:
        spent = one.spent
        table.writerow(
            (
                one.day.isoformat(),
                cell(names.get(one.key, one.key)),
                spent.calls,
                spent.tokens_in,
                spent.tokens_cached,
                spent.tokens_out,
                _dollars(spent.cost_microusd),
                spent.unknown_price_calls,
                _dollars(spent.counted_microusd),
                spent.cache_hits,
                _dollars(spent.saved_microusd),
                _dollars(spent.routing_saved_microusd),
            )
        )
    return written.getvalue().encode("utf-8-sig")


def csv_name(report: SpendingReport) -> str:
    return f"muza-spend-{report.since}-{report.today}-{report.group.value}.csv"


def cell(text: str) -> str:
    """Text that no spreadsheet runs."""
    flat = " ".join(text.split())
    return f"'{flat}" if flat.startswith(_FORMULA) else flat


def _dollars(microusd: int) -> str:
    return f"{Decimal(microusd) / 1_000_000:.6f}"
