"""The emulator: what all its endpoints share."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from fastapi import Request

from tests.emulators.openai.errors import ApiError, ConnectionCut
from tests.emulators.openai.faults import Fault, FaultKind, FaultPlan
from tests.emulators.openai.meter import Call, Meter
from tests.emulators.openai.personalities import Cast
from tests.emulators.openai.prefix_cache import PrefixCache
from tests.emulators.openai.settings import EmulatorSettings
from tests.emulators.openai.transcripts import Transcripts

DISCONNECT_POLL_SECONDS = 0.02

logger = logging.getLogger(__name__)


class Shutdown:
    """Tells waiting answers that the server is closing. Bound to the loop that serves."""

    def __init__(self) -> None:
        self._closing = asyncio.Event()

    def announce(self) -> None:
        self._closing.set()

    async def wait(self) -> None:
        await self._closing.wait()

    async def or_disconnect(self, request: Request) -> None:
        while not await request.is_disconnected():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), DISCONNECT_POLL_SECONDS)
                return


class OpenAIEmulator:
    """State of one emulated provider. Serve it with `running` or `serving` of `server.py`."""

    def __init__(self, settings: EmulatorSettings | None = None, **changes: Any) -> None:
        """`changes` are fields of EmulatorSettings."""
        self.settings = replace(settings or EmulatorSettings(), **changes)
        self.faults = FaultPlan(self.settings.seed)
        self.meter = Meter()
        self.transcripts = Transcripts(self.settings.transcripts_dir)
        self.cast = Cast()
        self.prefixes = PrefixCache()
        self.shutdown = Shutdown()

    def reset(self) -> None:
        """Forget faults, requests and attempts; the settings stay."""
        self.faults.clear()
        self.meter.clear()
        self.cast = Cast()
        self.prefixes = PrefixCache()

    def read_prefix(self, model: str, messages: list[dict[str, Any]], response_format: Mapping[str, Any] | None) -> int:
        """How many tokens of the prompt are at the lower price."""
        return self.prefixes.read(model, messages, response_format) if self.settings.prefix_cache else 0

    @contextmanager
    def call(self, request: Request, endpoint: str, model: str, body: Mapping[str, Any]) -> Iterator[Call]:
        """Journal one request; its end is written down when the block fails, else by whoever answers."""
        call = self.meter.open(endpoint, model, request.state.arrived, body)
        call.request_id = request.headers.get("X-Client-Request-Id", "")
        call.personality = self.settings.personality_of(model) if endpoint == "chat" else ""
        try:
            yield call
        except ApiError:
            call.end("refused")
            raise
        except ConnectionCut:
            call.end("cut")
            raise
        except Exception:
            # The web server is told to keep quiet about errors, since cut connections are errors to it.
            logger.exception("the emulator failed on %s", call.id)
            call.end("failed")
            raise
        except asyncio.CancelledError:
            call.end("abandoned")
            raise

    async def admit(self, request: Request, call: Call) -> Fault | None:
        """Check the key and the model, and meet the trouble that comes before an answer; later trouble is returned."""
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.settings.api_key is not None and key != self.settings.api_key:
            raise ApiError(401, "Incorrect API key provided.", code="invalid_api_key")
        if self.settings.refuse_unknown_models and call.model not in self.settings.models:
            message = f"The model `{call.model}` does not exist or you do not have access to it."
            raise ApiError(404, message, code="model_not_found", param="model")
        fault = self.faults.take(call.endpoint, call.model)
        if fault is None:
            return None
        call.fault = fault.kind
        return await self._meet(fault)

    async def _meet(self, fault: Fault) -> Fault | None:
        match fault.kind:
            case FaultKind.RATE_LIMIT:
                headers = {"Retry-After": f"{fault.seconds:g}"}
                message = "Rate limit reached for requests. Please try again later."
                raise ApiError(429, message, type_="requests", code="rate_limit_exceeded", headers=headers)
            case FaultKind.SERVER_ERROR:
                raise ApiError(500, "The server had an error while processing your request.", type_="server_error")
            case FaultKind.UNAVAILABLE:
                raise ApiError(503, "The engine is currently overloaded.", type_="server_error")
            case FaultKind.DELAY:
                await asyncio.sleep(fault.seconds)
                return None
        return fault

    async def hang(self, request: Request, call: Call) -> None:
        """Hold the connection without a word until the client has gone or the server closes."""
        await self.shutdown.or_disconnect(request)
        call.end("abandoned")
        raise ConnectionCut
