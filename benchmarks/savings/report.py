"""Two weeks beside each other."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchmarks.savings.books import Week
from benchmarks.savings.workload import Request
from services.domain.generation import Generation

AIM = 5.0


def compare(requests: Sequence[Request], plain: Week, saving: Week) -> dict[str, Any]:
    """`plain`: everything by the smart model, nothing cached by us, the whole conversation before each question. The
    provider caches prefixes in both weeks, asked or not: its discount is told apart, so that the first week can be had
    without it."""
    trimmed = sum(cost.untrimmed - cost.smart_uncached for cost in plain.costs.values())
    billed = plain.paid + trimmed
    full = sum(cost.untrimmed for cost in plain.costs.values())
    sources = _sources(plain, saving)
    sources["other: answers of another length"] = full - saving.paid - sum(sources.values())
    new = [one.id for one in requests if one.kind not in ("repeat", "paraphrase")]
    return {
        "requests": len(requests),
        "smart_only_microusd": full,
        "smart_only_with_the_provider_s_prefix_cache_microusd": billed,
        "with_all_savings_microusd": saving.paid,
        "ratio": _ratio(full, saving.paid),
        "ratio_to_what_the_provider_would_bill": _ratio(billed, saving.paid),
        "ratio_without_any_repetition": _ratio(
            sum(plain.costs[one].untrimmed for one in new), sum(saving.costs[one].paid for one in new)
        ),
        "aim": AIM,
        "saved_microusd": sources,
        "saved_percent": {name: round(100 * saved / full, 1) for name, saved in sources.items()},
        "by_kind": _by_kind(requests, plain, saving),
        "by_role": _by_role(plain, saving),
        "hits": _hits(requests, saving),
        "routing": dict(sorted(Counter(_decision(one) for one in saving.answers.values()).items())),
        "hard_briefs_by_the_fast_model": [
            one.id for one in requests if one.kind == "hard" and _is_fast(saving.answers[one.id])
        ],
        "ledger_is_the_meter": [week.paid - week.other_microusd == week.meter_microusd for week in (plain, saving)],
    }


def differing(requests: Sequence[Request], plain: Week, saving: Week) -> list[dict[str, Any]]:
    found = []
    for request in requests:
        one, other = plain.answers[request.id], saving.answers[request.id]
        if one.model == other.model and one.draft == other.draft:
            continue
        found.append(
            {
                "request": request.id,
                "text": request.text,
                "kind": request.kind,
                "other_model": one.model != other.model,
                "other_text": one.draft != other.draft,
                "smart_only": _told(one, plain.costs[request.id].paid),
                "with_savings": _told(other, saving.costs[request.id].paid)
                | {"reason": other.parameters.get("role_reason"), "cache": saving.costs[request.id].cache},
            }
        )
    return found


def _sources(plain: Week, saving: Week) -> dict[str, int]:
    """They add up to the whole but for answers that are longer or shorter than in the first week. A request that was
    answered by a cache saved all that it cost there."""
    called = [cost for cost in saving.costs.values() if cost.cache is None]
    routing = sum(cost.routing_saved for cost in called)
    prefix = sum(cost.smart_uncached - cost.paid - cost.routing_saved for cost in called)
    forgotten = sum(cost.untrimmed - cost.smart_uncached for cost in called)
    return {
        "exact cache": _spared(plain, saving, "exact"),
        "semantic cache": _spared(plain, saving, "semantic"),
        "routing": routing,
        "provider's prefix cache": prefix,
        "trimmed history": forgotten,
    }


def _spared(plain: Week, saving: Week, cache: str) -> int:
    return sum(plain.costs[one].untrimmed for one, cost in saving.costs.items() if cost.cache == cache)


def _by_kind(requests: Sequence[Request], plain: Week, saving: Week) -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys(f"{one.say}, {one.kind}" for one in requests):
        ids = [one.id for one in requests if f"{one.say}, {one.kind}" == name]
        full, paid = sum(plain.costs[i].untrimmed for i in ids), sum(saving.costs[i].paid for i in ids)
        table[name] = {"requests": len(ids), "smart_only": full, "with_savings": paid, "ratio": _ratio(full, paid)}
    return table


def _by_role(plain: Week, saving: Week) -> dict[str, dict[str, Any]]:
    """What the rules left to the smart model is the floor: no cache and no routing makes that much cheaper."""
    table: dict[str, dict[str, Any]] = {}
    for request, cost in saving.costs.items():
        name = f"{cost.cache} cache" if cost.cache else str(saving.answers[request].parameters.get("role"))
        row = table.setdefault(name, {"requests": 0, "smart_only": 0, "with_savings": 0})
        row["requests"] += 1
        row["smart_only"] += plain.costs[request].untrimmed
        row["with_savings"] += cost.paid
    return table


def _hits(requests: Sequence[Request], saving: Week) -> dict[str, int]:
    kinds = {one.id: f"{one.say}, {one.kind}" for one in requests}
    hits = Counter(f"{cost.cache}: {kinds[one]}" for one, cost in saving.costs.items() if cost.cache)
    return dict(sorted(hits.items()))


def _decision(answer: Generation) -> str:
    return f"{answer.parameters.get('role', 'none')}: {answer.parameters.get('role_reason', 'not called')}"


def _is_fast(answer: Generation) -> bool:
    return answer.parameters.get("role") == "fast"


def _told(answer: Generation, microusd: int) -> dict[str, Any]:
    draft = answer.draft
    ideas = [{"title": idea.title, "text": idea.text} for idea in draft.ideas] if draft else []
    return {"model": answer.model, "microusd": microusd, "ideas": ideas, "answer": draft.answer if draft else None}


def _ratio(whole: int, part: int) -> float:
    return round(whole / part, 2) if part else float("inf")
