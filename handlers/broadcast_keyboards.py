"""Keyboards of an announcement: to whom, send or not, stop."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import AudiencePress, BroadcastPress, BroadcastStep
from handlers.i18n import Texts
from handlers.keyboards import DANGER, SUCCESS
from handlers.views.broadcast import AUDIENCES
from services.assistant.broadcast_drafts import Proposal


def proposal_keyboard(proposal: Proposal, texts: Texts) -> InlineKeyboardMarkup:
    broadcast = proposal.broadcast
    audiences = []
    for audience, name in AUDIENCES.items():
        label = f"{texts(name)}: {proposal.sizes[audience]}"
        data = AudiencePress(broadcast_id=broadcast.id, audience=audience)
        audiences.append(_button(f"• {label} •" if audience is broadcast.audience else label, data))
    send = _step(broadcast.id, BroadcastStep.SEND, texts("button.broadcast_send"), SUCCESS)
    cancel = _step(broadcast.id, BroadcastStep.CANCEL, texts("button.broadcast_cancel"))
    can_send = proposal.sizes[broadcast.audience] > 0
    return InlineKeyboardMarkup(inline_keyboard=[audiences, [send, cancel] if can_send else [cancel]])


def stop_keyboard(broadcast_id: int, texts: Texts) -> InlineKeyboardMarkup:
    stop = _step(broadcast_id, BroadcastStep.STOP, texts("button.stop"), DANGER)
    return InlineKeyboardMarkup(inline_keyboard=[[stop]])


def _step(broadcast_id: int, step: BroadcastStep, text: str, style: str | None = None) -> InlineKeyboardButton:
    return _button(text, BroadcastPress(broadcast_id=broadcast_id, step=step), style)


def _button(text: str, data: AudiencePress | BroadcastPress, style: str | None = None) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)
