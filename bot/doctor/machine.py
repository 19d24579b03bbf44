"""Disk space and file permissions."""

import os
import shutil
import stat
import tempfile
from pathlib import Path

from bot.doctor.finding import Finding, failure, ok, warning
from bot.settings import Settings

MEGABYTE = 1024 * 1024
LEAST_FREE = 200 * MEGABYTE
COMFORTABLE_FREE = 1024 * MEGABYTE


def check_machine(settings: Settings) -> list[Finding]:
    folder = settings.data_dir.absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return [*_disk(existing), *_writable(folder, existing), *_private(folder)]


def _disk(existing: Path) -> list[Finding]:
    free = shutil.disk_usage(existing).free
    megabytes = free // MEGABYTE
    if free < LEAST_FREE:
        return [failure("disk_full", megabytes=megabytes)]
    return [warning("disk_small", megabytes=megabytes) if free < COMFORTABLE_FREE else ok("disk", megabytes=megabytes)]


def _writable(folder: Path, existing: Path) -> list[Finding]:
    try:
        if folder == existing:
            with tempfile.TemporaryFile(dir=folder):
                return [ok("data_dir", folder=str(folder))]
        if os.access(existing, os.W_OK | os.X_OK):
            return [ok("data_dir_new", folder=str(folder))]
    except OSError as error:
        return [failure("data_dir_read_only", folder=str(folder), why=error.strerror or "")]
    return [failure("data_dir_read_only", folder=str(folder), why="Permission denied")]


def _private(folder: Path) -> list[Finding]:
    """Messages and tokens are for the account that runs Muza alone."""
    others = stat.S_IRWXG | stat.S_IRWXO
    paths = [path for path in (folder, Path(".env").absolute()) if path.exists() and path.stat().st_mode & others]
    return [warning("readable_by_others", path=str(path)) for path in paths]
