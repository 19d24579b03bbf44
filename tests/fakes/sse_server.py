"""A chat completions server that sends exactly the bytes a test wrote down, and hangs up where it says."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


class HangUp:
    """A step: the connection is reset."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Without `length` or chunks the body ends when the connection does, so a cut looks like a normal end."""

    steps: Sequence[bytes | asyncio.Event | HangUp] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "text/event-stream"})


def event(value: object) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def chunk(text: str | None = None, finish: str | None = None, **delta: str) -> bytes:
    content = {"content": text} if text is not None else {}
    choice = {"index": 0, "delta": content | delta, "finish_reason": finish}
    return event({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})


def usage(tokens_in: int, tokens_out: int, cached: int = 0) -> bytes:
    counts = {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
        "prompt_tokens_details": {"cached_tokens": cached},
    }
    return event(
        {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": counts}
    )


DONE = b"data: [DONE]\n\n"


def streamed(*texts: str) -> Reply:
    """A whole, well-behaved answer."""
    return Reply([*(chunk(text) for text in texts), chunk(finish="stop"), usage(100, 20, 40), DONE])


def refused(status: int, error: object, **headers: str) -> Reply:
    body = json.dumps(error if isinstance(error, dict) and "detail" in error else {"error": error}).encode()
    return Reply([body], status, {"content-type": "application/json"} | headers)


@dataclass
class SseServer:
    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    request_ids: list[str] = field(default_factory=list)
    """Of the requests, oldest first."""
    authorizations: list[str] = field(default_factory=list)
    open_connections: int = 0
    all_closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open_connections += 1
        self.all_closed.clear()
        try:
            await self._read_request(reader)
            async with asyncio.TaskGroup() as group:
                # The client hangs up: an end of file on our side, whatever we are waiting for.
                watcher = group.create_task(reader.read())
                answering = group.create_task(self._answer(self.replies.pop(0), writer))
                watcher.add_done_callback(lambda _: answering.cancel())
                answering.add_done_callback(lambda _: watcher.cancel())
        except* ConnectionError:
            pass  # the client went away in the middle of a write: what `all_closed` is for
        finally:
            writer.close()
            self.open_connections -= 1
            if not self.open_connections:
                self.all_closed.set()

    async def _read_request(self, reader: asyncio.StreamReader) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        self.authorizations.append(headers.get("authorization", ""))
        self.request_ids.append(headers.get("x-client-request-id", ""))
        self.bodies.append(json.loads(await reader.readexactly(int(headers["content-length"]))))

    async def _answer(self, reply: Reply, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {reply.status} Any", *(f"{name}: {value}" for name, value in reply.headers.items())]
        writer.write("\r\n".join([*lines, "connection: close", "", ""]).encode())
        for step in reply.steps:
            if isinstance(step, HangUp):
                writer.transport.abort()
                return
            if isinstance(step, asyncio.Event):
                await step.wait()
                continue
            writer.write(step)
            await writer.drain()
            await asyncio.sleep(0)


@asynccontextmanager
async def sse_server() -> AsyncIterator[SseServer]:
    script = SseServer()
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield script
    finally:
        server.close()
        await server.wait_closed()
