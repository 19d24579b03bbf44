"""The demo from its start to its end."""

import asyncio
import signal
import socket
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings
from tests.emulators.demo import words
from tests.emulators.demo.folder import ROOT
from tests.emulators.demo.listeners import listen, url_of
from tests.emulators.demo.product import Product, start_product
from tests.emulators.demo.settings import Choice, choose, product_environment
from tests.emulators.demo.words import tell

if TYPE_CHECKING:
    from tests.emulators.demo.stage import Stage

READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    port: int
    folder: Path
    keep: bool
    check: bool
    embedding_model: str | None


async def run_demo(options: Options, settings: Settings) -> int:
    """Until a signal, the end of the check, or a crash. Returns the exit code."""
    began = time.monotonic()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    choice = choose(settings, options.embedding_model)
    tell(words.STARTING)
    async with AsyncExitStack() as cleanup:
        page, model = (cleanup.enter_context(listen(port)) for port in (options.port, 0))
        _tell_port(options.port, page)
        environment = product_environment(
            settings, choice, telegram_url=url_of(page), model_url=f"{url_of(model)}/v1", data_dir=_data_dir(options)
        )
        # First of all: it takes the longest. Whom it calls meanwhile is listening already, and answers a little later.
        product = await start_product(environment, options.folder)
        cleanup.push_async_callback(product.stop)
        return await _play(options, choice, (page, model), product, stop, began)


async def _play(
    options: Options,
    choice: Choice,
    listeners: tuple[socket.socket, socket.socket],
    product: Product,
    stop: asyncio.Event,
    began: float,
) -> int:
    from tests.emulators.demo.stage import open_stage

    async with open_stage(
        *listeners, real_model=choice.real_model, real_listener=choice.real_listener, continued=options.keep
    ) as stage:
        try:
            async with asyncio.TaskGroup() as tasks:
                shown = tasks.create_task(_show(stage, product, options, began))
                stopped = tasks.create_task(stop.wait())
                died = tasks.create_task(product.wait())
                ends = {shown, stopped, died, *stage.servers.values()}
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                if shown.done() and not shown.result() and not options.check:
                    await asyncio.wait(ends - {shown}, return_when=asyncio.FIRST_COMPLETED)
                code = _exit_code(stage, product, stopped=stopped, died=died, shown=shown)
                for task in (shown, stopped, died):
                    task.cancel()
        finally:
            tell(words.STOPPING)
            await product.stop()  # before the stage is gone, so that it can finish what it is saying
    return code


def _exit_code(
    stage: "Stage",
    product: Product,
    *,
    stopped: "asyncio.Task[bool]",
    died: asyncio.Task[int],
    shown: asyncio.Task[int],
) -> int:
    if stopped.done():
        return 0
    if died.done():
        tell(words.DIED.format(code=died.result(), log=product.log, words=product.last_words()))
        return 1
    for name, task in stage.servers.items():
        if task.done():
            tell(words.PART_DIED.format(name=name))
            return 1
    return shown.result()


async def _show(stage: "Stage", product: Product, options: Options, began: float) -> int:
    """Waits for readiness and announces it; performs the check when it was asked for. Returns an exit code."""
    from tests.emulators.demo.readiness import wait_until_ready
    from tests.emulators.demo.team import learn_brands, open_store, take_in

    async with open_store(_data_dir(options)) as store:
        await take_in(store, stage.cast)
        for person in (stage.cast.producer, stage.cast.copywriter, stage.cast.art_director):
            await person.starts()
        await learn_brands(store, ROOT / "knowledge")
        try:
            await asyncio.wait_for(wait_until_ready(stage.cast, store, ROOT / "knowledge"), READY_SECONDS)
        except TimeoutError:
            tell(words.SLOW.format(seconds=READY_SECONDS, log=product.log, words=product.last_words()))
            return 1
    stage.about.ready = True
    model = words.REAL_MODEL.format(name=stage.about.model) if stage.about.model else words.DEMO_WRITER
    tell(words.READY.format(port=stage.about.port, seconds=time.monotonic() - began, model=model))
    return await _check(stage) if options.check else 0


async def _check(stage: "Stage") -> int:
    from tests.emulators.demo.check import check_idea, check_voice

    try:
        checked = await check_idea(stage.cast)
        spoken = await check_voice(stage.cast) if stage.about.listener is None else None
    except (TimeoutError, LookupError) as error:
        tell(words.CHECK_FAILED.format(why=error))
        return 1
    tell(words.CHECKED.format(idea=checked.idea_seconds, approve=checked.approve_seconds))
    if spoken is not None:
        facts = {"heard": spoken.heard_seconds, "idea": spoken.idea_seconds, "approve": spoken.approve_seconds}
        tell(words.CHECKED_VOICE.format(**facts))
    return 0


def _tell_port(wanted: int, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    if wanted not in (0, port):
        tell(words.PORT_TAKEN.format(wanted=wanted, port=port))


def _data_dir(options: Options) -> Path:
    return options.folder / "data"
