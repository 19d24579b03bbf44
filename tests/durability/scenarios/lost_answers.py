"""Telegram does what it is asked, and its answer is lost on the way: 2 of 100 times, whatever the call."""

from tests.durability.evidence import Evidence, collect
from tests.durability.quiet import quiet_end
from tests.durability.repertoire import ANSWERS_ONLY
from tests.durability.report import Row
from tests.durability.scenarios.terms import Terms
from tests.durability.stage import Play, open_stage
from tests.durability.traffic import play
from tests.durability.verdicts import common_rows
from tests.emulators.telegram.faults import Fault

NAME = "lost answers"
UPDATES = 1_400
SHARE = 0.02
PER_SECOND = 9.0
"""Almost every action brings a placeholder and a final."""


async def run(terms: Terms) -> list[Row]:
    updates = terms.times(UPDATES, 60)
    writers = 40 if terms.is_full else 12
    async with open_stage(Play(terms.seed, writers, groups=0, answer_seconds=1.0, keep_at=terms.keep)) as stage:
        stage.telegram.faults.add(Fault("lost_answer", probability=SHARE, times=None))
        await play(stage, updates, per_second=PER_SECOND, seed=terms.seed, shares=ANSWERS_ONLY)
        await quiet_end(stage)
        stage.telegram.faults.clear()
        await quiet_end(stage)
        evidence = collect(stage)
    lost = _lost_placeholders(evidence)
    size = f"{len(evidence.arrivals)} updates"
    done = f"{SHARE:.0%} of answers lost: {sum(call.description == 'lost_answer' for call in evidence.telegram_calls)}"
    rows = common_rows(NAME, size, done, evidence)
    return [*rows, Row(NAME, size, done, "answers to first messages lost (a stray each, at most)", str(lost))]


def _lost_placeholders(evidence: Evidence) -> int:
    lost = [call for call in evidence.telegram_calls if call.description == "lost_answer"]
    return sum(call.method in ("sendMessage", "sendRichMessage") for call in lost)
