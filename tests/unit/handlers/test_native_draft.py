"""Telegram's own growing messages in private chats."""

import asyncio
from itertools import pairwise

from aiogram.methods import (
    EditMessageText,
    SendChatAction,
    SendMessage,
    SendRichMessageDraft,
)

from handlers.i18n import Catalogues
from services.domain.chat import ChatAddress
from services.domain.member import StreamTransport
from tests.unit.handlers.people import card
from tests.unit.handlers.screening import Screening, play, stream


def test_a_native_draft_grows_and_ends_as_a_message(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        async with made.open(StreamTransport.DRAFT) as screen:
            await stream(screen, 100, 0.05)
            shown = await screen.finish(card())
        assert shown == ChatAddress(501, None, 1001)

    made = play(catalogues, scene)
    drafts = made.telegram.sent(SendRichMessageDraft)
    assert all(draft.can_stop and draft.draft_id == 7 for draft in drafts)
    assert all(draft.rich_message.skip_entity_detection for draft in drafts)
    assert 12 <= len(drafts) <= 15
    (headline,) = made.telegram.sent(SendMessage)
    assert headline.text == "💡 Идея: «Тихая полка» и ещё 1 идея", "what a push notification says"
    assert headline.reply_markup is None
    (final,) = made.telegram.sent(EditMessageText)
    assert "Источники" in (final.text or "")
    assert made.recorded == [ChatAddress(501, None, 1001)]


def test_a_silent_native_draft_is_kept_alive(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        async with made.open(StreamTransport.DRAFT) as screen:
            await asyncio.sleep(65)
            await screen.finish(card())

    moments = play(catalogues, scene).at(SendRichMessageDraft)
    assert all(later - earlier < 30 for earlier, later in pairwise(moments))
    assert len(moments) == 4


def test_a_refused_draft_starts_no_storm_and_the_final_comes(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        made.telegram.refuse(SendRichMessageDraft, "method is available only in private chats")
        async with made.open(StreamTransport.DRAFT) as screen:
            await stream(screen, 200, 0.05)
            await screen.finish(card())

    made = play(catalogues, scene)
    assert len(made.telegram.sent(SendRichMessageDraft)) == 1
    assert len(made.telegram.sent(SendMessage)) == 1
    assert len(made.telegram.sent(EditMessageText)) == 1


def test_groups_always_use_edits_in_the_topic(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        words_in_topic = ChatAddress(-1001, 5, 10)
        async with made.open(StreamTransport.DRAFT, reply_to=words_in_topic) as screen:
            await stream(screen, 40, 0.05)
            await screen.finish(card())

    made = play(catalogues, scene)
    assert made.telegram.sent(SendRichMessageDraft) == []
    assert made.telegram.sent(SendMessage)[0].message_thread_id == 5
    assert made.telegram.sent(SendChatAction)[0].message_thread_id == 5
