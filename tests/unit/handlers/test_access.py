"""Strangers, requests, roles, settings, membership in groups."""

from dataclasses import replace

import pytest
from aiogram.exceptions import TelegramForbiddenError
from aiogram.methods import AnswerCallbackQuery, EditMessageText, GetMe, SendMessage
from aiogram.types import (
    Chat,
    ChatMemberAdministrator,
    ChatMemberLeft,
    ChatMemberMember,
    ChatMemberUpdated,
    InlineKeyboardMarkup,
    MessageGenerationStopped,
    User,
)

from handlers.callbacks import AccessPress, ApprovePress, JoinPress, MemberPress, PeoplePress, SettingPress
from services.assistant.read_settings import PersonalSettings
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed, StaleAction
from services.domain.language import Language
from services.domain.member import MemberStatus, Role, StreamTransport, VoiceReplies
from tests.fakes.telegram_session import ME
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import ADMIN, APPROVER, BLOCKED, GROUP, WAITING, WHEN, WRITER


def buttons(keyboard: object) -> dict[str, str]:
    assert isinstance(keyboard, InlineKeyboardMarkup)
    return {button.text: button.callback_data or "" for row in keyboard.inline_keyboard for button in row}


@pytest.mark.parametrize("text", ["/start", "/idea слоган", "привет", "/users", "/start draft_7"])
async def test_a_stranger_may_only_ask_to_join(stage: Stage, text: str) -> None:
    stage.member = None
    await stage.says(text)
    said = stage.telegram.last(SendMessage)
    assert said.text == stage.text("strangers.hello")
    assert list(buttons(said.reply_markup).values()) == ["j"]
    assert all(not use_case.calls for use_case in stage.use_cases.by_name.values())


async def test_a_request_waits_and_a_closed_door_says_so(stage: Stage) -> None:
    stage.member = WAITING
    await stage.says("/idea слоган")
    assert stage.telegram.last(SendMessage).text == stage.text("strangers.waiting")
    stage.member = BLOCKED
    await stage.says("/idea слоган")
    assert stage.telegram.last(SendMessage).text == stage.text("strangers.closed")
    assert stage.use_cases["start_generation"].calls == []


async def test_strangers_in_a_group_are_answered_only_when_they_speak_to_muza(stage: Stage) -> None:
    stage.member, stage.chat = None, GROUP
    await stage.says("просто разговор")
    assert stage.telegram.sent(SendMessage) == []
    await stage.says("/idea слоган")
    assert stage.telegram.last(SendMessage).text == stage.text("strangers.in_group")


async def test_joining_asks_once_and_shows_that_it_waits(stage: Stage) -> None:
    stage.member = None
    stage.use_cases["request_access"].answer = WAITING
    await stage.presses(JoinPress().pack())
    call = stage.use_cases["request_access"].last
    assert (call["telegram_id"], call["name"], call["username"]) == (999, "Кто-то", "someone")
    assert stage.telegram.last(EditMessageText).text == stage.text("strangers.waiting")


@pytest.mark.parametrize("member", [None, WAITING, BLOCKED])
async def test_other_buttons_are_not_for_strangers(stage: Stage, member: object) -> None:
    stage.member = member  # type: ignore[assignment]
    await stage.presses(ApprovePress(generation_id=7, version=4).pack())
    answer = stage.telegram.last(AnswerCallbackQuery)
    assert (answer.text, answer.show_alert) == (stage.text("press.strangers"), True)
    assert stage.use_cases["decide_review"].calls == []


async def test_an_admin_lets_a_person_in_and_the_card_says_so(stage: Stage) -> None:
    stage.member = ADMIN
    stage.use_cases["settle_access"].answer = replace(WAITING, status=MemberStatus.ACTIVE)
    await stage.presses(AccessPress(member_id=4, grant=True).pack())
    assert stage.use_cases["settle_access"].last["grant"] is True
    shown = stage.telegram.last(EditMessageText)
    assert "Глеб" in (shown.text or "")
    assert shown.reply_markup is None


async def test_a_slower_admin_hears_that_it_is_settled(stage: Stage) -> None:
    stage.member = ADMIN
    stage.use_cases["settle_access"].answer = StaleAction("settled already", state="active")
    await stage.presses(AccessPress(member_id=4, grant=False).pack())
    assert stage.telegram.last(AnswerCallbackQuery).text == stage.text("stale.granted")


async def test_users_by_pages_and_one_person_with_roles(stage: Stage) -> None:
    stage.member = ADMIN
    people = tuple(replace(WRITER, id=number, name=f"Человек {number}") for number in range(1, 12))
    stage.use_cases["list_members"].answer = people
    await stage.says("/users")
    first = buttons(stage.telegram.last(SendMessage).reply_markup)
    assert len(first) == 10
    await stage.presses(PeoplePress(page=1).pack())
    assert len(buttons(stage.telegram.last(EditMessageText).reply_markup)) == 5
    await stage.presses(MemberPress(member_id=2).pack())
    roles = buttons(stage.telegram.last(EditMessageText).reply_markup)
    assert roles[stage.text("role.approver")] == MemberPress(member_id=2, role=Role.APPROVER).pack()
    assert stage.text("role.member") not in roles


async def test_a_role_is_changed_in_place(stage: Stage) -> None:
    stage.member = ADMIN
    stage.use_cases["change_member"].answer = replace(WRITER, role=Role.APPROVER)
    await stage.presses(MemberPress(member_id=1, role=Role.APPROVER).pack())
    assert stage.use_cases["change_member"].last["role"] is Role.APPROVER
    assert "согласующий" in (stage.telegram.last(EditMessageText).text or "")
    assert len(stage.telegram.sent(AnswerCallbackQuery)) == 1


async def test_a_plain_member_changes_nobody(stage: Stage) -> None:
    stage.use_cases["change_member"].answer = NotAllowed()
    await stage.presses(MemberPress(member_id=3, status=MemberStatus.BLOCKED).pack())
    assert stage.telegram.last(AnswerCallbackQuery).show_alert is True


async def test_settings_change_in_place_and_in_the_new_language(stage: Stage) -> None:
    stage.use_cases["read_settings"].answer = PersonalSettings(WRITER)
    await stage.says("/settings")
    shown = buttons(stage.telegram.last(SendMessage).reply_markup)
    assert "• Русский •" in shown
    stage.use_cases["change_settings"].answer = PersonalSettings(replace(WRITER, language=Language.ENGLISH))
    await stage.presses(SettingPress(language=Language.ENGLISH).pack())
    edited = stage.telegram.last(EditMessageText)
    assert (edited.text or "").startswith("Settings")
    assert "• English •" in buttons(edited.reply_markup)
    call = stage.use_cases["change_settings"].last
    assert (call["language"], call["stream_transport"]) == (Language.ENGLISH, None)


async def test_the_transport_is_a_setting_too(stage: Stage) -> None:
    stage.use_cases["change_settings"].answer = PersonalSettings(
        replace(WRITER, stream_transport=StreamTransport.DRAFT)
    )
    await stage.presses(SettingPress(transport=StreamTransport.DRAFT).pack())
    assert stage.use_cases["change_settings"].last["stream_transport"] is StreamTransport.DRAFT
    assert f"• {stage.text('settings.transport_draft')} •" in buttons(stage.telegram.last(EditMessageText).reply_markup)


async def test_who_reads_aloud_is_a_setting_where_a_voice_is_set_up(stage: Stage) -> None:
    stage.use_cases["read_settings"].answer = PersonalSettings(WRITER)
    await stage.says("/settings")
    without = buttons(stage.telegram.last(SendMessage).reply_markup)
    stage.use_cases["read_settings"].answer = PersonalSettings(WRITER, offers_voice=True)
    await stage.says("/settings")
    added_buttons = [one for one in buttons(stage.telegram.last(SendMessage).reply_markup) if one not in without]
    off, to_voice, always = (stage.text(f"settings.voice_{name}") for name in ("off", "to_voice", "always"))
    assert added_buttons == [f"• {off} •", to_voice, always]

    heard = replace(WRITER, voice_replies=VoiceReplies.TO_VOICE)
    stage.use_cases["change_settings"].answer = PersonalSettings(heard, offers_voice=True)
    await stage.presses(SettingPress(voice=VoiceReplies.TO_VOICE).pack())
    assert stage.use_cases["change_settings"].last["voice_replies"] is VoiceReplies.TO_VOICE
    edited = stage.telegram.last(EditMessageText)
    assert f"• {to_voice} •" in buttons(edited.reply_markup)
    assert stage.text("settings.voice_title") in (edited.text or "")


def added(was: object, became: object) -> ChatMemberUpdated:
    return ChatMemberUpdated(
        chat=Chat(id=GROUP.id, type="supergroup", title="Команда"),
        from_user=User(id=501, is_bot=False, first_name="Анна"),
        date=WHEN,
        old_chat_member=was,  # type: ignore[arg-type]
        new_chat_member=became,  # type: ignore[arg-type]
    )


LEFT, JOINED = ChatMemberLeft(user=ME), ChatMemberMember(user=ME)
ADMINISTRATES = ChatMemberAdministrator.model_validate(
    {
        "status": "administrator",
        "user": ME,
        **{name: False for name in ChatMemberAdministrator.model_fields if name.startswith(("can_", "is_"))},
    }
)


async def test_in_a_new_group_muza_greets_and_says_what_it_hears(stage: Stage) -> None:
    stage.chat = GROUP
    await stage.feeds(my_chat_member=added(LEFT, JOINED))
    assert stage.text("group.privacy_mode") in (stage.telegram.last(SendMessage).text or "")
    await stage.feeds(my_chat_member=added(LEFT, ADMINISTRATES))
    assert stage.text("group.hears_all") in (stage.telegram.last(SendMessage).text or "")


async def test_other_changes_of_membership_are_not_commented_on(stage: Stage) -> None:
    stage.chat = GROUP
    await stage.feeds(my_chat_member=added(JOINED, LEFT))
    await stage.feeds(my_chat_member=added(JOINED, ADMINISTRATES))
    assert stage.telegram.sent(SendMessage) == []


async def test_a_stranger_who_adds_muza_to_a_group_gets_no_service(stage: Stage) -> None:
    stage.member, stage.chat = None, GROUP
    await stage.feeds(my_chat_member=added(LEFT, JOINED))
    assert stage.telegram.last(SendMessage).text == stage.text("strangers.in_group")


async def test_a_person_who_blocked_muza_breaks_nothing(stage: Stage) -> None:
    stage.telegram.fail(SendMessage, TelegramForbiddenError(method=GetMe(), message="Forbidden: bot was blocked"))
    await stage.says("/help")
    assert len(stage.telegram.sent(SendMessage)) == 1


async def test_telegrams_own_stop_button_stops_what_runs(stage: Stage) -> None:
    stage.member = APPROVER
    event = MessageGenerationStopped(chat=Chat(id=501, type="private"), draft_id=7)
    await stage.feeds(stopped_message_generation=event)
    assert stage.use_cases["stop_in_chat"].last["address"] == ChatAddress(501)
