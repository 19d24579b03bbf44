"""The product as its users run it: `muza run` in a process of its own, which does not outlive the demo."""

import signal
import sys
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path

from bot.supervisor import child
from bot.supervisor.child import Command, Process

STOP_SECONDS = 30.0
LAST_LINES = 15


class Product:
    def __init__(self, process: Process, log: Path) -> None:
        self._process = process
        self.log = log

    async def wait(self) -> int:
        return await self._process.wait()

    async def stop(self) -> None:
        """Idempotent. What is being written is finished or handed back first."""
        await self._process.stop(STOP_SECONDS)

    def last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-LAST_LINES:])


async def start_product(environment: Mapping[str, str], folder: Path) -> Product:
    log = folder / "muza.log"
    arguments = (sys.executable, "-m", "bot", "run")
    command = Command("muza run", arguments, environment, output=log, death_signal=signal.SIGTERM)
    # Elsewhere than in the project's folder, so that its .env (a real token, a real database) is not read.
    with chdir(folder):
        return Product(await child.start(command), log)
