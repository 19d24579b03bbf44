"""/users: the team, roles by button. Requests to join are settled here and on the cards that admins receive."""

from collections.abc import Sequence

from handlers.callbacks import AccessPress, MemberPress, PeoplePress
from handlers.i18n import Texts
from handlers.people_keyboards import member_keyboard, people_keyboard
from handlers.press import Press
from handlers.routing import CommandTable, PressTable
from handlers.sender import MessageSender
from handlers.views.people import member_message, members_message, settled_request_message
from services.assistant.change_member import ChangeMember
from services.assistant.list_members import ListMembers
from services.assistant.settle_access import SettleAccess
from services.domain.chat import ChatAddress
from services.domain.errors import StaleAction
from services.domain.member import Member


def add_commands(commands: CommandTable) -> None:
    commands.add("users", users)


def add_presses(presses: PressTable) -> None:
    presses.add(PeoplePress, turn_page)
    presses.add(MemberPress, open_or_change)
    presses.add(AccessPress, settle)


async def users(
    member: Member, address: ChatAddress, texts: Texts, sender: MessageSender, list_members: ListMembers
) -> None:
    people = await list_members(member)
    await sender.send(address, members_message(people, texts), people_keyboard(people, 0, texts))


async def turn_page(
    press: Press,
    *,
    data: PeoplePress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    list_members: ListMembers,
) -> None:
    people = await list_members(member)
    await sender.edit(address, members_message(people, texts), people_keyboard(people, data.page, texts))


async def open_or_change(
    press: Press,
    *,
    data: MemberPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    list_members: ListMembers,
    change_member: ChangeMember,
) -> None:
    if data.role is not None or data.status is not None:
        person = await change_member(member, data.member_id, role=data.role, status=data.status)
        await press.answer(texts("users.saved"))
    else:
        person = _named(data.member_id, await list_members(member))
    await sender.edit(address, member_message(person, texts), member_keyboard(person, texts))


async def settle(
    press: Press,
    *,
    data: AccessPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    settle_access: SettleAccess,
) -> None:
    person = await settle_access(member, data.member_id, grant=data.grant)
    await press.answer(texts("access.done_granted") if data.grant else texts("access.done_denied"))
    await sender.edit(address, settled_request_message(person, texts))


def _named(member_id: int, people: Sequence[Member]) -> Member:
    found = next((person for person in people if person.id == member_id), None)
    if found is None:
        raise StaleAction(f"no member {member_id}", state="unknown")
    return found
