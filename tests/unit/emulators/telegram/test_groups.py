"""Groups, forum topics, privacy mode, upgrade, ephemeral messages, administration."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.types import (
    EphemeralMessageParameters,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    ReactionTypeEmoji,
    ReplyParameters,
)

from tests.emulators.telegram import Group, Person, TelegramEmulator


@pytest.fixture
def group(emulator: TelegramEmulator, anya: Person, lev: Person) -> Group:
    return emulator.add_group("Команда бренда", [anya, lev])


@pytest.fixture
def forum(emulator: TelegramEmulator, anya: Person, lev: Person) -> Group:
    return emulator.add_group("Studio", [anya, lev], forum=True)


async def heard(bot: Bot) -> list[str]:
    """Texts that reach the bot; they are confirmed, so that each is heard once."""
    updates = await bot.get_updates()
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return [update.message.text or update.message.caption or "" for update in updates if update.message]


async def test_privacy_mode_hides_what_is_not_for_the_bot(bot: Bot, group: Group, anya: Person, lev: Person) -> None:
    shown = await bot.send_message(group.id, "an idea")
    own = await lev.says("nobody asked the bot", chat=group)
    await anya.says("reply to Lev", chat=group, reply_to=own)
    await anya.says("/idea@other_bot spring", chat=group)
    assert await heard(bot) == []
    texts = ["/idea spring", "/idea@muza_bot spring", "what do you think, @Muza_Bot?"]
    for text in texts:
        await anya.says(text, chat=group)
    await anya.says("shorter", chat=group, reply_to=shown)
    assert await heard(bot) == [*texts, "shorter"]


async def test_an_open_or_promoted_bot_hears_everything(
    bot: Bot, emulator: TelegramEmulator, group: Group, anya: Person
) -> None:
    group.set_bot("administrator", by=anya)
    await anya.says("as an administrator", chat=group)
    group.set_bot("member", by=anya)
    await anya.says("deaf again", chat=group)
    emulator.state.profile.sees_all_group_messages = True
    await anya.says("privacy off", chat=group)
    await anya.says("/idea@other_bot spring", chat=group)
    assert await heard(bot) == ["as an administrator", "privacy off"]
    assert (await bot.get_me()).can_read_all_group_messages is True


async def test_topics(bot: Bot, forum: Group, anya: Person) -> None:
    spring = forum.add_topic("Весенняя кампания", by=anya)
    asked = await anya.says("/idea", chat=forum, topic=spring)
    assert (asked.message_thread_id, asked.is_topic_message) == (spring.id, True)
    answer = await bot.send_message(forum.id, "idea", message_thread_id=spring.id)
    assert answer.message_thread_id == spring.id
    by_reply = await bot.send_message(forum.id, "idea", reply_parameters=ReplyParameters(message_id=asked.message_id))
    assert by_reply.message_thread_id == spring.id
    general = await bot.send_message(forum.id, "in General")
    assert (general.message_thread_id, general.is_topic_message) == (None, None)
    (opened, *_) = await bot.get_updates()
    assert opened.message is not None
    assert opened.message.forum_topic_created is not None


async def test_threads_hold_surprises(bot: Bot, emulator: TelegramEmulator, forum: Group, anya: Person) -> None:
    """As in the recorded updates message_topic and message_general_topic_reply."""
    spring = forum.add_topic("Весна", by=anya)
    asked = await anya.says("/idea", chat=forum, topic=spring)
    assert asked.reply_to_message is not None
    assert asked.reply_to_message.forum_topic_created is not None
    general = await anya.says("/idea", chat=forum)
    answer = await anya.says("yes", chat=forum, reply_to=general)
    assert (answer.message_thread_id, answer.is_topic_message) == (general.message_id, None)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=answer.message_thread_id)
    plain = emulator.add_group("Plain", [anya])
    first = await anya.says("one", chat=plain)
    assert (await anya.says("two", chat=plain, reply_to=first)).message_thread_id is None


async def test_a_topic_of_the_bot_does_not_open_its_ears(bot: Bot, forum: Group, anya: Person) -> None:
    topic = forum.add_topic("Осень")
    await anya.says("just talking", chat=forum, topic=topic)
    assert await heard(bot) == []


async def test_general_and_missing_threads_are_refused(bot: Bot, forum: Group, group: Group, anya: Person) -> None:
    spring = forum.add_topic("Весна")
    for chat_id, thread_id in ((forum.id, 1), (forum.id, 999), (group.id, 5), (anya.id, 5)):
        with pytest.raises(TelegramBadRequest, match="message thread not found"):
            await bot.send_message(chat_id, "x", message_thread_id=thread_id)
    assert await bot.send_chat_action(forum.id, "typing", message_thread_id=1)
    forum.close_topic(spring)
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await bot.send_message(forum.id, "x", message_thread_id=spring.id)
    forum.delete_topic(spring)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=spring.id)


async def test_topics_are_opened_by_administrators(bot: Bot, forum: Group, anya: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="not enough rights"):
        await bot.create_forum_topic(forum.id, "Осень")
    forum.set_bot("administrator", by=anya)
    topic = await bot.create_forum_topic(forum.id, "Осень")
    sent = await bot.send_message(forum.id, "x", message_thread_id=topic.message_thread_id)
    assert sent.message_thread_id == topic.message_thread_id
    assert [opened.title for opened in forum.topics] == ["General", "Осень"]


async def test_an_upgrade_tells_the_new_id(bot: Bot, group: Group, anya: Person) -> None:
    upgraded = group.upgrade(by=anya)
    with pytest.raises(TelegramMigrateToChat) as refusal:
        await bot.send_message(group.id, "x")
    assert refusal.value.migrate_to_chat_id == upgraded.id
    assert (await bot.send_message(upgraded.id, "x")).chat.type == "supergroup"
    facts = [update.message for update in await bot.get_updates() if update.message]
    assert [(fact.migrate_to_chat_id, fact.migrate_from_chat_id) for fact in facts] == [
        (upgraded.id, None),
        (None, group.id),
    ]


async def test_leaving_and_being_removed(bot: Bot, group: Group, anya: Person) -> None:
    await bot.leave_chat(group.id)
    with pytest.raises(TelegramForbiddenError, match="bot is not a member of the group chat"):
        await bot.send_message(group.id, "x")
    group.set_bot("member", by=anya)
    await bot.send_message(group.id, "x")
    group.set_bot("kicked", by=anya)
    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the group chat"):
        await bot.send_message(group.id, "x")
    changes = [update.my_chat_member for update in await bot.get_updates() if update.my_chat_member]
    statuses = [(change.old_chat_member.status, change.new_chat_member.status) for change in changes]
    assert statuses == [("member", "left"), ("left", "member"), ("member", "kicked")]


async def test_members(bot: Bot, emulator: TelegramEmulator, group: Group, anya: Person, lev: Person) -> None:
    guest = emulator.add_person("Guest")
    assert (await bot.get_chat_member(group.id, anya.id)).status == "creator"
    assert (await bot.get_chat_member(group.id, lev.id)).status == "member"
    assert (await bot.get_chat_member(group.id, guest.id)).status == "left"
    assert [admin.user.id for admin in await bot.get_chat_administrators(group.id)] == [anya.id]
    assert await bot.get_chat_member_count(group.id) == 3
    group.joins(guest)
    group.leaves(lev)
    assert await bot.get_chat_member_count(group.id) == 3
    services = [update.message for update in await bot.get_updates() if update.message]
    assert [bool(service.new_chat_members) for service in services] == [True, False]
    with pytest.raises(ValueError, match="is not in the chat"):
        await lev.says("hello", chat=group)
    full = await bot.get_chat(group.id)
    assert (full.title, full.type) == ("Команда бренда", "group")
    with pytest.raises(TelegramBadRequest, match="there are no administrators in the private chat"):
        await bot.get_chat_administrators(anya.id)


async def test_an_ephemeral_message_is_seen_by_one_person(bot: Bot, group: Group, anya: Person, lev: Person) -> None:
    only_anya = EphemeralMessageParameters(receiver_user_id=anya.id)
    markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Details", callback_data="details")]])
    sent = await bot.send_message(group.id, "for you", ephemeral_message_parameters=only_anya, reply_markup=markup)
    assert (sent.message_id, sent.ephemeral_message_id) == (0, 1)
    assert sent.receiver_user is not None
    seen = await anya.sees("for you", chat=group)
    with pytest.raises(TimeoutError):
        await lev.sees("for you", chat=group, timeout=0.01)
    tap = anya.taps(seen, "Details")
    assert isinstance(tap.query.message, Message)
    assert tap.query.message.ephemeral_message_id == 1
    assert await bot.edit_ephemeral_message_text(group.id, anya.id, 1, text="changed")
    assert (await anya.sees("changed", chat=group)).ephemeral_message_id == 1
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_ephemeral_message_text(group.id, lev.id, 1, text="x")
    assert await bot.delete_ephemeral_message(group.id, anya.id, 1)
    assert anya.messages(group) == []
    with pytest.raises(TelegramBadRequest, match="only to groups"):
        await bot.send_message(anya.id, "x", ephemeral_message_parameters=only_anya)


async def test_pins_and_reactions(bot: Bot, emulator: TelegramEmulator, group: Group, anya: Person) -> None:
    sent = await bot.send_message(group.id, "idea")
    with pytest.raises(TelegramBadRequest, match="not enough rights"):
        await bot.pin_chat_message(group.id, sent.message_id)
    group.set_bot("administrator", by=anya)
    assert await bot.pin_chat_message(group.id, sent.message_id)
    pinned = (await bot.get_chat(group.id)).pinned_message
    assert isinstance(pinned, Message)
    assert pinned.message_id == sent.message_id
    assert await bot.unpin_chat_message(group.id)
    await bot.set_message_reaction(group.id, sent.message_id, reaction=[ReactionTypeEmoji(emoji="👍")])
    stored = emulator.chat(group.id).messages[sent.message_id]
    assert [reaction.emoji for reaction in stored.reactions[bot.id]] == ["👍"]  # type: ignore[union-attr]
    with pytest.raises(TelegramBadRequest, match="message to react not found"):
        await bot.set_message_reaction(group.id, 999, reaction=[])
