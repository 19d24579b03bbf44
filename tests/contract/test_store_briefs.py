"""Briefs: their material and their former texts."""

from datetime import timedelta

from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.store.ports import Store
from services.store.ports_work import Revision
from tests.store_rows import NOW, a_brief, a_member, a_project, an_attempt, numbers


async def test_material_is_kept_beside_the_brief(store: Store) -> None:
    member, project = await a_member(store), await a_project(store)
    async with store.transaction() as tx:
        brief, _ = await tx.briefs.add(
            Task.IDEA,
            ChatAddress(next(numbers), None, 5),
            project_id=project.id,
            member_id=member.id,
            text="пост по этому письму",
            language=Language.RUSSIAN,
            material="Письмо клиента",
        )
    async with store.reading() as tx:
        assert await tx.briefs.get(brief.id) == brief
    assert (brief.material, brief.revision) == ("Письмо клиента", 1)


async def test_a_brief_is_found_by_its_message_and_task(store: Store) -> None:
    brief = await a_brief(store)
    chat_id, message_id = brief.address.chat_id, brief.address.message_id or 0
    async with store.reading() as tx:
        assert await tx.briefs.carried_by(Task.IDEA, chat_id, message_id) == brief
        assert await tx.briefs.carried_by(Task.ASK, chat_id, message_id) is None
        assert await tx.briefs.carried_by(Task.IDEA, chat_id, message_id + 1) is None


async def test_former_texts_are_kept_and_attempts_know_which_they_answer(store: Store) -> None:
    brief = await a_brief(store)
    first = await an_attempt(store, brief)
    later = NOW + timedelta(minutes=1)
    async with store.transaction() as tx:
        locked = await tx.briefs.lock(brief.id)
        assert locked is not None
        second = await tx.briefs.revise(locked, "tea", material="a mail", language=Language.ENGLISH, at=NOW)
        third = await tx.briefs.revise(second, "чай и мёд", material=None, language=Language.RUSSIAN, at=later)
        attempt = await tx.generations.add(brief.id, brief.member_id)
    assert (second.text, second.material, second.language, second.revision) == ("tea", "a mail", Language.ENGLISH, 2)
    assert (third.text, third.material, third.revision) == ("чай и мёд", None, 3)
    assert (first.brief_revision, attempt.brief_revision) == (1, 3)
    async with store.reading() as tx:
        assert await tx.briefs.get(brief.id) == third
        assert list(await tx.briefs.revisions(brief.id)) == [Revision(1, "чай", NOW), Revision(2, "tea", later)]
