"""Serving an emulator over HTTP on a port of its own."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn

from bot.listener import listen
from tests.emulators.openai.app import create_app
from tests.emulators.openai.emulator import OpenAIEmulator, Shutdown

START_SECONDS = 15.0
POLL_SECONDS = 0.01


class StartError(Exception):
    """The server did not come up."""


class EmulatorServer(uvicorn.Server):
    """Lets answers that would wait for ever go before it waits for connections to close."""

    def __init__(self, emulator: OpenAIEmulator, host: str = "127.0.0.1", port: int = 0) -> None:
        # Cutting a connection on purpose is an unhandled error to uvicorn: below critical it would print a traceback.
        config = uvicorn.Config(
            create_app(emulator),
            host,
            port,
            log_level="critical",
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=2,
        )
        super().__init__(config)
        # A closed server's notice would end the waiting answers of the next one at once.
        emulator.shutdown = Shutdown()
        self._emulator = emulator

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._emulator.shutdown.announce()
        await super().shutdown(sockets)


@dataclass(frozen=True, slots=True)
class RunningServer:
    emulator: OpenAIEmulator
    origin: str
    """http://127.0.0.1:PORT: the admin endpoints and /healthz."""

    @property
    def base_url(self) -> str:
        """For OPENAI_BASE_URL."""
        return f"{self.origin}/v1"


@contextmanager
def serving(emulator: OpenAIEmulator) -> Iterator[RunningServer]:
    """Serve from a thread with its own event loop: usable from fixtures of any scope, and a client that blocks its
    loop does not slow the server."""
    server = EmulatorServer(emulator)
    listener = listen()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="openai-emulator", daemon=True)
    thread.start()
    try:
        _wait_until_started(server, thread)
        yield RunningServer(emulator, f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join()


@asynccontextmanager
async def running(emulator: OpenAIEmulator) -> AsyncIterator[RunningServer]:
    """`serving` for asynchronous code: starting and stopping do not block the caller's loop."""
    context = serving(emulator)
    server = await asyncio.to_thread(context.__enter__)
    try:
        yield server
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)


def _wait_until_started(server: EmulatorServer, thread: threading.Thread) -> None:
    waited = 0.0
    while not server.started:
        if not thread.is_alive() or waited > START_SECONDS:
            raise StartError("the emulator's server did not start")
        thread.join(POLL_SECONDS)
        waited += POLL_SECONDS
