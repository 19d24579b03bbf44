"""Members, roles and requests to join."""

from collections.abc import Sequence

from aiogram.types import MessageEntity, User

from handlers.i18n import Texts, mark
from handlers.views.formatted import Composer, Formatted, Style, clean, plain, utf16_length
from handlers.views.message import RenderedMessage
from services.domain.member import Member, MemberStatus, Role

ROLES = {Role.MEMBER: mark("role.member"), Role.APPROVER: mark("role.approver"), Role.ADMIN: mark("role.admin")}
_SIGNS = {MemberStatus.REQUESTED: "🙋", MemberStatus.BLOCKED: "🚫"}


def person(name: str, username: str | None) -> str:
    return f"{name} (@{username})" if username else name


def addressed(member: Member, text: str, *, in_private: bool) -> RenderedMessage:
    """Words for one person: in a group they are named, so that only their reply field opens."""
    if in_private:
        return RenderedMessage(plain(text))
    name = Formatted(
        clean(member.name),
        (
            MessageEntity(
                type="text_mention",
                offset=0,
                length=utf16_length(clean(member.name)),
                user=User(id=member.telegram_id, is_bot=False, first_name=member.name),
            ),
        ),
    )
    return RenderedMessage(Composer().add(name).write(f", {text[:1].lower()}{text[1:]}").build())


def role_name(role: Role, texts: Texts) -> str:
    return texts(ROLES[role])


def member_line(member: Member, texts: Texts) -> str:
    if member.status is MemberStatus.ACTIVE:
        return f"{member.name}: {role_name(member.role, texts)}"
    return f"{_SIGNS[member.status]} {member.name}"


def members_message(members: Sequence[Member], texts: Texts) -> RenderedMessage:
    requests = sum(member.status is MemberStatus.REQUESTED for member in members)
    composer = Composer().line(texts("users.title"), Style.BOLD)
    composer.write(texts.plural("users.count", len(members) - requests))
    if requests:
        composer.write("\n").write(texts.plural("users.requests", requests))
    return RenderedMessage(composer.write("\n\n").write(texts("users.hint")).build())


def member_message(member: Member, texts: Texts) -> RenderedMessage:
    composer = Composer().line(person(member.name, member.username), Style.BOLD)
    if member.status is MemberStatus.REQUESTED:
        composer.write(texts("users.requested"))
    elif member.status is MemberStatus.BLOCKED:
        composer.write(texts("users.blocked"))
    else:
        composer.write(texts("users.role", role=role_name(member.role, texts)))
    return RenderedMessage(composer.build())


def access_request_message(name: str, username: str | None, texts: Texts) -> RenderedMessage:
    composer = Composer().write("🙋 ").write(texts("access.request"), Style.BOLD).write("\n")
    return RenderedMessage(composer.write(person(name, username)).build())


def settled_request_message(member: Member, texts: Texts) -> RenderedMessage:
    granted = member.status is MemberStatus.ACTIVE
    key = mark("access.settled_granted") if granted else mark("access.settled_denied")
    return RenderedMessage(Composer().write(texts(key, name=person(member.name, member.username))).build())
