import asyncio
import socket

import pytest

from bot.listener import listen


async def test_connections_answer_without_waiting_for_acknowledgements() -> None:
    accepted: asyncio.Queue[int] = asyncio.Queue()

    def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        accepted.put_nowait(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listener = listen()
    async with await asyncio.start_server(note, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        assert await asyncio.wait_for(accepted.get(), 10) != 0
        writer.close()
        await writer.wait_closed()


def test_a_taken_port_is_refused() -> None:
    with listen() as taken, pytest.raises(OSError, match="in use"):
        listen(port=taken.getsockname()[1])
