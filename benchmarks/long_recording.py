"""`python -m benchmarks.long_recording`: an hour of speech sent as a file to the whole product, as processes.

First in peace: wall time, memory over idle, how long the bot's event loop was held. Then again with kill -9 of bot and
heavy worker at random moments: the rows of the pieces, the ledger and the meter of the emulated API must agree. Then
once more, and Stop.
"""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from aiogram.types import Message

from benchmarks.loop_blocks import Block, longest, watched
from benchmarks.meeting import meeting
from benchmarks.memory_watch import MemoryWatch, watching
from benchmarks.piece_books import Books, compare
from tests.durability.stage import Play, Stage, open_stage
from tests.durability.waiting import until
from tests.emulators.openai.faults import Fault, FaultKind
from tests.emulators.openai.personalities import Cast
from tests.emulators.openai.said import Said
from tests.emulators.telegram.attachments import audio
from tests.emulators.telegram.people import Person
from tests.emulators.telegram.waiting import text_of

OVER_IDLE_MB, STOP_SECONDS, LOOP_SECONDS = 300.0, 2.0, 0.05
"""The aims."""
VICTIMS = ("heavy", "bot")
LISTENING_SECONDS = 2.0
"""How long the API takes for a piece while processes are killed: else it would be over before the last kill."""
SLOW_SECONDS = 30.0
PATIENCE_SECONDS = 1_800.0
CALM_SECONDS = 10.0
STARTING_SECONDS = 3.0
"""A process that has just been started is not yet at work: it is killed later."""

Send = Callable[[], Awaitable[Message]]


@dataclass
class Report:
    minutes: int
    file_mb: float
    wall_seconds: float = 0.0
    text_seconds: float = 0.0
    """Until every piece had its text."""
    memory: MemoryWatch | None = None
    held: Block | None = None
    """The longest that the bot's event loop was held, when it was 20 ms or more."""
    in_peace: Books | None = None
    kills: list[str] = field(default_factory=list)
    killed_seconds: float = 0.0
    killed: Books | None = None
    files_sent: int = 0
    stop_seconds: float = 0.0
    calls_after_stop: int = 0


async def measure(minutes: int, kills: int, seed: int) -> Report:
    sound, said = await asyncio.to_thread(meeting, minutes)
    report = Report(minutes, round(len(sound) / 1e6, 1))
    with TemporaryDirectory() as blocks:
        play = Play(seed=seed, writers=1, groups=0, answer_seconds=3.0, environment=watched(Path(blocks)))
        async with open_stage(play) as stage:
            stage.model.cast = Cast()
            stage.model.transcripts.add(sound, said)
            await asyncio.to_thread(stage.model.transcripts.hear, sound[:200_000], "warm-up.ogg")
            person = stage.crowd.approvers[1]
            await person.says("/help")
            await asyncio.sleep(CALM_SECONDS)
            send = partial(_send, person, sound, minutes)
            began = time.time()
            await _in_peace(stage, person, send, said, report)
            report.held = longest(Path(blocks), "polling", began)
            await _with_kills(stage, person, send, said, report, kills, random.Random(seed))
            await _with_stop(stage, person, send, report)
    return report


async def _in_peace(stage: Stage, person: Person, send: Send, said: tuple[Said, ...], report: Report) -> None:
    async with watching(lambda: {kept.name: kept.pid for kept in stage.crew}) as watch:
        began = time.monotonic()
        spoken = await send()
        await _settled(stage, 1, "transcribed", "done")
        report.text_seconds = time.monotonic() - began
        await _minutes_of(person, spoken)
        report.wall_seconds = time.monotonic() - began
    report.memory = watch
    report.in_peace = _books(stage, 1, said)


async def _with_kills(
    stage: Stage,
    person: Person,
    send: Send,
    said: tuple[Said, ...],
    report: Report,
    kills: int,
    dice: random.Random,
) -> None:
    stage.model.faults.add(Fault(FaultKind.DELAY, count=None, endpoint="transcriptions", seconds=LISTENING_SECONDS))
    began = time.monotonic()
    spoken = await send()
    for moment in _moments(stage, report, kills, dice):
        await until(moment)
        name = dice.choice(VICTIMS)
        await until(partial(_is_at_work, stage, name))
        at = f"{time.monotonic() - began:.0f} s, {_state(stage, 2)}, {_heard(stage, 2)} pieces heard"
        report.kills.append(f"{name} at {at}")
        stage.crew[name].kill()
    await _minutes_of(person, spoken)
    report.killed_seconds = time.monotonic() - began
    stage.model.faults.clear()
    await until(lambda: not stage.database.unfinished(), 60)
    report.killed = _books(stage, 2, said)
    documents = stage.telegram.journal.calls("sendDocument", status=200)
    report.files_sent = len([call for call in documents if call.stamp > began])


