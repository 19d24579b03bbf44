"""The crowd at work until enough updates have come."""

import asyncio

from tests.durability.pacing import Pace
from tests.durability.player import Player
from tests.durability.repertoire import APPROVERS_WORK, EVERYDAY, Act, Words
from tests.durability.stage import Stage


async def play(
    stage: Stage, updates: int, *, per_second: float, seed: int, shares: dict[Act, float] | None = None
) -> None:
    """Returns when `updates` more have been handed to Telegram; answers may still be on their way."""
    witness, queue = stage.witness, stage.telegram.updates
    goal = len(witness.updates) + updates
    pace = Pace(per_second, lambda: len(witness.updates) >= goal, lambda: len(queue))
    words = Words(seed)
    async with asyncio.TaskGroup() as group:
        for number, person in enumerate(stage.crowd.everybody):
            does = APPROVERS_WORK if person in stage.crowd.approvers and shares is None else shares or EVERYDAY
            player = Player(person, stage.crowd.groups, does, words, seed * 1_000 + number)
            group.create_task(player.play(pace), name=f"player {number}")
