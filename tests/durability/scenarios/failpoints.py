"""Every named step between two side effects: a process dies exactly there, once, and nobody loses anything."""

from collections.abc import Callable, Sequence

from bot.jobs import FUNCTIONS
from services.domain.failpoint import KILLED, FailPoint
from services.queue.ports import JobName
from services.queue.rq_queue import RqJobQueue
from tests.durability.checker import check
from tests.durability.evidence import collect, narrowed
from tests.durability.knowledge_check import knowledge_row, write_page
from tests.durability.player import callbacks_of
from tests.durability.quiet import quiet_end
from tests.durability.rehearsals import DECISION, ELSEWHERE, Rehearsal, rehearsal_of
from tests.durability.repertoire import SPOKEN, Act
from tests.durability.report import Row
from tests.durability.scenarios.terms import Terms
from tests.durability.stage import Play, Stage, open_stage
from tests.durability.verdicts import common_rows
from tests.durability.waiting import until
from tests.emulators.telegram.people import Person

NAME = "failpoints"
ALL = f"{NAME}, all together"
FEW = (FailPoint.TEXT_SAVED, FailPoint.FINAL_SHOWN)
HIT_SECONDS = 45.0
TRIES = 2
BUTTONS = {Act.PRESS_APPROVE: "ok:", Act.PRESS_SUBMIT: "q:"}


async def run(terms: Terms) -> list[Row]:
    failpoints = tuple(each for each in FailPoint if each not in ELSEWHERE) if terms.is_full else FEW
    rows: list[Row] = []
    stage_of = Play(terms.seed, writers=len(failpoints), groups=0, answer_seconds=3.0, keep_at=terms.keep)
    async with open_stage(stage_of) as stage:
        led = [await _lead(stage, failpoint, number) for number, failpoint in enumerate(failpoints)]
        await quiet_end(stage)
        evidence = collect(stage)
        knowledge = await knowledge_row(stage, ALL, f"{len(evidence.arrivals)} updates", "")
    for failpoint, (person, is_hit) in zip(failpoints, led, strict=True):
        broken = [line for lines in check(narrowed(evidence, person.id)).broken().values() for line in lines]
        told = ("hit" if is_hit else "never reached") + (f", {len(broken)} findings" if broken else ", nothing lost")
        good = is_hit and not broken
        rows.append(Row(NAME, f"{len(failpoints)} places", "", failpoint.value, told, "hit, 0", good, tuple(broken)))
    return [*rows, *common_rows(ALL, f"{len(evidence.arrivals)} updates", "", evidence), knowledge]


async def _lead(stage: Stage, failpoint: FailPoint, number: int) -> tuple[Person, bool]:
    """The person who led a process there, and whether it died there."""
    rehearsal = rehearsal_of(failpoint)
    person = _choose(stage, rehearsal, number)
    victim = stage.crew[rehearsal.process]
    deaths = len(victim.deaths)
    stage.arm(rehearsal.process, failpoint.value)
    if victim.kill():
        await victim.dead(deaths)
        deaths += 1
    await stage.bot_listens()
    leading = Leading(stage, person, lambda: len(victim.deaths) > deaths)
    for attempt in range(TRIES):
        if await leading(rehearsal, f"{failpoint.value}-{attempt}"):
            break
    stage.arm(rehearsal.process, "")
    return person, leading.is_over() and victim.deaths[deaths].code == KILLED


def _choose(stage: Stage, rehearsal: Rehearsal, number: int) -> Person:
    """Everybody leads once, so that what was lost can be told by the chat; decisions need somebody who may decide."""
    people: Sequence[Person] = stage.crowd.approvers[1:] if rehearsal is DECISION else stage.crowd.writers
    return people[number % len(people)]


class Leading:
    """One person at work until `is_over`."""

    def __init__(self, stage: Stage, person: Person, is_over: Callable[[], bool]) -> None:
        self._stage = stage
        self._person = person
        self.is_over = is_over

    async def __call__(self, rehearsal: Rehearsal, name: str) -> bool:
        """True when the process died."""
        if rehearsal.new_document:
            await self._write_page(name)
        for act in rehearsal.acts:
            match act:
                case Act.COMMAND:
                    await self._person.says("/help")
                case Act.IDEA:
                    await self._person.says(f"/idea слоган для вечера, {name}")
                case Act.SPOKEN_IDEA | Act.MEETING:
                    sound, caption = SPOKEN[act]
                    await self._person.sends(sound, caption=caption)
                case _:
                    await self._press(BUTTONS[act])
        return await self._wait(lambda: False)

    async def _press(self, prefix: str) -> None:
        """The newest such button, as soon as there is one."""
        if await self._wait(lambda: self._button(prefix) is not None):
            return
        found = self._button(prefix)
        if found is not None:
            message_id, data = found
            self._person.forges(self._person.private_chat.messages[message_id].message, data)

    def _button(self, prefix: str) -> tuple[int, str] | None:
        for message_id, stored in reversed(self._person.private_chat.messages.items()):
            for data in callbacks_of(stored.message):
                if data.startswith(prefix):
                    return message_id, data
        return None

    async def _wait(self, enough: Callable[[], bool]) -> bool:
        """Until the death (True), or until `enough`, or patience ends."""
        await until(lambda: self.is_over() or enough(), HIT_SECONDS / TRIES)
        return self.is_over()

    async def _write_page(self, name: str) -> None:
        root = write_page(self._stage, name)
        queue = RqJobQueue(self._stage.redis_url, FUNCTIONS)
        try:
            await queue.enqueue(JobName.INGEST_PATH, project_id=1, path=str(root))
        finally:
            await queue.aclose()
