"""Whole (not streamed) JSON answers, with the trouble that was ordered for them."""

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.errors import ApiError, ConnectionCut
from tests.emulators.openai.faults import Fault, FaultKind
from tests.emulators.openai.meter import Call


async def answer(
    emulator: OpenAIEmulator,
    request: Request,
    call: Call,
    fault: Fault | None,
    body: Mapping[str, Any],
    outcome: str = "finished",
) -> Response:
    """`body` as JSON, or what is left of it. Faults that only a stream can have change nothing here."""
    match fault.kind if fault else None:
        case FaultKind.STALL:
            await emulator.hang(request, call)
        case FaultKind.ERROR_EVENT:
            raise ApiError(500, "The server had an error while processing your request.", type_="server_error")
        case FaultKind.CUT | FaultKind.EOF:
            call.end("cut")
            return _half(json.dumps(body).encode())
        case FaultKind.BAD_JSON:
            call.end(outcome)
            return Response(json.dumps(body)[:-2], media_type="application/json")
        case FaultKind.NO_USAGE:
            body = {name: value for name, value in body.items() if name != "usage"}
    call.end(outcome)
    return JSONResponse(dict(body))


def _half(body: bytes) -> Response:
    async def parts() -> AsyncGenerator[bytes]:
        yield body[: len(body) // 2]
        raise ConnectionCut

    return StreamingResponse(parts(), media_type="application/json", headers={"Content-Length": str(len(body))})
