"""Nobody but the team is answered; joining takes one tap of an admin."""

from pathlib import Path

from tests.e2e.house import buttons, is_card, open_house


async def test_a_stranger_asks_and_an_admin_lets_them_in(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        await house.admin.starts()
        await house.stranger.starts()
        hello = await house.stranger.sees(lambda m: "join" in str(buttons(m)).lower())
        refused = await house.stranger.says("/idea a slogan please")
        await house.stranger.sees(lambda m: "join" in str(buttons(m)).lower(), after=refused)
        assert house.model.meter.of("chat") == []
        await house.stranger.presses(hello, "join")
        card = await house.admin.sees("Guest", timeout=20)
        await house.admin.presses(card, "Впустить")
        await house.stranger.sees("Welcome", timeout=20)
        brief = await house.stranger.says("/idea a slogan for a quiet evening")
        await house.stranger.sees(is_card, after=brief, timeout=20)


async def test_a_private_draft_travels_to_the_approver_and_back(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        await house.approver.starts()
        brief = await house.writer.says("/idea слоган для осени")
        mine = await house.writer.sees(is_card, after=brief, timeout=20)
        await house.writer.presses(mine, "согласование")
        theirs = await house.approver.sees(is_card, timeout=20)
        await house.approver.presses(theirs, "Approve")
        await house.approver.sees("Approved by Lev", timeout=10)
        await house.writer.sees("Решение: Lev", timeout=20)
