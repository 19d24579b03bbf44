"""A throw-away PostgreSQL for the tests: in memory-like settings, on a unix socket, gone with the process."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

START_SECONDS = 30
ROOM_BYTES = 2**30
PR_SET_PDEATHSIG = 1
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "autovacuum": "off",
}


class PostgresMissing(Exception):
    """Why there is no server here."""


def find_binaries() -> Path:
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)  # Debian keeps them off PATH
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresMissing("no PostgreSQL binaries in PATH or /usr/lib/postgresql (apt-get install postgresql)")


def _account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: as root, the package's own account is borrowed."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError as error:
        raise PostgresMissing("running as root, and there is no user `postgres`") from error
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _place() -> Path:
    """In memory where there is room; else in /tmp, not in pytest's folder, which only its owner may enter."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES
    return memory if roomy else Path(tempfile.gettempdir())


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


@contextmanager
def running_postgres() -> Iterator[str]:
    """URL pattern with `{database}` to fill in. Raises PostgresMissing."""
    binaries, account = find_binaries(), _account()
    folder = Path(tempfile.mkdtemp(prefix="muza-pg-", dir=_place()))
    server = None
    try:
        if account:
            os.chown(folder, account["user"], account["group"])
        data = folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "muza", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=folder,
            **account,
        )
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-k", folder, *options],
                stdout=log,
                stderr=log,
                cwd=folder,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 (one system call)
                **account,
            )
        _wait(server, folder)
        yield f"postgresql+asyncpg://muza@/{{database}}?host={quote(str(folder), safe='')}"
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)  # at once: nothing here is worth a last checkpoint
            server.wait(START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    """The last line of postmaster.pid says "ready" as soon as connections are served; pg_ctl -w reads it too."""
    status = folder / "data" / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS
    while not (status.exists() and status.read_text().rstrip().endswith("ready")):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError((folder / "log").read_text())
        time.sleep(0.02)
