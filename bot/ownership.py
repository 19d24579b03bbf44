"""Who holds a lease: a name unique to its holder, from which others can tell that the process is dead.

It is known to be dead only where that is certain: on the same running kernel (boot id), in the same process-id
namespace (two containers count their processes apart, and may share a host name), when no process has its number, or
the one that has it began at another time. Elsewhere, and on systems without /proc, nobody is ever known to be dead, and
leases run out instead. See proc(5): /proc/[pid]/stat, field 22, is the start time in clock ticks since boot.
"""

import os
import secrets
import socket
from functools import cache
from pathlib import Path

_DEAD_STATES = frozenset("ZX")
"""Zombie, dead: killed, and not yet collected by its parent."""


def new_owner() -> str:
    """host/process.start@kernel.namespace#nonce. Readable in the database. Ask after a fork, not before."""
    process = os.getpid()
    return f"{socket.gethostname()}/{process}.{_life(process) or ''}@{_world() or ''}#{secrets.token_hex(3)}"


def is_gone(owner: str) -> bool:
    """True: the process of this holder is dead, for certain."""
    name, _, world = owner.rpartition("#")[0].rpartition("@")
    process, _, start = name.rpartition("/")[2].partition(".")
    if not (world and start and process.isdecimal()) or world != _world():
        return False
    life = _life(int(process))
    return life != start if life is not None else not _is_hidden(int(process))


@cache
def _world() -> str | None:
    """Running kernel and namespace of process ids."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = Path("/proc/self/ns/pid").readlink().name.partition("[")[2].rstrip("]")
    except OSError:
        return None
    return f"{boot}.{namespace}"


def _life(process: int) -> str | None:
    """Start time of the living process with this number; "" for a dead one that nobody collected yet; None when there
    is none to be seen."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()  # the name before it may hold blanks and brackets
    return "" if fields[0] in _DEAD_STATES else fields[19]


def _is_hidden(process: int) -> bool:
    """/proc may be mounted so that it shows a user's own processes only (hidepid); a signal that does nothing tells."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is there, and another user's
    return True
