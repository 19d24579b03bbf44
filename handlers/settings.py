"""/settings: one message, its keyboard changed in place."""

from handlers.callbacks import SettingPress
from handlers.i18n import Catalogues, Texts
from handlers.press import Press
from handlers.routing import CommandTable, PressTable
from handlers.sender import MessageSender
from handlers.settings_keyboard import settings_keyboard
from handlers.views.message import RenderedMessage
from handlers.views.message import message as words
from services.assistant.change_settings import ChangeSettings
from services.assistant.read_settings import PersonalSettings, ReadSettings
from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.domain.member import Member


def add_commands(commands: CommandTable) -> None:
    commands.add("settings", settings)


def add_presses(presses: PressTable) -> None:
    presses.add(SettingPress, change)


async def settings(
    member: Member,
    address: ChatAddress,
    language: Language,
    texts: Texts,
    sender: MessageSender,
    read_settings: ReadSettings,
) -> None:
    own = await read_settings(member)
    await sender.send(address, _title(own, texts), settings_keyboard(own, language, texts))


async def change(
    press: Press,
    *,
    data: SettingPress,
    member: Member,
    address: ChatAddress,
    language: Language,
    catalogues: Catalogues,
    sender: MessageSender,
    change_settings: ChangeSettings,
) -> None:
    changed = await change_settings(
        member, language=data.language, stream_transport=data.transport, voice_replies=data.voice
    )
    spoken = changed.member.language or language
    texts = catalogues.texts(spoken)
    await press.answer(texts("settings.saved"))
    await sender.edit(address, _title(changed, texts), settings_keyboard(changed, spoken, texts))


def _title(own: PersonalSettings, texts: Texts) -> RenderedMessage:
    title = texts("settings.title")
    voice = [texts("settings.voice_title")] if own.offers_voice else []
    return words("\n\n".join([title, *voice]))
