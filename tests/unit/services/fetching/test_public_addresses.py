"""What leads into a private network, in every way of writing it."""

import pytest
from hypothesis import given, settings
from hypothesis.strategies import ip_addresses

from services.fetching.public_addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:192.168.1.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2001:0:1::1",
        "fe80::1%eth0",
        "fec0::1",
        "fd00::1",
        "ff0e::1",
        "localhost",
        "",
    ],
)
def test_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e", "2002:5db8:d70e::"]
)
def test_is_public(address: str) -> None:
    assert is_public(address)


@settings(max_examples=50)
@given(ip_addresses(v=4))
def test_an_address_inside_another_is_as_public_as_by_itself(address: object) -> None:
    assert is_public(f"::ffff:{address}") is is_public(str(address))
