"""From findings to rows of the report: the bars that every scenario has in common."""

from tests.durability.checker import Findings, check
from tests.durability.evidence import Evidence
from tests.durability.ledger_check import LedgerFindings, check_ledger
from tests.durability.report import Row, none_of

CHECKS = {
    "lost": "updates without an end that people see",
    "missing_finals": "finals in no message",
    "duplicate_finals": "finals in two messages",
    "unfinished": "rows of work left over",
    "reviews": "approved drafts ↔ one review each",
    "deliveries": "deliveries sent twice or stuck",
    "crashes": "processes that died of themselves",
}


def common_rows(scenario: str, size: str, done: str, evidence: Evidence) -> list[Row]:
    findings, ledger = check(evidence), check_ledger(evidence)
    rows = [none_of(scenario, size, done, text, getattr(findings, name)) for name, text in CHECKS.items()]
    billed = (*ledger.unrecorded, *ledger.different, *ledger.open)
    rows.append(none_of(scenario, size, done, "calls: ledger ↔ meter by request id", billed))
    rows.append(none_of(scenario, size, done, "attempts billed twice", ledger.double))
    rows.append(Row(scenario, size, done, "tokens of finished calls", _tokens(ledger), "equal", _equal(ledger)))
    rows.append(Row(scenario, size, done, "for information", _facts(findings, ledger)))
    if findings.uncertain:
        text = "deliveries uncertain or dead, as told to admins"
        rows.append(Row(scenario, size, done, text, str(len(findings.uncertain)), details=tuple(findings.uncertain)))
    return rows


def _tokens(ledger: LedgerFindings) -> str:
    return f"{ledger.ledger_tokens} / {ledger.meter_tokens}"


def _equal(ledger: LedgerFindings) -> bool:
    return ledger.ledger_tokens == ledger.meter_tokens


def _facts(findings: Findings, ledger: LedgerFindings) -> str:
    shown = dict(findings.counts) | {
        "calls finished": ledger.finished,
        "cut short": ledger.cut_short,
        "of them never left": ledger.never_left,
        "their tokens, estimate/meter": f"{ledger.estimated_tokens}/{ledger.metered_tokens}",
        "asked again": ledger.asked_again,
    }
    return ", ".join(f"{name} {number}" for name, number in shown.items() if number)
