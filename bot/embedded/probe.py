"""Is a server alive? Asked with a few bytes on a socket: client libraries cost more memory than the supervisor."""

import asyncio
from collections.abc import Coroutine
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 2.0
Opening = Coroutine[None, None, tuple[asyncio.StreamReader, asyncio.StreamWriter]]


async def _ask(opening: Opening, said: bytes) -> bytes:
    reader, writer = await opening
    try:
        writer.write(said)
        await writer.drain()
        return await reader.readline()
    finally:
        writer.close()


async def _answer(opening: Opening, said: bytes) -> bytes:
    """First line of the answer; empty when there is none in time."""
    try:
        return await asyncio.wait_for(_ask(opening, said), TIMEOUT_SECONDS)
    except (OSError, TimeoutError, ValueError):
        return b""


async def redis_answers(socket_path: str) -> bool:
    """True once the data is loaded: while it loads, the server answers -LOADING."""
    return (await _answer(asyncio.open_unix_connection(socket_path), b"PING\r\n")).startswith(b"+PONG")


async def http_answers(url: str) -> bool:
    """True when a GET of `url` (plain HTTP, as on loopback) is answered with 200."""
    parts = urlsplit(url)
    request = f"GET {parts.path or '/'} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode("ascii")
    line = await _answer(asyncio.open_connection(parts.hostname, parts.port or 80), request)
    return line.split(b" ")[1:2] == [b"200"]