def _moments(stage: Stage, report: Report, kills: int, dice: random.Random) -> Iterator[Callable[[], bool]]:
    """The first while it is decoded, the last while it is summed up, the others between any two pieces."""
    pieces = report.in_peace.pieces if report.in_peace else 2
    if kills == 0:
        return
    decoding = time.monotonic() + dice.uniform(0.05, 0.8) * report.text_seconds
    yield lambda: time.monotonic() > decoding or _state(stage, 2) not in ("nothing stored", "received", "fetched")
    for heard in sorted(dice.sample(range(1, max(kills, pieces)), max(0, kills - 2))):
        yield partial(_is_past, stage, heard)
    if kills > 1:
        yield lambda: _state(stage, 2) in ("transcribed", "done")


async def _with_stop(stage: Stage, person: Person, send: Send, report: Report) -> None:
    stage.model.faults.add(Fault(FaultKind.STALL, count=None, endpoint="transcriptions", seconds=SLOW_SECONDS))
    before = len(stage.model.meter.of("transcriptions"))
    spoken = await send()
    await until(lambda: len(stage.model.meter.of("transcriptions")) >= before + 3, 120)
    shown = await person.sees(lambda m: _answers(m, spoken) and m.reply_markup is not None, timeout=60)
    pressed = time.monotonic()
    await person.presses(shown, "⏹")
    mine = stage.model.meter.of("transcriptions")[before:]
    await until(lambda: all(call.ended for call in mine), 60)
    report.stop_seconds = max(call.ended or pressed for call in mine) - pressed
    await asyncio.sleep(5)
    report.calls_after_stop = len(stage.model.meter.of("transcriptions")) - before - len(mine)


def _is_past(stage: Stage, pieces: int) -> bool:
    return _heard(stage, 2) >= pieces or _state(stage, 2) == "transcribed"


def _is_at_work(stage: Stage, process: str) -> bool:
    return stage.crew[process].lives_for > STARTING_SECONDS


async def _send(person: Person, sound: bytes, minutes: int) -> Message:
    (spoken,) = await person.sends(audio(sound, "meeting.ogg", minutes * 60))
    return spoken


async def _minutes_of(person: Person, spoken: Message) -> None:
    await person.sees(lambda m: _answers(m, spoken) and text_of(m).startswith("🗒"), timeout=PATIENCE_SECONDS)


async def _settled(stage: Stage, recording_id: int, *states: str) -> None:
    await until(lambda: _state(stage, recording_id) in states, PATIENCE_SECONDS)


def _state(stage: Stage, recording_id: int) -> str:
    rows = stage.database.rows("SELECT state FROM recordings WHERE id = ?", recording_id)
    return str(rows[0]["state"]) if rows else "nothing stored"


def _heard(stage: Stage, recording_id: int) -> int:
    return stage.database.count("recording_pieces", f"recording_id = {recording_id} AND heard_at IS NOT NULL")


def _books(stage: Stage, recording_id: int, said: tuple[Said, ...]) -> Books:
    files = stage.settings.data_dir / "files"
    return compare(stage.database, stage.model.meter, recording_id, said, files)


def _answers(message: Message, spoken: Message) -> bool:
    replied = message.reply_to_message
    return replied is not None and replied.message_id == spoken.message_id


def show(report: Report) -> None:
    assert report.memory
    over = report.memory.together_over_idle
    print(f"{report.minutes} minutes of speech, {report.file_mb} MB")
    print(f"in peace: minutes after {report.wall_seconds:.1f} s, the text after {report.text_seconds:.1f} s")
    print(f"memory over idle, all processes: {over:.0f} MB (aim ≤ {OVER_IDLE_MB:.0f}) {_mark(over <= OVER_IDLE_MB)}")
    for name, size in sorted(report.memory.over_idle().items()):
        print(f"  · {name}: {report.memory.idle.get(name, 0.0):.0f} MB + {size:.0f}")
    held = report.held.seconds if report.held else 0.0
    longest_held = f"{held * 1000:.0f} ms" if report.held else "under 20 ms"
    print(
        f"bot's event loop held at most {longest_held} (aim ≤ {LOOP_SECONDS * 1000:.0f}) {_mark(held <= LOOP_SECONDS)}"
    )
    for title, books in (("in peace", report.in_peace), (f"{len(report.kills)} × kill -9", report.killed)):
        assert books
        well = books.lost == books.again == books.unrecorded == books.open == 0
        print(f"{title}: {json.dumps(asdict(books), ensure_ascii=False)} {_mark(well)}")
    print(f"kills: {'; '.join(report.kills)}; minutes after {report.killed_seconds:.1f} s, files {report.files_sent}")
    quick = report.stop_seconds <= STOP_SECONDS and report.calls_after_stop == 0
    print(f"Stop: silent after {report.stop_seconds:.2f} s, {report.calls_after_stop} calls after it {_mark(quick)}")


def _mark(is_met: bool) -> str:
    return "✓" if is_met else "✗"


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.long_recording")
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = asyncio.run(measure(options.minutes, options.kills, options.seed))
    if options.json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    else:
        show(report)


if __name__ == "__main__":
    main()
