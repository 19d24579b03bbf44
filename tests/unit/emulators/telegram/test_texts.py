"""sendMessage is refused where Telegram refuses it, in Telegram's words."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import LinkPreviewOptions, MessageEntity, ReplyParameters, User

from tests.emulators.telegram import Person, TelegramEmulator

OWL = "🦉"  # two UTF-16 units


async def test_length_is_counted_in_utf16_after_parsing(bot: Bot, anya: Person) -> None:
    assert (await bot.send_message(anya.id, OWL * 2048)).text == OWL * 2048
    with pytest.raises(TelegramBadRequest, match="Bad Request: message is too long"):
        await bot.send_message(anya.id, OWL * 2048 + "!")
    assert (await bot.send_message(anya.id, "<b>" + "x" * 4096 + "</b>", parse_mode="HTML")).text == "x" * 4096


@pytest.mark.parametrize("text", ["", " \n\t ", "<b> </b>"])
async def test_an_empty_text_is_refused(bot: Bot, anya: Person, text: str) -> None:
    with pytest.raises(TelegramBadRequest, match="message text is empty"):
        await bot.send_message(anya.id, text, parse_mode="HTML")


async def test_surrounding_white_space_is_cut_and_entities_move(bot: Bot, anya: Person) -> None:
    message = await bot.send_message(anya.id, f"  {OWL} <b>bold </b>\n", parse_mode="HTML")
    assert message.text == f"{OWL} bold"
    assert [(entity.type, entity.offset, entity.length) for entity in message.entities or []] == [("bold", 3, 4)]


@pytest.mark.parametrize(
    ("offset", "length", "refusal"),
    [
        (0, 10, "ends after the end of the text at UTF-16 offset 10"),
        (6, 1, "ends after the end of the text"),
        (-1, 2, "must be non-negative"),
        (1, 1, "begins in a middle of a UTF-16 symbol"),
        (0, 1, "ends in a middle of a UTF-16 symbol"),
    ],
)
async def test_entities_must_lie_within_the_text(
    bot: Bot, anya: Person, offset: int, length: int, refusal: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=refusal):
        await bot.send_message(
            anya.id, f"{OWL}abc", entities=[MessageEntity(type="bold", offset=offset, length=length)]
        )


async def test_entities_are_kept_sorted_and_capped(bot: Bot, anya: Person, lev: Person) -> None:
    known = MessageEntity(type="text_mention", offset=0, length=3, user=User(id=lev.id, is_bot=False, first_name="?"))
    unknown = MessageEntity(type="text_mention", offset=4, length=3, user=User(id=5, is_bot=False, first_name="?"))
    bold = [MessageEntity(type="bold", offset=index * 2, length=1) for index in range(120)]
    message = await bot.send_message(anya.id, "Lev and others", entities=[unknown, known])
    assert [entity.user.first_name for entity in message.entities or [] if entity.user] == ["Lev"]
    assert len((await bot.send_message(anya.id, "x " * 119 + "x", entities=bold)).entities or []) == 100


async def test_links_mentions_and_commands_are_found(bot: Bot, anya: Person) -> None:
    text = f"{OWL} /start@muza_bot see https://muza.example/a?b=1, @anya_k #идея or me@muza.example and muza.com."
    message = await bot.send_message(anya.id, text, link_preview_options=LinkPreviewOptions(is_disabled=True))
    found = {(entity.type, entity.extract_from(text)) for entity in message.entities or []}
    assert found == {
        ("bot_command", "/start@muza_bot"),
        ("url", "https://muza.example/a?b=1"),
        ("mention", "@anya_k"),
        ("hashtag", "#идея"),
        ("email", "me@muza.example"),
        ("url", "muza.com"),
    }
    assert message.link_preview_options is not None
    assert message.link_preview_options.is_disabled
    code = await bot.send_message(anya.id, "<code>/start https://muza.example</code>", parse_mode="HTML")
    assert [entity.type for entity in code.entities or []] == ["code"]


async def test_whom_the_bot_may_write_to(bot: Bot, emulator: TelegramEmulator, anya: Person) -> None:
    stranger = emulator.add_person("Guest", started=False)
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger.id, "hello")
    await stranger.starts("invite_1")
    assert (await bot.send_message(stranger.id, "hello")).text == "hello"
    await anya.blocks_bot()
    with pytest.raises(TelegramForbiddenError, match="Forbidden: bot was blocked by the user"):
        await bot.send_message(anya.id, "hello")
    await anya.unblocks_bot()
    await bot.send_message(anya.id, "hello")
    anya.deactivates()
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await bot.send_message(anya.id, "hello")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(12345, "hello")


async def test_blocking_is_reported(bot: Bot, anya: Person) -> None:
    await anya.blocks_bot()
    await anya.unblocks_bot()
    changes = [update.my_chat_member for update in await bot.get_updates()]
    statuses = [(change.old_chat_member.status, change.new_chat_member.status) for change in changes if change]
    assert statuses == [("member", "kicked"), ("kicked", "member")]


async def test_replies(bot: Bot, anya: Person) -> None:
    question = await anya.says("a question")
    answer = await bot.send_message(
        anya.id, "an answer", reply_parameters=ReplyParameters(message_id=question.message_id)
    )
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.text == "a question"
    nested = await bot.send_message(anya.id, "more", reply_parameters=ReplyParameters(message_id=answer.message_id))
    assert nested.reply_to_message is not None
    assert nested.reply_to_message.reply_to_message is None
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(anya.id, "lost", reply_parameters=ReplyParameters(message_id=999))
    missing = ReplyParameters(message_id=999, allow_sending_without_reply=True)
    assert (await bot.send_message(anya.id, "still sent", reply_parameters=missing)).reply_to_message is None


async def test_messages_are_numbered_within_a_chat(bot: Bot, anya: Person, lev: Person) -> None:
    ids = [(await bot.send_message(person.id, "x")).message_id for person in (anya, anya, lev)]
    assert ids == [1, 2, 1]
