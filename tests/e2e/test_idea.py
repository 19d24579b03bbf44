"""The main job, through the eyes of the people who do it."""

from pathlib import Path

from tests.e2e.house import open_house


async def test_idea_from_brief_to_approval(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        await house.writer.says("/idea слоган для вечернего чая", chat=house.group)
        final = await house.approver.sees("Демо-автор", chat=house.group)
        answer = await house.approver.presses(final, "Утвердить")
        approved = await house.writer.sees("Lev", chat=house.group, after=final)
        print(final, answer, approved)
