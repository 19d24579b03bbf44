"""The HTTP application: Telegram's webhook, and the probes."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from loguru import logger

from bot.intake.intake import Intake
from bot.intake.raw_update import RawUpdate, update_id_of
from services.domain.errors import StoreUnavailable

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
MAX_BODY_BYTES = 1_048_576
"""An update with the longest message is a few tens of kilobytes."""
STORE_SECONDS = 10.0
RETRY_AFTER = {"Retry-After": "5"}
"""Telegram honours it (up to 3600 s) and keeps the update; it never sees 410, which would end the webhook."""

Probe = Callable[[], Awaitable[None]]
"""Returns when the component answers, raises when it does not."""


def create_app(intake: Intake, *, secret: str, probes: dict[str, Probe]) -> FastAPI:
    """`probes`: what must answer for the process to be ready, by name."""
    app = FastAPI(title="Muza", docs_url=None, redoc_url=None, openapi_url=None)
    expected = secret.encode()

    @app.post("/telegram")
    async def take_update(request: Request) -> Response:
        """200 once the update is stored: from then on it cannot be lost."""
        if not secrets.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), expected):
            return Response(status_code=403)
        body = await _limited_body(request)
        if body is None:
            return Response(status_code=413)
        update = _read_update(body)
        if update is None:
            return Response(status_code=400)
        try:
            async with asyncio.timeout(STORE_SECONDS):
                await intake.accept([update])
        except (StoreUnavailable, TimeoutError) as error:
            logger.error("an update could not be stored: {}", type(error).__name__)
            return Response(status_code=503, headers=RETRY_AFTER)
        return Response(status_code=200)

    @app.get("/healthz")
    async def is_alive() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def is_ready() -> JSONResponse:
        states = {name: await _state_of(probe) for name, probe in probes.items()}
        states["intake"] = "ok" if intake.pump.is_alive else "stopping"
        ready = all(state == "ok" for state in states.values())
        return JSONResponse(states, status_code=200 if ready else 503)

    return app


async def _limited_body(request: Request) -> bytes | None:
    """None: longer than any update, or its length is no number."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > MAX_BODY_BYTES:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return None
    return bytes(body)


def _read_update(body: bytes) -> RawUpdate | None:
    try:
        update: Any = json.loads(body)
        if not isinstance(update, dict):
            return None
        update_id_of(update)
    except (ValueError, RecursionError):
        return None
    return update


async def _state_of(probe: Probe) -> str:
    try:
        async with asyncio.timeout(3.0):
            await probe()
    except Exception as error:  # noqa: BLE001 - a probe reports, whatever broke
        return type(error).__name__
    return "ok"
