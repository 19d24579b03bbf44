"""The name under which a process holds leases, and whether the process of such a name is dead.

A process is known to be dead only where that is certain: on the same running kernel (boot id), in the same process-id
namespace (two containers count their processes apart), when no process has its number, or the one that has it began at
another time. Elsewhere, and on systems without /proc, nobody is ever known to be dead, and leases run out instead.
See proc(5): /proc/[pid]/stat, field 22, is the start time in clock ticks since boot.
"""

import os
import secrets
import socket
from functools import cache
from pathlib import Path

_DEAD_STATES = frozenset("ZX")
"""Zombie, dead: killed, and not yet collected by its parent."""


def own_name() -> str:
    """Unique to this process, readable in the database: host/pid.start@world. Ask after a fork, not before."""
    pid = os.getpid()
    start = _life(pid)
    world = _world()
    if start is None or world is None:
        return f"{socket.gethostname()}/{pid}.{secrets.token_hex(4)}"
    return f"{socket.gethostname()}/{pid}.{start}@{world}"


def is_gone(owner: str) -> bool:
    """True: the process of this name is dead, for certain."""
    name, at, world = owner.rpartition("@")
    pid, dot, start = name.rpartition("/")[2].partition(".")
    if not (at and dot and pid.isdigit()) or world != _world():
        return False
    life = _life(int(pid))
    return life != start if life is not None else not _is_hidden(int(pid))


@cache
def _world() -> str | None:
    """Running kernel and namespace of process ids."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = Path("/proc/self/ns/pid").readlink().name.partition("[")[2].rstrip("]")
    except OSError:
        return None
    return f"{boot}.{namespace}"


def _life(pid: int) -> str | None:
    """Start time of the living process with this number; "" for a dead one that nobody collected yet; None when there
    is none to be seen."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()  # the name before it may hold blanks and brackets
    return "" if fields[0] in _DEAD_STATES else fields[19]


def _is_hidden(pid: int) -> bool:
    """/proc may be mounted so that it shows a user's own processes only (hidepid); a signal that does nothing tells."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is there, and another user's
    return True
