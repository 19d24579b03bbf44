"""Keyboards of /users: the list by pages, and one person's roles."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import MemberPress, PeoplePress
from handlers.i18n import Texts
from handlers.keyboards import DANGER, SUCCESS, access_keyboard
from handlers.views.people import ROLES, member_line
from services.domain.member import Member, MemberStatus

PAGE = 8
Rows = list[list[InlineKeyboardButton]]


def people_keyboard(members: Sequence[Member], page: int, texts: Texts) -> InlineKeyboardMarkup:
    last = max(0, (len(members) - 1) // PAGE)
    page = min(page, last)
    rows: Rows = [
        [
            InlineKeyboardButton(
                text=member_line(member, texts)[:60], callback_data=MemberPress(member_id=member.id).pack()
            )
        ]
        for member in members[page * PAGE : (page + 1) * PAGE]
    ]
    if last:
        turns = {"◀": (page - 1) % (last + 1), "▶": (page + 1) % (last + 1)}
        rows.append([InlineKeyboardButton(text=s, callback_data=PeoplePress(page=p).pack()) for s, p in turns.items()])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def member_keyboard(member: Member, texts: Texts) -> InlineKeyboardMarkup:
    rows: Rows = []
    if member.status is MemberStatus.REQUESTED:
        rows += access_keyboard(member.id, texts).inline_keyboard
    elif member.status is MemberStatus.BLOCKED:
        data = MemberPress(member_id=member.id, status=MemberStatus.ACTIVE)
        rows.append([InlineKeyboardButton(text=texts("button.unblock"), callback_data=data.pack(), style=SUCCESS)])
    else:
        rows.append(
            [
                InlineKeyboardButton(text=texts(key), callback_data=MemberPress(member_id=member.id, role=role).pack())
                for role, key in ROLES.items()
                if role is not member.role
            ]
        )
        data = MemberPress(member_id=member.id, status=MemberStatus.BLOCKED)
        rows.append([InlineKeyboardButton(text=texts("button.block"), callback_data=data.pack(), style=DANGER)])
    rows.append([InlineKeyboardButton(text=texts("button.to_list"), callback_data=PeoplePress().pack())])
    return InlineKeyboardMarkup(inline_keyboard=rows)
