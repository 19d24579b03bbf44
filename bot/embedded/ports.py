"""Loopback ports for embedded servers that listen on TCP."""

import random
import socket

# Below the ranges from which systems take ports for outgoing connections (Linux 32768+, macOS 49152+), so that a port
# is still ours when its server is started again.
FIRST, LAST = 20_000, 29_999


def is_free(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """`preferred` when it is free, else a random free one."""
    candidates = random.sample(range(FIRST, LAST + 1), 200)
    for port in [preferred, *candidates] if preferred else candidates:
        if port and is_free(port):
            return port
    raise OSError(f"no free port on 127.0.0.1 between {FIRST} and {LAST}")
