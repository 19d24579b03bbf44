"""`make bench-streaming`: how fresh a growing answer is, what it costs, and what 200 of them at once do to each other.

    python -m benchmarks.streaming [--chats 200] [--answers 3] [--log FILE]

The model writes 60 tokens a second; the emulated Telegram is strict: 30 calls in any second, 3 in any 3 s of a chat.
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiogram.methods import EditMessageText
from aiogram.types import InlineKeyboardMarkup

from benchmarks.__main__ import Figure, first_answer, ready
from benchmarks.staleness import Stream, mean_staleness
from benchmarks.stand import Stand, stand
from handlers.i18n import Catalogues, Texts
from services.domain.generation import Generation
from services.domain.language import Language
from services.domain.member import StreamTransport
from services.store.engine import open_engine
from services.store.sql_store import SqlStore
from tests.emulators.openai.meter import Call as ModelCall
from tests.emulators.telegram.journal import Call
from tests.emulators.telegram.limits import Limits

TOKENS_PER_SECOND = 60.0
SLOTS_PER_SECOND = 30.0
REST_SECONDS = 4.0
"""After which no limit remembers the answer before."""
ENGLISH = Catalogues(Language.ENGLISH).texts(Language.ENGLISH)


@dataclass(frozen=True, slots=True)
class Answer:
    calls: list[Call]
    """To Telegram, about this answer."""
    final: Call
    last_token: float
    staleness: float

    @property
    def counted(self) -> int:
        return len([call for call in self.calls if call.method != "sendChatAction"])

    @property
    def wait(self) -> float:
        return self.final.arrived - self.last_token


def is_final(call: Call) -> bool:
    """An edit that brings the review buttons: Stop is a single one."""
    method = call.arguments
    markup = method.reply_markup if isinstance(method, EditMessageText) else None
    return call.ok and isinstance(markup, InlineKeyboardMarkup) and len(markup.inline_keyboard) > 1


async def one_answer(house: Stand, texts: Texts, number: int) -> Answer:
    person = house.people[0]
    await asyncio.sleep(REST_SECONDS)
    house.telegram.journal.clear()
    house.model.meter.clear()
    await person.says(f"/idea eight ideas for a quiet evening, round {number}")
    await finals(house, 1)
    calls = list(house.telegram.journal.calls(chat_id=person.id))
    (model_call,) = house.model.meter.of("chat")
    final = next(call for call in calls if is_final(call))
    (attempt,) = await newest_attempts(house, 1)
    stream = Stream(attempt.text, model_call.model, model_call.first_byte or 0, TOKENS_PER_SECOND)
    staleness = mean_staleness(stream, calls, final.arrived, texts)
    return Answer(calls, final, model_call.ended or 0.0, staleness)


async def newest_attempts(house: Stand, count: int) -> Sequence[Generation]:
    engine = open_engine(f"sqlite+aiosqlite:///{Path(house.environment['DATA_DIR']) / 'muza.db'}")
    try:
        async with SqlStore(engine).reading() as tx:
            return await tx.generations.recent(limit=count)
    finally:
        await engine.dispose()


async def finals(house: Stand, count: int, timeout: float = 180.0) -> list[Call]:
    async with asyncio.timeout(timeout):
        while True:
            found = [call for call in house.telegram.journal.calls("edit*") if is_final(call)]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.2)


async def alone(transport: StreamTransport, answers: int, log: Path | None) -> list[Figure]:
    async with stand(2, log=log) as house:
        await begin(house, [transport])
        measured = [await one_answer(house, ENGLISH, number) for number in range(answers)]
        refused = len(house.telegram.journal.calls(status=429))
    name = {StreamTransport.EDIT: "edits", StreamTransport.DRAFT: "drafts"}[transport]
    aim = {StreamTransport.EDIT: 0.7, StreamTransport.DRAFT: 0.3}[transport]
    seconds = statistics.mean(answer.final.arrived - answer.calls[0].arrived for answer in measured)
    return [
        Figure(f"one answer by {name}: mean staleness", round(max(a.staleness for a in measured), 3), "s", aim),
        Figure("· final after the last token", round(max(answer.wait for answer in measured), 3), "s", 1.2),
        Figure(f"· calls per answer (of {seconds:.0f} s)", statistics.mean(a.counted for a in measured), "calls"),
        Figure("· refused with 429", refused, "calls", 0),
    ]


async def crowd(chats: int, log: Path | None) -> list[Figure]:
    settings = {"MAX_RUNNING_GENERATIONS": str(chats)}
    async with stand(chats + 1, log=log, settings=settings) as house:
        await begin(house, [])
        await asyncio.sleep(REST_SECONDS)
        house.telegram.journal.clear()
        house.model.meter.clear()
        for person in house.people[:chats]:
            await person.says("/idea eight ideas for a quiet evening")
        found = await finals(house, chats)
        await asyncio.sleep(REST_SECONDS)  # what comes after the finals would show now
        calls = [call for call in house.telegram.journal.calls() if call.method != "sendChatAction"]
        wall = time.time() - time.monotonic()
        attempts = await newest_attempts(house, chats)
        settled = sorted(one.finished_at.timestamp() - wall for one in attempts if one.finished_at)
        ended = sorted(call.ended for call in house.model.meter.of("chat") if call.ended is not None)
        streaming = statistics.mean(seconds_of(call) for call in house.model.meter.of("chat"))
        doubled = len([call for call in house.telegram.journal.calls() if is_final(call)]) - chats
    came = sorted(call.arrived for call in found)
    late = lateness(settled, came)
    reading = [done - last for done, last in zip(settled, ended, strict=True)]
    edits = len([call for call in calls if call.method.startswith("edit")]) - chats
    return [
        Figure(f"{chats} answers at once, one process: final after its slot, worst", round(max(late), 2), "s", 2.0),
        Figure("· the same, median", round(statistics.median(late), 2), "s"),
        Figure("· settled after the model's last token, worst", round(max(reading), 2), "s"),
        Figure("· final after the model's last token, worst", round(max(map(float.__sub__, came, ended)), 2), "s"),
        Figure(f"· calls per answer (streams of {streaming:.0f} s)", round(len(calls) / chats, 2), "calls"),
        Figure("· previews shown per answer", round(edits / chats, 2), "edits"),
        Figure("· refused with 429", len([call for call in calls if call.status == 429]), "calls", 0),
        Figure("· finals too many", doubled, "messages", 0),
    ]


def seconds_of(call: ModelCall) -> float:
    return (call.ended or 0.0) - (call.first_byte or 0.0)


def lateness(ready_at: list[float], arrived: list[float]) -> list[float]:
    """After the slots that a perfect limiter would give: first come, first served, at Telegram's full pace."""
    slot, late = 0.0, []
    for moment, came in zip(ready_at, arrived, strict=True):
        slot = max(moment, slot + 1 / SLOTS_PER_SECOND)
        late.append(came - slot)
    return late


