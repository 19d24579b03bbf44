"""The presenter under a virtual clock: minutes of streaming in milliseconds."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

from aiogram.methods import (
    EditMessageText,
    SendChatAction,
    SendMessage,
    TelegramMethod,
)
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions

from handlers.i18n import Catalogues
from handlers.sender import Urgency
from services.domain.chat import ChatAddress
from services.domain.generation import Stage
from tests.unit.handlers.people import card
from tests.unit.handlers.screening import Screening, play, stream


def test_a_placeholder_in_reply_to_the_words_becomes_the_final(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        async with made.open() as screen:
            await asyncio.sleep(0.01)
            assert screen.placeholder == ChatAddress(501, None, 1001)
            await stream(screen, 100, 0.05)
            shown = await screen.finish(card())
        assert shown == ChatAddress(501, None, 1001)

    made = play(catalogues, scene)
    sent = made.telegram.sent(SendMessage)
    assert len(sent) == 1
    assert sent[0].text == "🔎 Ищу в базе знаний…"
    assert sent[0].reply_parameters is not None
    assert sent[0].reply_parameters.message_id == 10
    assert sent[0].reply_parameters.allow_sending_without_reply is True
    assert isinstance(sent[0].reply_markup, InlineKeyboardMarkup)
    assert sent[0].reply_markup.inline_keyboard[0][0].callback_data == "x:7"
    final = made.telegram.last(EditMessageText)
    assert "Источники" in (final.text or "")
    assert final.link_preview_options == LinkPreviewOptions(is_disabled=True)
    assert made.recorded == [ChatAddress(501, None, 1001)]
    assert made.urgencies[0] is Urgency.REPLY
    assert made.urgencies[-1] is Urgency.FINAL


def test_previews_come_about_once_a_second_at_first_and_merge(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        async with made.open() as screen:
            await stream(screen, 600, 0.05)  # thirty seconds
            await screen.finish(card())

    made = play(catalogues, scene)
    moments = made.at(EditMessageText)[:-1]
    assert 19 <= len(moments) <= 24
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert all(1.2 <= gap <= 1.3 for gap in gaps[:14])
    assert all(gap >= 1.8 for gap in gaps[18:]), "who has read for so long needs fewer"
    preview = made.telegram.sent(EditMessageText)[-2]
    assert "слово" in (preview.text or "")
    assert preview.text is not None
    assert preview.text.endswith("✍️ Пишу…")


def test_typing_is_said_again_every_four_seconds(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        async with made.open() as screen:
            await asyncio.sleep(21)
            await screen.finish(card())

    assert len(play(catalogues, scene).at(SendChatAction)) == 6


def test_nothing_is_shown_twice_while_nothing_changes(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        async with made.open() as screen:
            await asyncio.sleep(30)
            await screen.stage(Stage.RETRIEVE)
            await asyncio.sleep(5)
            await screen.finish(card())

    assert len(play(catalogues, scene).at(EditMessageText)) == 1


def test_previews_that_the_limiter_holds_thin_out_and_the_final_comes(catalogues: Catalogues) -> None:
    attempts = 0

    async def scene(made: Screening) -> None:
        nonlocal attempts
        made.hold_previews = True
        async with made.open() as screen:
            await stream(screen, 1200, 0.05)  # a minute
            attempts = made.urgencies.count(Urgency.PREVIEW)
            made.hold_previews = False
            await asyncio.sleep(9)
            assert made.at(EditMessageText)  # the newest text is shown as soon as it may be
            await screen.finish(card())

    made = play(catalogues, scene)
    assert 5 <= attempts <= 15
    assert "Источники" in (made.telegram.last(EditMessageText).text or "")


def test_no_preview_comes_after_the_final(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        arrived: list[str] = []

        async def slow(make_request: Callable[..., Awaitable[Any]], bot: Any, method: TelegramMethod[Any]) -> Any:
            if isinstance(method, EditMessageText) and "Источники" not in (method.text or ""):
                await asyncio.sleep(3)
            result = await make_request(bot, method)
            if isinstance(method, EditMessageText):
                arrived.append("final" if "Источники" in (method.text or "") else "preview")
            return result

        made.telegram.middleware(slow)
        async with made.open() as screen:
            await stream(screen, 40, 0.05)
            await screen.finish(card())
            await asyncio.sleep(10)
        assert arrived == ["preview", "final"]

    play(catalogues, scene)
