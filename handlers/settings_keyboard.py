"""The buttons of /settings: one row a setting, the chosen one between dots."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import SettingPress
from handlers.i18n import Texts
from services.assistant.read_settings import PersonalSettings
from services.domain.language import Language
from services.domain.member import StreamTransport, VoiceReplies

_LANGUAGES = {Language.RUSSIAN: "Русский", Language.ENGLISH: "English"}


def settings_keyboard(own: PersonalSettings, language: Language, texts: Texts) -> InlineKeyboardMarkup:
    transports = {
        StreamTransport.EDIT: texts("settings.transport_edit"),
        StreamTransport.DRAFT: texts("settings.transport_draft"),
    }
    voices = {
        VoiceReplies.OFF: texts("settings.voice_off"),
        VoiceReplies.TO_VOICE: texts("settings.voice_to_voice"),
        VoiceReplies.ALWAYS: texts("settings.voice_always"),
    }
    member = own.member
    rows = [
        [_choice(name, SettingPress(language=one), chosen=one is language) for one, name in _LANGUAGES.items()],
        [
            _choice(name, SettingPress(transport=one), chosen=one is member.stream_transport)
            for one, name in transports.items()
        ],
    ]
    if own.offers_voice:
        rows.append(
            [_choice(name, SettingPress(voice=one), chosen=one is member.voice_replies) for one, name in voices.items()]
        )
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _choice(text: str, data: SettingPress, *, chosen: bool) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=f"• {text} •" if chosen else text, callback_data=data.pack())
