import pytest

from services.assistant.change_member import ChangeMember
from services.assistant.list_members import ListMembers
from services.assistant.recognize_chat import RecognizeChat
from services.assistant.recognize_member import RecognizeMember
from services.assistant.request_access import RequestAccess
from services.assistant.settle_access import SettleAccess
from services.domain.chat import ChatKind
from services.domain.delivery import DeliveryKind
from services.domain.errors import NotAllowed, QueueUnavailable, StaleAction
from services.domain.member import MemberStatus, Role
from services.queue.ports import JobName
from tests.unit.services.assistant.conftest import Team


async def test_a_stranger_is_nobody(team: Team) -> None:
    assert await RecognizeMember(team.store, ())(404, "Guest", None) is None


async def test_people_of_admin_ids_are_admins_from_the_first_word(team: Team) -> None:
    member = await RecognizeMember(team.store, (77,))(77, "Boss", "boss")
    assert member is not None
    assert member.may_administer


async def test_a_blocked_person_named_in_admin_ids_is_an_admin_again(team: Team) -> None:
    async with team.store.transaction() as tx:
        await tx.members.add(78, "Ex", None, role=Role.MEMBER, status=MemberStatus.BLOCKED)
    member = await RecognizeMember(team.store, (78,))(78, "Ex", None)
    assert member is not None
    assert member.may_administer


async def test_a_new_name_is_learnt(team: Team) -> None:
    member = await RecognizeMember(team.store, ())(team.writer.telegram_id, "Анна К.", "anna")
    assert member is not None
    assert (member.name, member.username) == ("Анна К.", "anna")


async def test_a_request_reaches_every_admin_once_and_a_grant_reaches_the_person(team: Team) -> None:
    request = RequestAccess(team.store, team.jobs)
    asked = await request(500, "Guest", None)
    await request(500, "Guest", None)
    async with team.store.transaction() as tx:
        (card,) = await tx.deliveries.claim_due(team.clock.now())
    assert (card.kind, card.address.chat_id) == (DeliveryKind.ACCESS_REQUEST, team.admin.telegram_id)
    settled = await SettleAccess(team.store, team.jobs)(team.admin, asked.id, grant=True)
    assert settled.is_active
    assert JobName.DRAIN_DELIVERIES in team.jobs.enqueued_names
    with pytest.raises(StaleAction):
        await SettleAccess(team.store, team.jobs)(team.admin, asked.id, grant=False)


async def test_only_admins_settle_list_and_change(team: Team) -> None:
    with pytest.raises(NotAllowed):
        await SettleAccess(team.store, team.jobs)(team.approver, 1, grant=True)
    with pytest.raises(NotAllowed):
        await ListMembers(team.store)(team.approver)
    with pytest.raises(NotAllowed):
        await ChangeMember(team.store, ())(team.writer, team.approver.id, role=Role.MEMBER)


async def test_an_admin_cannot_lock_themselves_out_nor_those_of_the_settings(team: Team) -> None:
    change = ChangeMember(team.store, (team.approver.telegram_id,))
    with pytest.raises(NotAllowed):
        await change(team.admin, team.admin.id, role=Role.MEMBER)
    with pytest.raises(NotAllowed):
        await change(team.admin, team.approver.id, status=MemberStatus.BLOCKED)
    changed = await change(team.admin, team.writer.id, role=Role.APPROVER)
    assert changed.may_approve


async def test_requests_come_first_in_the_list(team: Team) -> None:
    await RequestAccess(team.store, team.jobs)(500, "Ярослав", None)
    names = [member.name for member in await ListMembers(team.store)(team.admin)]
    assert names[0] == "Ярослав"


async def test_a_request_survives_a_queue_that_is_away(team: Team) -> None:
    team.jobs.fail_with = QueueUnavailable()
    member = await RequestAccess(team.store, team.jobs)(501, "Guest", None)
    assert member.status is MemberStatus.REQUESTED


async def test_a_new_chat_belongs_to_the_default_project(team: Team) -> None:
    chat = await RecognizeChat(team.store, "quiet-hour")(-5, ChatKind.GROUP, "Новая")
    assert chat.project_id == team.project.id
    renamed = await RecognizeChat(team.store, None)(-5, ChatKind.SUPERGROUP, "Переехала")
    assert (renamed.title, renamed.kind, renamed.project_id) == ("Переехала", ChatKind.SUPERGROUP, team.project.id)


async def test_a_default_project_that_is_not_there_does_not_keep_anybody_out(team: Team) -> None:
    chat = await RecognizeChat(team.store, "no-such-brand")(-6, ChatKind.GROUP, "Новая")
    assert chat.project_id == team.project.id
