"""kill -9 in the middle of a generation: another process goes on, people see one final, the books agree."""

import signal
from pathlib import Path

from services.domain.failpoint import KILLED, FailPoint
from tests.durability.owner import Owner, open_owner, until
from tests.durability.takeover import neighbour, restarted
from tests.e2e.house import is_card


def assert_ledger_is_the_meter(owner: Owner) -> None:
    """Each request of the provider's books has its row, and what the provider counted is what the row says."""
    assert [call.request_id for call in owner.calls] == [f"muza-{row['id']}" for row in owner.ledger]
    for call, row in zip(owner.calls, owner.ledger, strict=True):
        if row["outcome"] == "ok":
            assert (row["tokens_in"], row["tokens_out"]) == (call.tokens_in, call.tokens_out)


def finals(owner: Owner) -> int:
    messages = owner.telegram.state.chats[owner.admin.id].messages.values()
    return sum(is_card(stored.message) for stored in messages)


async def test_an_attempt_killed_in_mid_stream_goes_on_in_the_next_process(tmp_path: Path) -> None:
    async with open_owner(tmp_path, answer_seconds=6) as owner:
        await owner.start()
        await owner.admin.says("/idea слоган для вечернего чая")
        await until(lambda: owner.lives == 1 and bool(owner.calls) and bool(owner.attempt["text"]), "a saved text")
        first_half = owner.attempt["text"]
        owner.model.settings.answer_seconds = 0.5
        assert await restarted(owner) > 0
        await owner.admin.sees(is_card, timeout=60)
        await until(lambda: owner.attempt["delivered_at"] is not None, "the note of the delivery")

        assert finals(owner) == 1
        assert_ledger_is_the_meter(owner)
        lost, paid = owner.ledger
        assert (lost["outcome"], paid["outcome"]) == ("lost", "ok")
        assert lost["usage_estimated"]
        assert lost["tokens_in"] > 0
        assert lost["tokens_out"] > 0
        assert (owner.attempt["lease_token"], owner.attempt["number"]) == (2, 1)
        assert not owner.attempt["text"].startswith(first_half + first_half[:20]), "begun anew, not appended"


async def test_a_stream_that_had_ended_is_delivered_and_not_bought_again(tmp_path: Path) -> None:
    failpoint = FailPoint.TEXT_COMPLETE
    async with open_owner(tmp_path, answer_seconds=0.5) as owner:
        await owner.start(CRASH_AT=failpoint)
        await owner.admin.says("/idea слоган для вечернего чая")
        assert await owner.died() == KILLED
        await owner.start(CRASH_AT=failpoint)
        await owner.admin.sees(is_card, timeout=60)
        await until(lambda: owner.attempt["delivered_at"] is not None, "the note of the delivery")

        assert finals(owner) == 1
        assert len(owner.calls) == 1
        assert_ledger_is_the_meter(owner)
        assert [row["outcome"] for row in owner.ledger] == ["ok"]


async def test_an_owner_that_was_frozen_wakes_up_and_changes_nothing(tmp_path: Path) -> None:
    async with open_owner(tmp_path, answer_seconds=6) as owner:
        await owner.start()
        await owner.admin.says("/idea слоган для вечернего чая")
        await until(lambda: bool(owner.calls) and bool(owner.attempt["text"]), "a saved text")
        assert owner.process is not None
        owner.process.send_signal(signal.SIGSTOP)
        owner.let_the_lease_run_out()
        owner.model.settings.answer_seconds = 0.5
        async with neighbour(owner):
            await owner.admin.sees(is_card, timeout=60)
            await until(lambda: owner.attempt["delivered_at"] is not None, "the note of the delivery")
        settled, shown = owner.attempt, owner.telegram.state.chats[owner.admin.id].messages
        assert [row["outcome"] for row in owner.ledger] == ["lost", "ok"]
        texts = [stored.message.text for stored in shown.values()]

        owner.process.send_signal(signal.SIGCONT)
        await until(lambda: owner.ledger[0]["outcome"] != "lost", "the frozen process to notice")
        # A preview that was on its way when it froze may come over the outcome: then the outcome is drawn once more.
        await until(lambda: owner.attempt["delivered_at"] not in (None, settled["delivered_at"]), "a second look")
        await owner.stops_in_order()
        assert owner.attempt | {"delivered_at": settled["delivered_at"]} == settled
        assert [stored.message.text for stored in shown.values()] == texts
        assert finals(owner) == 1
        assert [call.request_id for call in owner.calls] == [f"muza-{row['id']}" for row in owner.ledger]
