"""`muza webhooks` as an operator starts it, called by an emulated Telegram."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.settings import child_environment
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.server import running
from tests.emulators.telegram.waiting import text_of

ROOT = Path(__file__).parents[4]
ADMIN = 7001
PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@asynccontextmanager
async def muza_webhooks(folder: Path, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    settings = {
        "EMBEDDING_MODEL": "none",
        "ADMIN_IDS": str(ADMIN),
        "DATA_DIR": str(folder),
        "WEBHOOK_SECRET": "a-secret-for-tests",
        **environment,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "webhooks"),
        cwd=ROOT,
        env=child_environment(settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def test_telegram_calls_and_is_answered_also_after_a_kill(tmp_path: Path) -> None:
    telegram, port = TelegramEmulator(seed=1), free_port()
    admin = telegram.add_person("Марина", language_code="ru", user_id=ADMIN)
    async with running(telegram) as server:
        environment = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_BASE": server.base_url,
            "WEBHOOK_URL": f"http://127.0.0.1:{port}",
            "WEBHOOK_PORT": str(port),
        }
        async with muza_webhooks(tmp_path, **environment) as process:
            await admin.says("/help")
            await admin.sees(lambda m: "/idea" in text_of(m), timeout=PATIENCE_SECONDS)
            process.kill()
            await process.communicate()
        await admin.says("/settings")  # nobody is there: Telegram keeps it and tries again
        async with muza_webhooks(tmp_path, **environment) as process:
            await admin.sees(lambda m: "/idea" not in text_of(m), timeout=PATIENCE_SECONDS)
            process.send_signal(signal.SIGTERM)
            output, _ = await asyncio.wait_for(process.communicate(), 40)
    assert process.returncode == 0, output.decode()
    assert telegram.token not in output.decode()
