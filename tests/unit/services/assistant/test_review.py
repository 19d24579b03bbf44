import asyncio
from collections.abc import Awaitable

import pytest

from services.assistant.decide_review import DecideReview
from services.assistant.refine_draft import RefineDraft
from services.assistant.refresh_card import CardInMessage
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.show_attempt import ShowAttempt
from services.assistant.submit_for_review import SubmitForReview
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind
from services.domain.errors import NotAllowed, NothingToDo, StaleAction
from services.domain.generation import Chip, Generation, GenerationState
from services.domain.member import MemberStatus, Role
from services.domain.review import Verdict
from tests.unit.services.assistant.conftest import Team


def shown(generation: Generation) -> ChatAddress:
    assert generation.placeholder is not None
    return generation.placeholder


async def decide(team: Team, generation: Generation, verdict: Verdict = Verdict.APPROVED) -> GenerationState:
    use_case = DecideReview(team.store, team.jobs)
    card = await use_case(team.approver, generation.id, generation.version, shown(generation), verdict)
    return card.generation.state


async def test_an_approver_approves_the_version_on_the_screen(team: Team) -> None:
    generation = await team.has_draft()
    use_case = DecideReview(team.store, team.jobs)
    card = await use_case(team.approver, generation.id, generation.version, shown(generation), Verdict.APPROVED)
    assert card.generation.state is GenerationState.APPROVED
    assert card.decided_by == "Lev"
    async with team.store.reading() as tx:
        (review,) = await tx.reviews.of_generation(generation.id)
    assert (review.member_id, review.generation_version) == (team.approver.id, generation.version)


async def test_a_writer_may_not_approve(team: Team) -> None:
    generation = await team.has_draft()
    with pytest.raises(NotAllowed):
        await DecideReview(team.store, team.jobs)(
            team.writer, generation.id, generation.version, shown(generation), Verdict.APPROVED
        )
    assert (await team.reload(generation)).state is GenerationState.IN_REVIEW


async def test_the_second_press_says_who_decided(team: Team) -> None:
    generation = await team.has_draft()
    await decide(team, generation)
    with pytest.raises(StaleAction) as stale:
        await decide(team, generation)
    assert stale.value.facts == {"state": "approved", "decided_by": "Lev", "yours": 1}


async def test_forty_simultaneous_presses_make_one_decision(team: Team) -> None:
    generation = await team.has_draft()
    results = await asyncio.gather(*(decide(team, generation) for _ in range(40)), return_exceptions=True)
    assert results.count(GenerationState.APPROVED) == 1
    assert sum(isinstance(result, StaleAction) for result in results) == 39
    async with team.store.reading() as tx:
        assert len(await tx.reviews.of_generation(generation.id)) == 1


async def test_a_press_with_an_older_version_changes_nothing(team: Team) -> None:
    generation = await team.has_draft()
    with pytest.raises(StaleAction):
        await DecideReview(team.store, team.jobs)(
            team.approver, generation.id, generation.version - 1, shown(generation), Verdict.APPROVED
        )
    assert (await team.reload(generation)).state is GenerationState.IN_REVIEW


async def test_a_press_from_a_chat_that_never_saw_the_draft_is_refused(team: Team) -> None:
    generation = await team.has_draft()
    with pytest.raises(StaleAction):
        await DecideReview(team.store, team.jobs)(
            team.approver, generation.id, generation.version, ChatAddress(-777, None, 5), Verdict.APPROVED
        )
    assert (await team.reload(generation)).state is GenerationState.IN_REVIEW


async def test_an_unknown_draft_is_stale(team: Team) -> None:
    with pytest.raises(StaleAction):
        await DecideReview(team.store, team.jobs)(
            team.approver, 999_999, 1, ChatAddress(team.chat.id, None, 5), Verdict.APPROVED
        )


