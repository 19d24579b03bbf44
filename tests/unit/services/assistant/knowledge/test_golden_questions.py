"""From a thumb under an answer to a golden question."""

import pytest

from services.assistant.knowledge.keep_question import KeepQuestion
from services.assistant.knowledge.mark_answer import MarkAnswer
from services.assistant.knowledge.offer_question import MOST_OFFERED, OfferQuestion
from services.assistant.start_generation import StartGeneration
from services.domain.answer_mark import AnswerMark
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind
from services.domain.errors import NotAllowed, StaleAction
from services.domain.generation import Generation, GenerationState
from services.domain.idea import Draft
from services.domain.knowledge import Document, Passage
from services.domain.language import Language
from services.queue.ports import JobName
from services.store.ports_searches import FoundPassage, SearchRecord
from tests.unit.services.assistant.conftest import Team

QUESTION = "Сколько стоит плед?"


async def answered(team: Team) -> Generation:
    address = ChatAddress(team.chat.id, None, 10)
    start = StartGeneration(team.store, team.runner)
    asked = await start(
        team.writer, team.chat, address, f"type:markdown {QUESTION}", task=Task.ASK, language=Language.RUSSIAN
    )
    return await team.writes(asked, 1010, Draft(answer="Не знаю."), GenerationState.ANSWERED)


async def documents(team: Team, *titles: str) -> list[Document]:
    project = team.project.id
    written = []
    async with team.store.transaction() as tx:
        for title in titles:
            document = Document(0, project, f"{title}.md", title, "document", Language.RUSSIAN, title)
            blank = Passage("", 0, project, 0, "", title, Language.RUSSIAN, 0, len(title), "", "")
            written.append(await tx.documents.put(document, [blank]))
    return written


async def test_administrators_hear_of_the_first_bad_mark(team: Team) -> None:
    answer = await answered(team)
    mark = MarkAnswer(team.store, team.jobs)
    here = ChatAddress(team.chat.id, None, 1010)
    assert await mark(team.writer, answer.id, AnswerMark.GOOD, here)
    assert team.jobs.enqueued_names == []
    assert await mark(team.writer, answer.id, AnswerMark.BAD, here)
    assert not await mark(team.writer, answer.id, AnswerMark.BAD, here)
    assert team.jobs.enqueued_names == [JobName.DRAIN_DELIVERIES]
    async with team.store.transaction() as tx:
        assert await tx.answer_marks.of_generation(answer.id) == {team.writer.id: AnswerMark.BAD}
        (told,) = await tx.deliveries.claim_due(team.clock.now())
    assert (told.kind, told.address.chat_id) == (DeliveryKind.ANSWER_MARKED, team.admin.telegram_id)
    assert told.payload == {"generation_id": answer.id, "name": team.writer.name}


async def test_only_answers_are_marked_and_only_where_they_are_shown(team: Team) -> None:
    mark, ideas, answer = MarkAnswer(team.store, team.jobs), await team.has_draft(20), await answered(team)
    with pytest.raises(StaleAction):
        await mark(team.writer, ideas.id, AnswerMark.BAD, ChatAddress(team.chat.id, None, 1020))
    with pytest.raises(StaleAction):
        await mark(team.writer, answer.id, AnswerMark.BAD, ChatAddress(team.group.id, None, 1))


async def test_documents_that_were_found_are_offered_before_those_of_like_names(team: Team) -> None:
    answer = await answered(team)
    like, found, _ = await documents(team, "Пледы", "Доставка", "Голос")
    async with team.store.transaction() as tx:
        record = SearchRecord(team.project.id, QUESTION, (FoundPassage(f"{found.id}:1:0", 1.0, {}),), 5, answer.id)
        await tx.searches.add(record)
    offer = await OfferQuestion(team.store)(team.admin, answer.id)
    assert (offer.question, [one.title for one in offer.documents]) == (QUESTION, ["Доставка", "Пледы"])
    await documents(team, *(f"плед {number}" for number in range(MOST_OFFERED + 2)))
    assert len((await OfferQuestion(team.store)(team.admin, answer.id)).documents) == MOST_OFFERED
    assert like.id


async def test_the_question_is_kept_with_what_the_administrator_ticked(team: Team) -> None:
    answer = await answered(team)
    await documents(team, "Плед", "Плед и подушка")
    offer = await OfferQuestion(team.store)(team.admin, answer.id)
    keep = KeepQuestion(team.store)
    known = await keep(team.admin, answer.id, [1], offer.check)
    assert (known.question, known.relevant) == (QUESTION, (offer.documents[1].source,))
    await keep(team.admin, answer.id, [], offer.check)
    async with team.store.reading() as tx:
        (kept,) = await tx.known_questions.list(team.project.id)
        assert await tx.known_questions.list(team.project.id + 1) == []
    assert (kept.relevant, kept.member_id, kept.generation_id) == ((), team.admin.id, answer.id)


async def test_a_choice_from_a_list_that_has_changed_is_void(team: Team) -> None:
    answer = await answered(team)
    await documents(team, "Плед")
    offer = await OfferQuestion(team.store)(team.admin, answer.id)
    await documents(team, "Второй плед")
    with pytest.raises(StaleAction):
        await KeepQuestion(team.store)(team.admin, answer.id, [0], offer.check)
    with pytest.raises(StaleAction):
        await KeepQuestion(team.store)(team.admin, answer.id, [7], (await _fresh(team, answer)))


async def _fresh(team: Team, answer: Generation) -> int:
    return (await OfferQuestion(team.store)(team.admin, answer.id)).check


async def test_golden_questions_are_made_by_administrators(team: Team) -> None:
    answer = await answered(team)
    with pytest.raises(NotAllowed):
        await OfferQuestion(team.store)(team.approver, answer.id)
    with pytest.raises(NotAllowed):
        await KeepQuestion(team.store)(team.writer, answer.id, [], 0)
    with pytest.raises(StaleAction):
        await OfferQuestion(team.store)(team.admin, answer.id + 99)
