"""HTTP routes of the emulator: the Bot API, file downloads, the demo API, and whatever a host application adds."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from tests.emulators.telegram.bot_api import Answer, ConnectionCut
from tests.emulators.telegram.demo_api import demo_router
from tests.emulators.telegram.errors import ApiError
from tests.emulators.telegram.parameters import read_parameters

if TYPE_CHECKING:
    from tests.emulators.telegram.emulator import TelegramEmulator

# Put into the ASGI scope by the server, so that a fault can cut the connection under it.
ABORT_KEY = "muza.abort"


def create_app(
    emulator: "TelegramEmulator",
    *,
    routers: Sequence[APIRouter] = (),
    configure: Callable[[FastAPI], None] | None = None,
) -> FastAPI:
    """`routers` and `configure` (mounts, for one) let a host application serve more from the same origin."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        stopped = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(emulator.pusher.run(stopped))
            tasks.create_task(emulator.drafts.watch(stopped))
            yield
            stopped.set()

    app = FastAPI(title="Telegram emulator", lifespan=lifespan, openapi_url=None)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok", "bot": f"@{emulator.state.bot.username}"}

    # Plain routes: FastAPI's parameter machinery would cost more than the calls themselves.
    app.router.add_route("/bot{token}/{method}", _method_route(emulator), methods=["GET", "POST"])
    app.router.add_route("/file/bot{token}/{path:path}", _file_route(emulator), methods=["GET"])
    app.include_router(demo_router(emulator))
    for router in routers:
        app.include_router(router)
    if configure is not None:
        configure(app)
    return app


def _method_route(emulator: "TelegramEmulator") -> Callable[[Request], Any]:
    async def call_method(request: Request) -> Response:
        if request.path_params["token"] != emulator.token:
            return _response(emulator.refuse(ApiError(401, "Unauthorized")))
        try:
            parameters = await read_parameters(request)
        except ApiError as refusal:
            return _response(emulator.refuse(refusal))
        try:
            return _response(await emulator.api.call(request.path_params["method"], parameters))
        except ConnectionCut:
            return await _cut(request)

    return call_method


def _file_route(emulator: "TelegramEmulator") -> Callable[[Request], Any]:
    async def download(request: Request) -> Response:
        if request.path_params["token"] != emulator.token:
            return _response(emulator.refuse(ApiError(401, "Unauthorized")))
        stored = emulator.state.files.at(request.path_params["path"])
        if stored is None:
            return _response(emulator.refuse(ApiError(404, "Not Found")))
        return Response(stored.data, media_type="application/octet-stream")

    return download


def _response(answer: Answer) -> Response:
    return Response(answer.body, status_code=answer.status, media_type=answer.media_type)


async def _cut(request: Request) -> Response:
    """Closes the connection without a byte of an answer."""
    abort = cast(Callable[[], None] | None, request.scope.get(ABORT_KEY))
    if abort is None:
        raise RuntimeError("faults that cut connections need tests.emulators.telegram.server")
    abort()
    message = await request.receive()
    while message["type"] != "http.disconnect":
        message = await request.receive()
    return Response(status_code=500)