async def test_regenerate_starts_a_child_with_its_reason_in_the_same_message(team: Team) -> None:
    parent = await team.has_draft()
    use_case = RegenerateDraft(team.store, team.runner)
    child = await use_case(team.writer, parent.id, parent.version, shown(parent), chip=Chip.SHORTER)
    assert (child.number, child.parent_id, child.chip) == (2, parent.id, Chip.SHORTER)
    assert child.placeholder == shown(parent)
    assert team.runner.woken[-1] == child.id
    assert (await team.reload(parent)).state is GenerationState.CHANGES_REQUESTED


async def test_a_doubled_regenerate_starts_one_child(team: Team) -> None:
    parent = await team.has_draft()
    use_case = RegenerateDraft(team.store, team.runner)
    presses = [use_case(team.writer, parent.id, parent.version, shown(parent)) for _ in range(10)]
    results = await asyncio.gather(*presses, return_exceptions=True)
    assert sum(isinstance(result, Generation) for result in results) == 1
    async with team.store.reading() as tx:
        assert len(await tx.generations.attempts(parent.brief_id)) == 2


async def test_nothing_is_regenerated_after_approval(team: Team) -> None:
    generation = await team.has_draft()
    await decide(team, generation)
    with pytest.raises(StaleAction) as stale:
        await RegenerateDraft(team.store, team.runner)(
            team.writer, generation.id, generation.version, shown(generation)
        )
    assert stale.value.facts["state"] == "approved"


async def test_a_reply_refines_the_attempt_its_message_shows(team: Team) -> None:
    parent = await team.has_draft()
    words = ChatAddress(team.chat.id, None, 55)
    use_case = RefineDraft(team.store, team.runner)
    child = await use_case(team.writer, shown(parent), words, "короче и без глаголов")
    assert child is not None
    assert (child.parent_id, child.instruction, child.reply_to) == (parent.id, "короче и без глаголов", words)
    assert child.placeholder is None, "a refinement is shown under the person's words"
    again = await use_case(team.writer, shown(parent), words, "короче и без глаголов")
    assert again is not None
    assert again.id == child.id


async def test_a_reply_to_an_ordinary_message_is_not_a_refinement(team: Team) -> None:
    await team.has_draft()
    target, words = ChatAddress(team.chat.id, None, 7), ChatAddress(team.chat.id, None, 55)
    assert await RefineDraft(team.store, team.runner)(team.writer, target, words, "короче") is None


async def test_an_older_attempt_can_be_opened_and_approved(team: Team) -> None:
    first = await team.has_draft()
    second = await RegenerateDraft(team.store, team.runner)(team.writer, first.id, first.version, shown(first))
    await team.writes(second, shown_in=shown(first).message_id or 0)
    card = await ShowAttempt(team.store)(team.approver, first.id, shown(first))
    assert card.attempts == (first.id, second.id)
    await DecideReview(team.store, team.jobs)(
        team.approver, first.id, card.generation.version, shown(first), Verdict.APPROVED
    )
    assert (await team.reload(first)).state is GenerationState.APPROVED
    assert (await team.reload(second)).state is GenerationState.SUPERSEDED


async def test_a_reply_refines_the_page_that_is_open(team: Team) -> None:
    first = await team.has_draft()
    second = await RegenerateDraft(team.store, team.runner)(team.writer, first.id, first.version, shown(first))
    await team.writes(second, shown_in=shown(first).message_id or 0)
    await ShowAttempt(team.store)(team.writer, first.id, shown(first))
    words = ChatAddress(team.chat.id, None, 77)
    child = await RefineDraft(team.store, team.runner)(team.writer, shown(first), words, "теплее")
    assert child is not None
    assert child.parent_id == first.id


async def test_a_private_draft_goes_to_every_approver_once(team: Team) -> None:
    generation = await team.has_draft()
    submit = SubmitForReview(team.store, team.jobs)
    assert await submit(team.writer, generation.id, generation.version, shown(generation)) == 2
    assert await submit(team.writer, generation.id, generation.version, shown(generation)) == 2
    async with team.store.transaction() as tx:
        due = await tx.deliveries.claim_due(team.clock.now())
    assert {delivery.address.chat_id for delivery in due} == {team.admin.telegram_id, team.approver.telegram_id}
    assert {delivery.kind for delivery in due} == {DeliveryKind.REVIEW_CARD}


