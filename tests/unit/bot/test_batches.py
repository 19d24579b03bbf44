"""Rounds over batches: whose turn it is, and what one's trouble means to the others."""

from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from bot.batches import BatchRounds
from services.assistant.batches.advance_batch import AdvanceBatch
from services.assistant.batches.heed_halts import HeedHalts
from services.domain.batch import Batch, BatchState, CancelReason
from services.domain.chat import ChatAddress
from services.domain.errors import ModelUnavailable, StoreUnavailable
from services.domain.language import Language


def a_batch(batch_id: int) -> Batch:
    at = ChatAddress(3, None, batch_id)
    return Batch(batch_id, str(batch_id), 1, 1, at, "b.txt", Language.ENGLISH, BatchState.SUBMITTED, 1, 1)


@dataclass
class Desk:
    """Stands for both use cases."""

    batches: list[Batch]
    troubles: dict[int, Exception] = field(default_factory=dict)
    going_on: set[int] = field(default_factory=set)
    stepped: list[int] = field(default_factory=list)
    time: float = 0.0

    async def heed(self) -> list[Batch]:
        return self.batches

    async def advance(self, batch: Batch) -> bool:
        self.stepped.append(batch.id)
        if batch.id in self.troubles:
            raise self.troubles[batch.id]
        return batch.id in self.going_on

    def rounds(self) -> BatchRounds:
        return BatchRounds(
            cast(HeedHalts, self.heed), cast(AdvanceBatch, self.advance), poll_seconds=20.0, monotonic=lambda: self.time
        )

    async def looks(self, rounds: BatchRounds, times: int = 1) -> list[int]:
        self.stepped.clear()
        for _ in range(times):
            await rounds()
        return self.stepped


@pytest.mark.parametrize("trouble", [ModelUnavailable(), RuntimeError("a bug")])
async def test_the_trouble_of_one_is_not_the_trouble_of_the_others(trouble: Exception) -> None:
    desk = Desk([a_batch(1), a_batch(2)], {1: trouble}, going_on={2})
    rounds = desk.rounds()
    assert await desk.looks(rounds, 3) == [1, 2, 2, 2]
    desk.time += 20
    assert await desk.looks(rounds) == [1, 2]


async def test_a_database_that_is_away_ends_the_round() -> None:
    desk = Desk([a_batch(1)], {1: StoreUnavailable()})
    with pytest.raises(StoreUnavailable):
        await desk.rounds()()


async def test_the_provider_is_looked_at_now_and_then_but_a_wish_to_cancel_does_not_wait() -> None:
    desk = Desk([a_batch(1)])
    rounds = desk.rounds()
    assert await desk.looks(rounds, 3) == [1]
    desk.batches = [replace(a_batch(1), cancel_reason=CancelReason.HALTED)]
    assert await desk.looks(rounds, 3) == [1]
    desk.batches = []
    assert not await rounds()
    desk.batches = [a_batch(1)]
    assert await desk.looks(rounds) == [1], "it was not at work meanwhile: it begins anew"
