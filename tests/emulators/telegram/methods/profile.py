"""Who the bot is and what it says about itself: getMe, names, descriptions, command menus."""

from aiogram import methods as api
from aiogram import types
from aiogram.types import User

from tests.emulators.telegram.addressing import normal_chat_id
from tests.emulators.telegram.command_menu import checked_commands, menu_key
from tests.emulators.telegram.errors import bad_request
from tests.emulators.telegram.methods.table import Handlers
from tests.emulators.telegram.state import TelegramState


class ProfileMethods:
    def __init__(self, state: TelegramState) -> None:
        self._state = state
        self._profile = state.profile

    def handlers(self) -> Handlers:
        return {
            api.GetMe: self.get_me,
            api.SetMyCommands: self.set_commands,
            api.GetMyCommands: self.get_commands,
            api.DeleteMyCommands: self.delete_commands,
            api.SetMyName: self.set_name,
            api.GetMyName: self.get_name,
            api.SetMyDescription: self.set_description,
            api.GetMyDescription: self.get_description,
            api.SetMyShortDescription: self.set_short_description,
            api.GetMyShortDescription: self.get_short_description,
            api.SetChatMenuButton: self.set_menu_button,
            api.GetChatMenuButton: self.get_menu_button,
            api.LogOut: self.log_out,
            api.Close: self.close,
        }

    async def get_me(self, _call: api.GetMe) -> User:
        return self._state.bot.model_copy(
            update={
                "can_join_groups": True,
                "can_read_all_group_messages": self._profile.sees_all_group_messages,
                "supports_inline_queries": False,
                "can_connect_to_business": False,
                "has_main_web_app": False,
            }
        )

    async def set_commands(self, call: api.SetMyCommands) -> bool:
        self._profile.commands[menu_key(call.scope, call.language_code)] = checked_commands(call.commands)
        return True

    async def get_commands(self, call: api.GetMyCommands) -> list[types.BotCommand]:
        return self._profile.commands.get(menu_key(call.scope, call.language_code), [])

    async def delete_commands(self, call: api.DeleteMyCommands) -> bool:
        self._profile.commands.pop(menu_key(call.scope, call.language_code), None)
        return True

    async def set_name(self, call: api.SetMyName) -> bool:
        return _set(self._profile.names, call.language_code, call.name, 64)

    async def get_name(self, call: api.GetMyName) -> types.BotName:
        return types.BotName(name=_get(self._profile.names, call.language_code) or self._state.bot.first_name)

    async def set_description(self, call: api.SetMyDescription) -> bool:
        return _set(self._profile.descriptions, call.language_code, call.description, 512)

    async def get_description(self, call: api.GetMyDescription) -> types.BotDescription:
        return types.BotDescription(description=_get(self._profile.descriptions, call.language_code))

    async def set_short_description(self, call: api.SetMyShortDescription) -> bool:
        return _set(self._profile.short_descriptions, call.language_code, call.short_description, 120)

    async def get_short_description(self, call: api.GetMyShortDescription) -> types.BotShortDescription:
        return types.BotShortDescription(short_description=_get(self._profile.short_descriptions, call.language_code))

    async def set_menu_button(self, call: api.SetChatMenuButton) -> bool:
        if call.menu_button is None:
            self._profile.menu_buttons.pop(_private(call.chat_id), None)
        else:
            self._profile.menu_buttons[_private(call.chat_id)] = call.menu_button
        return True

    async def get_menu_button(self, call: api.GetChatMenuButton) -> object:
        buttons = self._profile.menu_buttons
        button = buttons.get(_private(call.chat_id)) or buttons.get(None)
        return button or {"type": "commands"}

    async def log_out(self, _call: api.LogOut) -> bool:
        return True

    async def close(self, _call: api.Close) -> bool:
        return True


def _private(chat_id: int | str | None) -> int | None:
    number = normal_chat_id(chat_id) if chat_id is not None else None
    return number if isinstance(number, int) else None


def _set(texts: dict[str, str], language_code: str | None, text: str | None, limit: int) -> bool:
    """An empty text removes the one of that language."""
    if text and len(text) > limit:
        raise bad_request("text is too long")
    if text:
        texts[language_code or ""] = text
    else:
        texts.pop(language_code or "", None)
    return True


def _get(texts: dict[str, str], language_code: str | None) -> str:
    return texts.get(language_code or "") or texts.get("", "")
