"""What may be fetched at all, as far as an address on the web says it by itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.domain.errors import LinkRefused
from services.fetching.public_addresses import is_public

MEGABYTE = 1024 * 1024
SCHEMES = frozenset({"http", "https"})
PORTS = frozenset({80, 443})


@dataclass(frozen=True, slots=True)
class LinkParts:
    """Of the very address that is asked for: two readers of one text could disagree about its host."""

    scheme: str
    host: str | None
    """As it is resolved: lower case, without brackets."""
    port: int | None
    has_credentials: bool
    is_numeric: bool
    """The host is an address, not a name."""


@dataclass(frozen=True, slots=True)
class LinkRules:
    let_in: frozenset[tuple[str, int | None]] = frozenset()
    """(host, port) of one's own network that are fetched as if they were public; without a port: 80 and 443."""
    most_bytes: int = 20 * MEGABYTE
    seconds: float = 20.0
    """For the whole way, redirects included."""
    most_hops: int = 5

    def check(self, link: LinkParts) -> None:
        """Before its name is looked up. Raises LinkRefused."""
        host = link.host or ""
        if link.scheme not in SCHEMES or not host or link.has_credentials:
            raise LinkRefused("scheme, host or credentials", address=host)
        if not self._is_port_open(host, link.port):
            raise LinkRefused("port", address=host)
        if link.is_numeric and not self.may_reach(host, link.port, host):
            raise LinkRefused("not a public address", address=host)

    def may_reach(self, host: str, port: int | None, address: str) -> bool:
        """`address`: one of those that the host's name stands for."""
        return is_public(address) or self._is_let_in(host, port)

    def _is_let_in(self, host: str, port: int | None) -> bool:
        return (host, port) in self.let_in or (port in PORTS and (host, None) in self.let_in)

    def _is_port_open(self, host: str, port: int | None) -> bool:
        return port in PORTS or self._is_let_in(host, port)


def let_in(hosts: Iterable[str]) -> frozenset[tuple[str, int | None]]:
    """ "wiki.example:8080" or "wiki.example". Raises ValueError for a port that is no number."""
    found = set()
    for host in hosts:
        name, _, port = host.strip().lower().rpartition(":") if ":" in host else (host.strip().lower(), "", "")
        found.add((name, int(port) if port else None))
    return frozenset(found)