async def test_the_author_hears_of_a_decision_made_elsewhere(team: Team) -> None:
    generation = await team.has_draft()
    desk_of_approver = ChatAddress(team.approver.telegram_id, None, 400)
    await DecideReview(team.store, team.jobs)(
        team.approver, generation.id, generation.version, desk_of_approver, Verdict.REJECTED
    )
    async with team.store.transaction() as tx:
        (note,) = await tx.deliveries.claim_due(team.clock.now())
    assert (note.kind, note.address.chat_id) == (DeliveryKind.DRAFT_DECIDED, team.writer.telegram_id)
    assert note.payload["verdict"] == "rejected"


async def test_without_approvers_there_is_nobody_to_send_to(team: Team) -> None:
    generation = await team.has_draft()
    async with team.store.transaction() as tx:
        await tx.members.change(team.admin.id, status=MemberStatus.BLOCKED)
        await tx.members.change(team.approver.id, role=Role.MEMBER)
    with pytest.raises(NothingToDo):
        await SubmitForReview(team.store, team.jobs)(team.writer, generation.id, generation.version, shown(generation))


async def test_two_hundred_presses_at_once_are_one_transition_and_an_answer_each(team: Team) -> None:
    """Approve, reject and regenerate, by two people with the right and one without, all on the version they see."""
    generation = await team.has_draft()
    decide_, again = DecideReview(team.store, team.jobs), RegenerateDraft(team.store, team.runner)
    pressed = (generation.id, generation.version, shown(generation))
    presses: list[Awaitable[object]] = []
    for number in range(200):
        person = (team.approver, team.admin, team.writer)[number % 3]
        match number % 4:
            case 0 | 1:
                presses.append(decide_(person, *pressed, Verdict.APPROVED))
            case 2:
                presses.append(decide_(person, *pressed, Verdict.REJECTED))
            case _:
                presses.append(again(person, *pressed))
    results = await asyncio.gather(*presses, return_exceptions=True)
    refused = [result for result in results if isinstance(result, StaleAction | NotAllowed)]
    assert len(results) - len(refused) == 1
    assert len(refused) == 199, "everybody hears something"
    after = await team.reload(generation)
    assert after.version == generation.version + 1
    async with team.store.reading() as tx:
        (review,) = await tx.reviews.of_generation(generation.id)
        assert len(await tx.generations.attempts(generation.brief_id)) <= 2
    assert (review.verdict.value, review.generation_version) == (after.state.value, generation.version)


async def test_a_decision_made_under_a_copy_shows_in_the_draft_s_own_message(team: Team) -> None:
    generation = await team.has_draft(chat=team.group)
    copy = ChatAddress(team.approver.telegram_id, None, 400)
    await DecideReview(team.store, team.jobs)(team.approver, generation.id, generation.version, copy, Verdict.APPROVED)
    async with team.store.transaction() as tx:
        due = await tx.deliveries.claim_due(team.clock.now())
    edits = [one for one in due if one.kind is DeliveryKind.CARD_CHANGED]
    assert [one.address for one in edits] == [shown(generation)]
    card = await CardInMessage(team.store)(shown(generation), generation.id)
    assert card is not None
    assert (card.generation.state, card.decided_by) == (GenerationState.APPROVED, "Lev")


async def test_a_decision_in_words_is_shown_for_certain(team: Team) -> None:
    """The words were sent, not pressed: nothing would bring the card up to date after a crash."""
    generation = await team.has_draft()
    await DecideReview(team.store, team.jobs)(
        team.approver, generation.id, generation.version, shown(generation), Verdict.REJECTED, "скучно"
    )
    async with team.store.transaction() as tx:
        due = await tx.deliveries.claim_due(team.clock.now())
    assert [one.address for one in due if one.kind is DeliveryKind.CARD_CHANGED] == [shown(generation)]
