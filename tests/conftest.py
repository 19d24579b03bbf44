"""Fixtures for all tests come from plugin modules, one a subject. Tests reach this machine only."""

import ipaddress
import os
import socket
import sys
from typing import Any

import pytest

pytest_plugins = [
    "tests.compiled_statements",
    "tests.fixtures_store",
    "tests.fixtures_valkey",
    "tests.fixtures_whisper",
    "tests.folders_in_memory",
    "tests.rehearsals",
    "tests.slow_first",
]


class OutsideWorld(RuntimeError):
    """A test tried to leave this machine."""


def refuse_outside_addresses(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook sees every connection of the process, whichever library makes it."""
    if event != "socket.connect":
        return
    connecting, address = arguments
    if connecting.family not in (socket.AF_INET, socket.AF_INET6) or address[0] == "localhost":
        return
    try:
        outside = not ipaddress.ip_address(address[0]).is_loopback
    except ValueError:  # a name to be resolved
        outside = True
    if outside:
        raise OutsideWorld(f"connection to {address[0]}")


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(refuse_outside_addresses)
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # noqa: TID251 - native code, which no audit hook sees
    os.environ["OMP_NUM_THREADS"] = "1"  # noqa: TID251 - tests run side by side: torch needs no threads
