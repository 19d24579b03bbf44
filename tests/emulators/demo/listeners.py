"""Ports of the demo, taken before anything is loaded: whoever calls early waits in the backlog instead of failing."""

import errno
import socket

from bot.listener import listen as bound

HOST = "127.0.0.1"
PORTS_TO_TRY = 50


def listen(port: int) -> socket.socket:
    """On `port`, or on the next free one. Port 0 takes any. Raises OSError when there is none."""
    for candidate in range(port, min(port + PORTS_TO_TRY, 65_536)):
        try:
            return bound(HOST, candidate)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    raise OSError(errno.EADDRINUSE, f"no free port from {port} on")


def url_of(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"
