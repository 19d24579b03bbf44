"""Listening sockets."""

import socket


def listen(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A bound IPv4 socket whose connections answer at once; port 0 takes any. Raises OSError when the port is taken.

    asyncio switches Nagle's algorithm off only for sockets that name their protocol, and `socket.create_server` makes
    them without: an answer in two writes then waits some 40 ms for the client's delayed acknowledgement.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener
