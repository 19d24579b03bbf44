"""/settings: one message, its keyboard changed in place."""

from handlers.callbacks import SettingPress
from handlers.i18n import Catalogues, Texts
from handlers.keyboards import settings_keyboard
from handlers.press import Press
from handlers.routing import CommandTable, PressTable
from handlers.sender import MessageSender
from handlers.views.message import message as words
from services.assistant.change_settings import ChangeSettings
from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.domain.member import Member


def add_commands(commands: CommandTable) -> None:
    commands.add("settings", settings)


def add_presses(presses: PressTable) -> None:
    presses.add(SettingPress, change)


async def settings(
    member: Member, address: ChatAddress, language: Language, texts: Texts, sender: MessageSender
) -> None:
    await sender.send(address, words(texts("settings.title")), settings_keyboard(member, language, texts))


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
    changed = await change_settings(member, language=data.language, stream_transport=data.transport)
    spoken = changed.language or language
    texts = catalogues.texts(spoken)
    await press.answer(texts("settings.saved"))
    await sender.edit(address, words(texts("settings.title")), settings_keyboard(changed, spoken, texts))
