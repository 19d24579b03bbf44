"""`muza models`: local models behind HTTP, in OpenAI's form, on loopback.

The server answers at once; the model is loaded beside it. Until then, and when the model cannot be had, /healthz says
so, and a request gets 503: with Retry-After while waiting helps, without when an operator has to act.
"""

import asyncio
import base64
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from loguru import logger
from pydantic import BaseModel, Field

from bot.settings import EmbeddingKind, Settings
from services.domain.errors import KnowledgeUnavailable
from services.domain.language import Language
from services.retrieval.embedding_lanes import EmbeddingLanes, Encoder, Overloaded

_MOST_INPUTS = 2048
"""OpenAI's own limit on one request."""
_LOADING_RETRY_SECONDS = 2
_BUSY_RETRY_SECONDS = 1
_DRAIN_SECONDS = 1
"""For answers under way at the end; who gets none asks again."""
_STOPPING = (signal.SIGTERM, signal.SIGINT)

Status = Literal["loading", "ready", "failed"]


class EmbeddingModel(Encoder, Protocol):
    """What SentenceEmbedder is."""

    name: str

    @property
    def languages(self) -> frozenset[Language]: ...
    @property
    def floor(self) -> float: ...
    @property
    def dimensions(self) -> int: ...
    def load(self) -> None: ...


class EmbeddingRequest(BaseModel):
    input: str | list[str]
    model: str | None = None
    encoding_format: Literal["float", "base64"] = "float"
    input_type: Literal["query", "passage"] | None = Field(
        default=None, description="Extension: what the text is, for models that tell the two apart and for its turn."
    )


class LoadedModel:
    """A model, its thread, and whether it can be used yet."""

    def __init__(self, model: EmbeddingModel) -> None:
        self.model = model
        self.status: Status = "loading"
        self.reason = ""
        self.lanes = EmbeddingLanes(model)
        self._loader = threading.Thread(target=self._load, name="load-model", daemon=True)
        self._when_loaded: Callable[[], None] = _nothing

    def start(self, when_loaded: Callable[[], None] | None = None) -> None:
        """`when_loaded` is called in another thread, also when the model cannot be had."""
        self._when_loaded = when_loaded or _nothing
        self._loader.start()

    def stop(self) -> None:
        """A model that is still being loaded is left to die with the process."""
        if self.status == "ready":
            self.lanes.stop()

    def _load(self) -> None:
        try:
            self._try_to_load()
        finally:
            self._when_loaded()

    def _try_to_load(self) -> None:
        try:
            self.model.load()
        except KnowledgeUnavailable as error:
            self.reason, self.status = str(error), "failed"
            logger.warning("embedding model failed: {}", self.reason)
            return
        except Exception as error:  # noqa: BLE001 - a thread's exception would be lost, and /healthz would say "loading"
            self.reason, self.status = f"{self.model.name}: {type(error).__name__}", "failed"
            logger.exception("embedding model failed")
            return
        self.lanes.start()
        self.status = "ready"
        languages = ",".join(sorted(self.model.languages)) or "none"
        logger.info("embedding model ready: {} languages={}", self.model.name, languages)


@dataclass(slots=True, eq=False)  # not frozen: whoever handles an exception sets its traceback
class Refusal(Exception):
    status: int
    message: str
    code: str
    retry_after: int | None = None

    def response(self) -> JSONResponse:
        """OpenAI's form of an error."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        error = {"message": self.message, "type": kind, "code": self.code, "param": None}
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else None
        return JSONResponse({"error": error}, self.status, headers)


def create_app(loaded: LoadedModel) -> FastAPI:
    """Composed of routers: each kind of model brings its own."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loaded.start(_dying_at_once())
        yield
        loaded.stop()

    app = FastAPI(title="Muza models", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(build_health_router(loaded))
    app.include_router(build_embedding_router(loaded))
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    return app


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


def build_health_router(loaded: LoadedModel) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> Response:
        """200 also while loading: the process lives, and restarting it would not make it faster."""
        state = {"status": loaded.status, "model": loaded.model.name, "reason": loaded.reason}
        return JSONResponse({**state, "waiting": loaded.lanes.waiting}, 503 if loaded.status == "failed" else 200)

    @router.get("/v1/models")
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [_card(loaded)]}

    return router


def build_embedding_router(loaded: LoadedModel) -> APIRouter:
    router = APIRouter()

    @router.post("/v1/embeddings")
    async def embeddings(request: EmbeddingRequest) -> dict[str, Any]:
        texts = [request.input] if isinstance(request.input, str) else request.input
        _check(loaded, texts, request.model)
        try:
            rows = await loaded.lanes.embed(texts, request.input_type)
        except Overloaded as error:
            raise Refusal(503, str(error), "busy", _BUSY_RETRY_SECONDS) from error
        except KnowledgeUnavailable as error:
            raise Refusal(500, str(error), "model_error") from error
        form = _as_base64 if request.encoding_format == "base64" else _as_floats
        data = [{"object": "embedding", "index": index, "embedding": form(row)} for index, row in enumerate(rows)]
        usage = {"prompt_tokens": 0, "total_tokens": 0}  # nothing is billed
        return {"object": "list", "model": loaded.model.name, "data": data, "usage": usage}

    return router


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Until SIGTERM or SIGINT. Blocks."""
    from services.retrieval.sentence_embedder import SentenceEmbedder

    if settings.embedding_kind not in (EmbeddingKind.BUNDLED, EmbeddingKind.LOCAL):
        raise SystemExit(f"EMBEDDING_MODEL={settings.embedding_model} needs no models process: nothing to serve.")
    serve_model(SentenceEmbedder(settings.embedding_model), host=host, port=port)


def serve_model(model: EmbeddingModel, *, host: str, port: int) -> None:
    import uvicorn

    app = create_app(LoadedModel(model))
    uvicorn.run(app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=_DRAIN_SECONDS)


def _nothing() -> None:
    """Nobody wants to know."""


def _card(loaded: LoadedModel) -> dict[str, Any]:
    model = loaded.model
    card: dict[str, Any] = {"id": model.name, "object": "model", "created": 0, "owned_by": "muza"}
    card |= {"status": loaded.status, "reason": loaded.reason}
    if loaded.status == "ready":
        card |= {"languages": sorted(model.languages), "floor": model.floor, "dimensions": model.dimensions}
    return card


def _check(loaded: LoadedModel, texts: list[str], asked_model: str | None) -> None:
    if loaded.status == "failed":
        raise Refusal(503, loaded.reason, "model_failed")
    if loaded.status == "loading":
        raise Refusal(503, "the model is being loaded", "model_loading", _LOADING_RETRY_SECONDS)
    if asked_model not in (None, loaded.model.name):
        raise Refusal(404, "this model is not served here", "model_not_found")
    if not 1 <= len(texts) <= _MOST_INPUTS:
        raise Refusal(400, f"between 1 and {_MOST_INPUTS} inputs", "invalid_input")


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - registered for this type
    return error.response()


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type
    where = ".".join(str(part) for part in error.errors()[0]["loc"][1:])
    return Refusal(400, f"invalid {where or 'body'}", "invalid_input").response()


def _as_floats(row: Any) -> list[float]:
    return [float(value) for value in row]


def _as_base64(row: Any) -> str:
    """Little-endian float32, as OpenAI's clients expect."""
    return base64.b64encode(row.astype("<f4").tobytes()).decode("ascii")
