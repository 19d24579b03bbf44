"""The ledger against the model server's meter: every request is one row, every finished one to the token."""

from collections import defaultdict
from dataclasses import dataclass, field

from tests.durability.database import Row, read_json
from tests.durability.evidence import Evidence
from tests.emulators.openai.meter import Call

CUT_SHORT = frozenset({"cut", "stopped", "lost", "failed"})
PREFIX = "muza-"
PAID = frozenset({"chat", "transcriptions", "embeddings"})


@dataclass
class LedgerFindings:
    """`double`: something was counted or asked for twice. Sums are in tokens."""

    unrecorded: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    finished: int = 0
    cut_short: int = 0
    never_left: int = 0
    asked_again: int = 0
    """Attempts with more than one finished call: died between the stream's end and its record, or retried by hand."""
    ledger_tokens: int = 0
    """Of calls that ended well on both sides: the same as the meter's."""
    meter_tokens: int = 0
    estimated_tokens: int = 0
    """Our figures for calls that were cut short."""
    metered_tokens: int = 0
    """The provider's figures for the same calls."""

    def broken(self) -> dict[str, list[str]]:
        return {name: found for name in ("unrecorded", "different", "double", "open") if (found := getattr(self, name))}


def check_ledger(evidence: Evidence) -> LedgerFindings:
    findings = LedgerFindings()
    rows: dict[str, Row] = {f"{PREFIX}{row['id']}": row for row in evidence.tables["model_calls"]}
    asked: dict[str, list[Call]] = defaultdict(list)
    for call in evidence.model_calls:
        if call.endpoint in PAID:
            asked[call.request_id or ""].append(call)
    for call in asked.pop("", []):
        findings.unrecorded.append(f"{call.id}: came without the id of a ledger row")
    for request_id, calls in asked.items():
        if request_id not in rows:
            findings.unrecorded.append(f"{request_id}: no such row")
        elif len(calls) > 1:
            findings.double.append(f"{request_id}: asked {len(calls)} times")
    for request_id, row in rows.items():
        _compare(request_id, row, asked.get(request_id, []), findings)
    _check_usages(evidence, findings)
    return findings


def _compare(request_id: str, row: Row, calls: list[Call], findings: LedgerFindings) -> None:
    if row["outcome"] == "started":
        findings.open.append(f"{request_id}: still open in the ledger")
        return
    call = calls[-1] if calls else None
    ours = row["tokens_in"] + row["tokens_out"]
    if row["outcome"] == "ok":
        findings.finished += 1
        if call is None or call.outcome not in ("finished", "length"):
            findings.different.append(
                f"{request_id}: ok in the ledger, {call.outcome if call else 'unknown'} at the meter"
            )
            return
        findings.ledger_tokens += ours
        findings.meter_tokens += call.tokens_in + call.tokens_out
        if (row["tokens_in"], row["tokens_out"]) != (call.tokens_in, call.tokens_out):
            told = f"{row['tokens_in']}+{row['tokens_out']} / {call.tokens_in}+{call.tokens_out}"
            findings.different.append(f"{request_id}: ledger / meter {told}")
        return
    if row["outcome"] not in CUT_SHORT:
        findings.different.append(f"{request_id}: outcome {row['outcome']}")
    findings.cut_short += 1
    findings.estimated_tokens += ours
    if call is None:
        findings.never_left += 1
    elif call.outcome != "refused":
        findings.metered_tokens += call.tokens_in + call.tokens_out


def _check_usages(evidence: Evidence, findings: LedgerFindings) -> None:
    """What an attempt says it used is what one good call used, with its repair if it needed one: the calls of runs that
    died are the operator's cost alone."""
    good: dict[int, list[Row]] = defaultdict(list)
    for row in evidence.tables["model_calls"]:
        if row["generation_id"] is not None and row["outcome"] == "ok" and row.get("role") != "embedding":
            good[row["generation_id"]].append(row)
    for row in evidence.tables["generations"]:
        usage = read_json(row["usage"])
        calls = good.get(row["id"], [])
        if not usage or not calls or row["state"] in ("failed", "stopped"):
            continue
        used = usage.get("tokens_in", 0), usage.get("tokens_out", 0)
        if used not in _allowed(calls):
            findings.double.append(f"generation {row['id']}: usage {used} is that of none of its {len(calls)} calls")
    findings.asked_again = sum(len(calls) > 1 for calls in good.values())


def _allowed(calls: list[Row]) -> set[tuple[int, int]]:
    texts, repairs = (
        [call for call in calls if (call["prompt_name"] == "repair") is wanted] for wanted in (False, True)
    )
    nothing: Row = {"tokens_in": 0, "tokens_out": 0}
    return {
        (text["tokens_in"] + repair["tokens_in"], text["tokens_out"] + repair["tokens_out"])
        for text in texts
        for repair in (nothing, *repairs)
    }
