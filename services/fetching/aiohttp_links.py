"""Links over aiohttp. Every hop is checked, and what is connected to is exactly what was checked: the look-up of a name
is done by us, once, and its answer is used. https://owasp.org/www-community/attacks/Server_Side_Request_Forgery
"""

import asyncio
import socket
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import BinaryIO

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from services.domain.errors import DocumentUnsupported, LinkFailed, LinkRefused
from services.fetching.file_names import is_page, is_readable, name_of
from services.fetching.google_links import as_file
from services.fetching.link_rules import LinkParts, LinkRules

HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; Muza)",
    "Accept": "text/html,application/xhtml+xml,application/pdf,text/plain;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "identity",
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class FetchedLink:
    url: str
    """Where it was in the end."""
    name: str
    """Safe for a file."""
    is_page: bool
    size_bytes: int


class _NotPublic(OSError):
    pass


class CheckedResolver(AbstractResolver):
    def __init__(self, rules: LinkRules, inner: AbstractResolver | None = None) -> None:
        """`inner`: who looks names up."""
        self._rules = rules
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not all(self._rules.may_reach(host.lower(), port, each["host"]) for each in found):
            raise _NotPublic("not a public address")
        return found

    async def close(self) -> None:
        await self._inner.close()


class AiohttpLinks:
    """Nothing is kept between two links: no connections, no cookies, no proxies of the environment."""

    def __init__(self, rules: LinkRules | None = None, resolver: AbstractResolver | None = None) -> None:
        self._rules = rules or LinkRules()
        self._resolver = resolver

    async def fetch(self, url: str, into: Path) -> FetchedLink:
        """Raises LinkRefused, LinkFailed, DocumentUnsupported, OSError (of `into`)."""
        link = parsed(as_file(url))
        host = link.host or ""
        try:
            async with (
                asyncio.timeout(self._rules.seconds),
                self._session() as session,
                self._answer(session, link) as response,
            ):
                return await self._save(response, into)
        except TimeoutError:
            raise LinkFailed("too slow", address=host, why="timeout") from None
        except ClientError as error:
            if isinstance(getattr(error, "os_error", None), _NotPublic) or isinstance(error.__cause__, _NotPublic):
                raise LinkRefused("not a public address", address=host) from None
            raise LinkFailed(type(error).__name__, address=host, why="unreachable") from None
        except (_NotPublic, UnicodeError):
            raise LinkRefused("not a public address", address=host) from None

    def _session(self) -> ClientSession:
        connector = TCPConnector(
            resolver=CheckedResolver(self._rules, self._resolver), use_dns_cache=False, force_close=True
        )
        return ClientSession(
            connector=connector,
            headers=HEADERS,
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=None, sock_connect=self._rules.seconds / 2),
            auto_decompress=False,  # a small answer may unpack to anything: see `_unpacked`
            trust_env=False,
        )

    @asynccontextmanager
    async def _answer(self, session: ClientSession, link: URL) -> AsyncIterator[ClientResponse]:
        for _ in range(self._rules.most_hops + 1):
            self._rules.check(_parts(link))
            async with session.get(link, allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    if response.status != 200:
                        raise LinkFailed(address=link.host or "", why=str(response.status))
                    yield response
                    return
                link = _next(link, response.headers.get("Location", ""))
        raise LinkFailed("redirects without end", address=link.host or "", why="redirects")

    async def _save(self, response: ClientResponse, into: Path) -> FetchedLink:
        kind, host = response.content_type.lower(), response.url.host or ""
        if not is_readable(kind):
            raise DocumentUnsupported(kind, name=host)
        disposition = response.content_disposition
        name = name_of(str(response.url), kind, disposition.filename if disposition else None)
        with await asyncio.to_thread(into.open, "wb") as file:
            size = await self._write(response, file)
        return FetchedLink(str(response.url), name, is_page(kind), size)

    async def _write(self, response: ClientResponse, file: BinaryIO) -> int:
        size, most = 0, self._rules.most_bytes
        async for piece in _unpacked(response, most):
            if (size := size + len(piece)) > most:
                raise LinkFailed("too large", address=response.url.host or "", why="size")
            await asyncio.to_thread(file.write, piece)
        return size


def parsed(url: str) -> URL:
    """Raises LinkRefused."""
    try:
        return URL(url)
    except ValueError:
        raise LinkRefused("no address", address=url[:50]) from None


def _parts(link: URL) -> LinkParts:
    host = (link.raw_host or "").lower().rstrip(".")
    has_credentials = link.raw_user is not None or link.raw_password is not None
    return LinkParts(link.scheme, host, link.port, has_credentials, _is_numeric(host))


def _is_numeric(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _next(link: URL, location: str) -> URL:
    if not location:
        raise LinkFailed("a redirect to nowhere", address=link.host or "", why="redirects")
    try:
        return link.join(URL(location))
    except ValueError:
        raise LinkRefused("a redirect that is no address", address=link.host or "") from None


async def _unpacked(response: ClientResponse, most: int) -> AsyncIterator[bytes]:
    """Some servers pack what they were asked not to. Never more than `most` and a piece."""
    coding = response.headers.get("Content-Encoding", "identity").lower()
    if coding == "identity":
        async for piece in response.content.iter_chunked(_PIECE):
            yield piece
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise LinkFailed(f"packed by {coding}", address=response.url.host or "", why="encoding")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        async for piece in response.content.iter_chunked(_PIECE):
            yield unpack.decompress(piece, most)
            while unpack.unconsumed_tail:
                yield unpack.decompress(unpack.unconsumed_tail, _PIECE)
    except zlib.error:
        raise LinkFailed("packed wrongly", address=response.url.host or "", why="encoding") from None
