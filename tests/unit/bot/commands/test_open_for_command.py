"""A command beside a running Muza obeys the kill switch, too."""

import asyncio
from pathlib import Path

import pytest

from bot.commands.open_for_command import open_for_command
from bot.settings import Settings
from services.domain.errors import GenerationHalted
from services.store.ports_money import EVERYTHING
from tests.fakes.clock import ManualClock


async def test_what_a_command_asks_of_a_model_ends_with_the_kill_switch(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, embedding_model="none", transcription_model="none")
    async with open_for_command(settings) as container:
        async with container.store.transaction() as tx:
            await tx.halts.halt(EVERYTHING, None, ManualClock().now())
        with pytest.raises(GenerationHalted):
            async with asyncio.timeout(20):
                await container.adapters.halts.during(None, asyncio.Event().wait())
        assert len(container.nursery) == 1
    assert len(container.nursery) == 0