async def begin(house: Stand, transports: list[StreamTransport]) -> None:
    """Everything is loaded; the limits are on; the people have made their settings."""
    await first_answer(house)
    await ready(house, "none")
    for person, transport in zip(house.people, transports, strict=False):
        if transport is StreamTransport.DRAFT:
            await person.says("/settings")
            menu = await person.sees("Settings", timeout=20)
            await person.presses(menu, "raft")
    house.model.settings.tokens_per_second = TOKENS_PER_SECOND
    house.telegram.limits.configure(Limits("strict"))


async def measure(options: argparse.Namespace) -> None:
    print(f"load {os.getloadavg()[0]:.2f}, {os.cpu_count()} processors\n")
    figures = []
    if options.answers:
        figures += await alone(StreamTransport.EDIT, options.answers, options.log)
        figures += await alone(StreamTransport.DRAFT, options.answers, options.log)
    if options.chats:
        figures += await crowd(options.chats, options.log)
    for figure in figures:
        verdict = {None: " ", True: "✓", False: "✗"}[figure.met]
        aim = f"(aim ≤ {figure.aim:g})" if figure.aim is not None else ""
        print(f"{verdict} {figure.name:<62} {figure.value:>9g} {figure.unit} {aim}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.streaming")
    parser.add_argument("--chats", type=int, default=200, help="answers at once; 0: none")
    parser.add_argument("--answers", type=int, default=3, help="one after the other by each transport; 0: none")
    parser.add_argument("--log", type=Path, help="where the product's log goes")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
