"""Which network addresses belong to the public internet."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 addresses, as networks without IPv4 write them: https://www.rfc-editor.org/rfc/rfc6052"""


def is_public(address: str) -> bool:
    """False for what is no address, and for whatever could lead into a private network, also written as an IPv6
    address that holds an IPv4 one."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inside = _inside(parsed)
    return _is_global(parsed) if inside is None else _is_global(inside)


def _inside(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    """Python calls some multicast, reserved and site-local addresses global."""
    if address.is_multicast or address.is_reserved or getattr(address, "is_site_local", False):
        return False
    return address.is_global
