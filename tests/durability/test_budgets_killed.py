"""kill -9 between reserve and settle: what the dead had reserved is free again, what they spent stays counted."""

from pathlib import Path

from services.domain.failpoint import KILLED, FailPoint
from tests.durability.budget_kills import Heir, held_by_calls, measure_releases, reserved
from tests.durability.owner import open_owner, until
from tests.e2e.house import is_card


async def test_the_money_of_a_killed_stream_is_free_again() -> None:
    (release,) = await measure_releases(1, Heir.RESTART)
    assert release.held_microusd > 0


async def test_a_death_before_the_request_left_and_one_before_it_was_settled(tmp_path: Path) -> None:
    async with open_owner(tmp_path, answer_seconds=0.3) as owner:
        await owner.start(CRASH_AT=FailPoint.CALL_RECORDED)
        await owner.admin.says("/idea слоган для вечернего чая")
        assert await owner.died() == KILLED
        assert reserved(owner) == held_by_calls(owner) > 0
        await owner.start(CRASH_AT=FailPoint.STREAM_ENDED)
        assert await owner.died() == KILLED
        await owner.start()
        await owner.admin.sees(is_card, timeout=60)
        await until(lambda: reserved(owner) == held_by_calls(owner) == 0, "nothing held")
        spent = owner.database.rows("SELECT spent_microusd AS n FROM accounts WHERE scope='team' AND period='month'")
        assert [row["outcome"] for row in owner.ledger] == ["lost", "lost", "ok"]
        assert spent == [{"n": sum(row["counted_microusd"] for row in owner.ledger)}]
