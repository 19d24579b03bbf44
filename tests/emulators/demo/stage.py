"""The world around the product: the emulated Telegram with the page, and the emulated model."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.emulators.demo.page_app import About, about_router, mount_page
from tests.emulators.demo.settings import ADMIN_ID, TOKEN
from tests.emulators.demo.speaking import SAMPLES, speaking_router
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.server import EmulatorServer as ModelServer
from tests.emulators.telegram.app import create_app
from tests.emulators.telegram.demo_cast import DemoCast, demo_cast
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.limits import Limits
from tests.emulators.telegram.server import EmbeddedServer, server_config

# Slow enough to be watched, as a real model is.
TOKENS_PER_SECOND = 60.0
FIRST_TOKEN_SECONDS = 0.5
FIRST_OF_2025 = 1_735_689_600


@dataclass(frozen=True, slots=True)
class Stage:
    telegram: TelegramEmulator
    cast: DemoCast
    about: About
    servers: dict[str, asyncio.Task[None]]
    """By name, for people; a task that ends on its own is a crash."""


@asynccontextmanager
async def open_stage(
    page: socket.socket, model: socket.socket, *, real_model: str | None, real_listener: str | None, continued: bool
) -> AsyncIterator[Stage]:
    """`real_model`, `real_listener`: None where the demo's own writes and listens. `continued`: the product remembers
    an earlier demo, so messages get numbers that it has not seen."""
    telegram = TelegramEmulator(TOKEN, limits=Limits(mode="soft"))
    cast = demo_cast(telegram)
    if cast.producer.id != ADMIN_ID:
        raise RuntimeError("the producer of the cast is not the admin of the demo")
    if continued:
        for chat in telegram.state.chats.values():
            chat.last_id = max(chat.last_id, int(time.time()) - FIRST_OF_2025)
    for person in (cast.producer, cast.copywriter, cast.art_director):
        cast.studio.chat.read_up_to[person.id] = cast.studio.chat.last_id
    about = About(cast.copywriter.id, real_model, page.getsockname()[1], real_listener)
    writer = OpenAIEmulator(tokens_per_second=TOKENS_PER_SECOND, first_token_delay=FIRST_TOKEN_SECONDS)
    writer.transcripts.load(SAMPLES)
    telegram_server = _telegram_server(telegram, writer, about, page)
    model_server = ModelServer(writer)
    async with asyncio.TaskGroup() as tasks:
        servers = {
            "Telegram": tasks.create_task(telegram_server.serve(sockets=[page])),
            "model": tasks.create_task(asyncio.to_thread(model_server.run, sockets=[model])),
        }
        try:
            yield Stage(telegram, cast, about, servers)
        finally:
            telegram_server.stopping.set()
            model_server.should_exit = True


def _telegram_server(
    telegram: TelegramEmulator, writer: OpenAIEmulator, about: About, listener: socket.socket
) -> EmbeddedServer:
    routers = [about_router(about), speaking_router(telegram, writer.transcripts)]
    app = create_app(telegram, routers=routers, configure=mount_page)
    host, port = listener.getsockname()[:2]
    return EmbeddedServer(server_config(app, host, port), telegram)
