"""How long a process that was killed between reserve and settle goes on holding its money."""

import asyncio
import random
import sqlite3
import tempfile
import time
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.durability.owner import Owner, open_owner, until
from tests.durability.takeover import LONGER_THAN_ANY_TAKEOVER, neighbour

DEAD = "elsewhere/1.1@another#1"
"""A name of another machine: nobody here can know whether it lives."""


class Heir(StrEnum):
    RESTART = "a restart"
    """A new process on the same machine, started at the moment of the kill."""
    ELSEWHERE = "a lease that ran out"
    """A process that runs already, on another machine."""
    NOBODY = "a sweep"
    """The call belongs to no attempt and no recording, as that of a voice: it is only known whose it was."""


@dataclass(frozen=True, slots=True)
class Release:
    seconds: float
    """From the kill until the call was settled and its reservation was gone."""
    held_microusd: int


async def measure_releases(times: int, heir: Heir, *, seed: int = 1) -> list[Release]:
    """Each of `times` kills -9 is in a life of its own: a fresh database, a person's request, a bot in mid-stream."""
    chance, releases = random.Random(seed), []
    for _ in range(times):
        with tempfile.TemporaryDirectory(prefix="muza-budgets-") as folder:
            async with open_owner(Path(folder), answer_seconds=LONGER_THAN_ANY_TAKEOVER) as owner:
                releases.append(await _one(owner, heir, chance))
    return releases


async def _one(owner: Owner, heir: Heir, chance: random.Random) -> Release:
    await owner.start()
    await owner.admin.says("/idea слоган для вечернего чая")
    await owner.is_writing(1)
    await asyncio.sleep(chance.uniform(0, 3))
    held = reserved(owner)
    assert held > 0, "nothing was reserved"
    await asyncio.to_thread(_disguise, owner, heir)
    async with AsyncExitStack() as stack:
        if heir is Heir.ELSEWHERE:
            await stack.enter_async_context(neighbour(owner))
        killed_at = await owner.kill()
        if heir is not Heir.ELSEWHERE:
            await owner.start()
        await until(lambda: owner.ledger[0]["outcome"] != "started", "the release")
        seconds = time.monotonic() - killed_at
        await until(lambda: held_by_calls(owner) == reserved(owner), "accounts that agree with the calls")
    (dead, *_) = owner.ledger
    assert dead["reserved_microusd"] is None
    assert 0 < dead["counted_microusd"] <= held, (held, dead)
    return Release(seconds, held)


def reserved(owner: Owner) -> int:
    """By the widest account."""
    query = "SELECT reserved_microusd AS n FROM accounts WHERE scope = 'team' AND period = 'month'"
    return sum(int(row["n"]) for row in owner.database.rows(query))


def held_by_calls(owner: Owner) -> int:
    return sum(row["reserved_microusd"] or 0 for row in owner.ledger)


def _disguise(owner: Owner, heir: Heir) -> None:
    change = {
        Heir.RESTART: (),
        Heir.ELSEWHERE: ("UPDATE generations SET lease_owner = :dead", "UPDATE model_calls SET owner = :dead"),
        Heir.NOBODY: ("UPDATE model_calls SET generation_id = NULL, lease_token = NULL",),
    }[heir]
    with closing(sqlite3.connect(owner.folder / "muza.db", timeout=10)) as connection, connection:
        for statement in change:
            connection.execute(statement, {"dead": DEAD})
