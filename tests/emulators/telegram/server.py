"""The emulator as a running HTTP server: inside a test's event loop, or as a process of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import cast

import uvicorn
from fastapi import APIRouter, FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.listener import listen
from tests.emulators.telegram.app import ABORT_KEY, create_app
from tests.emulators.telegram.emulator import TelegramEmulator

STOP_TIMEOUT = 5


class AbortableProtocol(HttpToolsProtocol):
    """Lets the application cut the connection of a request."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast(dict[str, object], self.scope)[ABORT_KEY] = self.transport.abort


class EmulatorServer(uvicorn.Server):
    """Ends long polls and event streams first: uvicorn would wait for them."""

    def __init__(self, config: uvicorn.Config, emulator: TelegramEmulator) -> None:
        super().__init__(config)
        self._emulator = emulator

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._emulator.close()
        await super().shutdown(sockets)


class EmbeddedServer(EmulatorServer):
    """For tests: starts and stops without uvicorn's ticks of 0.1 s, and leaves signals to the test runner."""

    def __init__(self, config: uvicorn.Config, emulator: TelegramEmulator) -> None:
        super().__init__(config, emulator)
        self.ready = asyncio.Event()
        self.stopping = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        await self.stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._emulator.close()
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(set(self.server_state.tasks), timeout=STOP_TIMEOUT)
        await self.lifespan.shutdown()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@dataclass(frozen=True, slots=True)
class RunningServer:
    base_url: str
    emulator: TelegramEmulator
    app: FastAPI


def server_config(app: FastAPI, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=AbortableProtocol,
        log_level="warning",
        access_log=False,
        date_header=False,
        timeout_graceful_shutdown=STOP_TIMEOUT,
    )


@asynccontextmanager
async def running(
    emulator: TelegramEmulator,
    *,
    port: int = 0,
    routers: Sequence[APIRouter] = (),
    configure: Callable[[FastAPI], None] | None = None,
) -> AsyncIterator[RunningServer]:
    """Serves the emulator on loopback for the duration of the block. Port 0 takes any free one."""
    app = create_app(emulator, routers=routers, configure=configure)
    listener = listen(port=port)
    host, bound_port = listener.getsockname()[:2]
    server = EmbeddedServer(server_config(app, host, bound_port), emulator)
    emulator.reopen()
    failure: Exception | None = None
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve(sockets=[listener]))
        await server.ready.wait()
        if not server.started:
            raise RuntimeError("the emulator did not start")
        try:
            yield RunningServer(f"http://{host}:{bound_port}", emulator, app)
        except Exception as error:  # noqa: BLE001 - raised again below, as itself and not as an ExceptionGroup
            failure = error
        # Waited for here: a failure in the block must not cancel the server in the middle of its stop.
        server.stopping.set()
        await serving
    if failure is not None:
        raise failure


def serve(
    emulator: TelegramEmulator,
    host: str,
    port: int,
    *,
    routers: Sequence[APIRouter] = (),
    configure: Callable[[FastAPI], None] | None = None,
) -> None:
    """Serves until the process is told to stop."""
    app = create_app(emulator, routers=routers, configure=configure)
    EmulatorServer(server_config(app, host, port), emulator).run()
