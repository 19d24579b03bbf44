"""Processes as their users start them."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.settings import child_environment
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.server import running as model_running
from tests.emulators.openai.settings import PRICES
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.server import running as telegram_running

ROOT = Path(__file__).parents[2]
ADMIN = 7001
WITHOUT_LOCAL_MODELS = {"EMBEDDING_MODEL": "none", "TRANSCRIPTION_MODEL": "none"}


@asynccontextmanager
async def muza(*command: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *command,
        cwd=ROOT,
        env=child_environment({**WITHOUT_LOCAL_MODELS, "ADMIN_IDS": str(ADMIN), **environment}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.communicate(), 40)


async def test_muza_run_answers_and_stops_cleanly(tmp_path: Path) -> None:
    telegram = TelegramEmulator(seed=1)
    admin = telegram.add_person("Марина", language_code="ru", user_id=ADMIN)
    async with telegram_running(telegram) as server, model_running(OpenAIEmulator()) as model:
        environment = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_BASE": server.base_url,
            "OPENAI_BASE_URL": model.base_url,
            "PRICES_FILE": str(PRICES),
            "DATA_DIR": str(tmp_path),
        }
        async with muza("run", **environment) as process:
            await admin.says("/idea слоган для вечернего чая")
            card = await admin.sees(lambda m: bool(m.reply_markup and "✅" in str(m.reply_markup)), timeout=60)
            await admin.presses(card, "Утвердить")
            process.send_signal(signal.SIGTERM)
            output, _ = await asyncio.wait_for(process.communicate(), 40)
        log = output.decode()
        assert process.returncode == 0, log
        assert "вечернего" not in log, "what people write stays out of the log"
        assert telegram.token not in log


async def test_a_token_that_telegram_does_not_know_ends_with_2_and_a_sentence(tmp_path: Path) -> None:
    telegram = TelegramEmulator(seed=1)
    async with telegram_running(telegram) as server:
        environment = {
            "TELEGRAM_BOT_TOKEN": "42:wrong",
            "TELEGRAM_API_BASE": server.base_url,
            "DATA_DIR": str(tmp_path),
        }
        async with muza("run", **environment) as process:
            output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert "BotFather" in output.decode()
    assert "42:wrong" not in output.decode()
