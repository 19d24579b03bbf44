"""kill -9 at random moments of the play."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tests.durability.processes import KeptProcess
from tests.durability.stage import Stage
from tests.durability.waiting import until

GROWN_UP_SECONDS = 1.0
"""A process is not killed before it has lived so long: else a burst of kills hits only its start. Half of the time it
is, for starts must survive too."""


@dataclass
class Killer:
    """`progress()` grows from 0 to 1 over the play; the same seed kills at the same points of it."""

    stage: Stage
    progress: Callable[[], float]
    seed: int
    killed: Counter[str] = field(default_factory=Counter)

    async def hunt(self, victims: dict[str, int]) -> None:
        """`victims`: how many times each. Returns when all are done."""
        chance = random.Random(self.seed)
        plan = sorted(
            (chance.uniform(0.02, 0.98), name, chance.random() < 0.5)
            for name, times in victims.items()
            for _ in range(times)
        )
        for moment, name, may_be_young in plan:
            await until(partial(self.is_past, moment))
            await self._kill(self.stage.crew[name], 0.0 if may_be_young else GROWN_UP_SECONDS)

    def is_past(self, moment: float) -> bool:
        return self.progress() >= moment

    async def _kill(self, victim: KeptProcess, grown_up: float) -> None:
        await until(lambda: victim.lives_for >= grown_up and victim.kill())
        self.killed[victim.name] += 1

    def __str__(self) -> str:
        return ", ".join(f"{name} ×{times}" for name, times in sorted(self.killed.items())) or "no kills"
