"""A small web on this machine, under names of our choosing."""

import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

HOME = "127.0.0.1"


class Names(AbstractResolver):
    """`answers`: what each look-up of a name gives, one after the other; the last one for good."""

    def __init__(self, answers: Mapping[str, Sequence[str]]) -> None:
        self._answers = {host: list(addresses) for host, addresses in answers.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if host not in self._answers:
            raise OSError("no such name")
        left = self._answers[host]
        addresses = left.pop(0) if len(left) > 1 else left[0]
        return [
            ResolveResult(hostname=host, host=each, port=port, family=family, proto=0, flags=0)
            for each in addresses.split()
        ]

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Web:
    port: int
    asked: list[str] = field(default_factory=list)
    """Host and path of everything that arrived."""

    def at(self, host: str, path: str = "/") -> str:
        return f"http://{host}:{self.port}{path}"


@asynccontextmanager
async def running(pages: Mapping[str, web.Response | web.StreamResponse]) -> AsyncIterator[Web]:
    """`pages` by path; a response is given once."""
    found = Web(0)

    async def answer(request: web.Request) -> web.StreamResponse:
        found.asked.append(f"{request.host.partition(':')[0]}{request.path}")
        return pages[request.path]

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, HOME, 0)
    await site.start()
    found.port = runner.addresses[0][1]
    try:
        yield found
    finally:
        await runner.cleanup()
