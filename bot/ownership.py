"""Who holds a lease: a name unique to this process, from which others on the same machine can tell that it is gone."""

import os
import secrets
import socket

from bot.supervisor.file_lock import is_alive

SEPARATOR = ":"


def new_owner() -> str:
    """host:process:nonce. Readable in the database."""
    return SEPARATOR.join((socket.gethostname(), str(os.getpid()), secrets.token_hex(3)))


def is_gone(owner: str, asked_by: str) -> bool:
    """True only when `owner` was a process of this host that does not exist any more; `asked_by` is our own name.

    Process ids are given out again (in a container the first is always 1): an owner with our own id that is not us must
    be a predecessor. Two machines that share a host name can take each other for dead: fencing keeps that harmless.
    """
    host, _, rest = owner.rpartition(SEPARATOR)[0].rpartition(SEPARATOR)
    own_host, _, own_process = asked_by.rpartition(SEPARATOR)[0].rpartition(SEPARATOR)
    if owner == asked_by or host != own_host or not rest.isdecimal():
        return False
    return rest == own_process or not is_alive(int(rest))
