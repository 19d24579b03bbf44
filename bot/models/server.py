"""`muza models`: local models behind HTTP, in OpenAI's form, on loopback.

The server answers at once; the models are loaded beside it. Until then, and when a model cannot be had, /healthz says
so, and a request gets 503: with Retry-After while waiting helps, without when an operator has to act.
"""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from bot.models.embeddings import build_embedding_router
from bot.models.health import build_health_router
from bot.models.refusal import refuse_in_openais_form
from bot.models.rerank import build_rerank_router
from bot.models.served import Served, local_models
from bot.models.transcriptions import build_transcription_router
from bot.settings import Settings

_DRAIN_SECONDS = 1
"""For answers under way at the end; who gets none asks again."""
_STOPPING = (signal.SIGTERM, signal.SIGINT)


def create_app(served: Served) -> FastAPI:
    """Composed of routers: each kind of model brings its own."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            keepers = [
                group.create_task(listener.keep(warm=name in served.warm))
                for name, listener in served.listeners.items()
            ]
            if served.embedding:
                served.embedding.start(_dying_at_once())
            if served.reranker:
                served.reranker.start()
            yield
            for keeper in keepers:
                keeper.cancel()
        if served.embedding:
            served.embedding.stop()

    app = FastAPI(title="Muza models", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(build_health_router(served))
    if served.embedding:
        app.include_router(build_embedding_router(served.embedding))
    if served.reranker:
        app.include_router(build_rerank_router(served.reranker))
    if served.listeners:
        app.include_router(build_transcription_router(served.listeners))
    refuse_in_openais_form(app)
    return app


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Until SIGTERM or SIGINT. Blocks."""
    served = local_models(settings)
    if served.is_empty:
        raise SystemExit(
            f"Nothing to serve: EMBEDDING_MODEL={settings.embedding_model} and "
            f"TRANSCRIPTION_MODEL={settings.transcription_model} need no models process."
        )
    serve_models(served, host=host, port=port)


def serve_models(served: Served, *, host: str, port: int) -> None:
    import uvicorn

    app = create_app(served)
    uvicorn.run(app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=_DRAIN_SECONDS)


def _dying_at_once() -> Callable[[], None]:
    """Until what is returned is called, SIGTERM ends this process without asking Python: importing torch holds the
    interpreter for seconds, and there is nothing yet that could be finished."""
    if threading.current_thread() is not threading.main_thread():
        return _nothing
    loop = asyncio.get_running_loop()
    polite = {number: signal.signal(number, signal.SIG_DFL) for number in _STOPPING}

    def restore() -> None:
        for number, handler in polite.items():
            signal.signal(number, handler)

    def restore_soon() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(restore)

    return restore_soon


def _nothing() -> None:
    """Nobody wants to know."""
