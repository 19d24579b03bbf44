"""The presenter under a virtual clock: minutes of streaming in milliseconds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from aiogram.exceptions import TelegramForbiddenError, TelegramNetworkError
from aiogram.methods import (
    EditMessageText,
    GetMe,
    SendChatAction,
    SendMessage,
    SendRichMessage,
    SendRichMessageDraft,
    TelegramMethod,
)
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions

from handlers.i18n import Catalogues
from handlers.presenter import TelegramPresenter
from handlers.sender import Urgency
from services.assistant.ports import Failure, Presentation
from services.domain.chat import ChatAddress
from services.domain.errors import ModelTimeout
from services.domain.generation import GenerationState, Stage
from services.domain.idea import Draft, Idea
from services.domain.language import Language
from services.domain.member import StreamTransport
from tests.fakes.telegram_session import RecordingSession, bad_request, recording_bot
from tests.unit.handlers.people import IDEAS, brief, card, generation
from tests.virtual_time import run_in_virtual_time

RUNNING = generation(state=GenerationState.RUNNING)
FORBIDDEN = TelegramForbiddenError(method=GetMe(), message="Forbidden: bot was blocked by the user")
GONE = "message to edit not found"


class Held(Exception):
    """What a limiter raises for a preview."""

    retry_after = 0.5


@dataclass
class Screening:
    telegram: RecordingSession
    presenter: TelegramPresenter
    recorded: list[ChatAddress] = field(default_factory=list)
    urgencies: list[Urgency] = field(default_factory=list)
    times: list[tuple[float, TelegramMethod[Any]]] = field(default_factory=list)
    hold_previews: bool = False
    _urgency: Urgency = Urgency.REPLY

    @contextmanager
    def mark(self, urgency: Urgency) -> Iterator[None]:
        before, self._urgency = self._urgency, urgency
        self.urgencies.append(urgency)
        try:
            yield
        finally:
            self._urgency = before

    async def limiter(self, make_request: Callable[..., Awaitable[Any]], bot: Any, method: TelegramMethod[Any]) -> Any:
        if self.hold_previews and self._urgency is Urgency.PREVIEW:
            raise Held
        self.times.append((asyncio.get_running_loop().time(), method))
        return await make_request(bot, method)

    async def record(self, address: ChatAddress) -> None:
        self.recorded.append(address)

    def open(self, transport: StreamTransport = StreamTransport.EDIT, **changes: Any) -> Any:
        made = generation(**{"state": GenerationState.RUNNING, **changes})
        return self.presenter.open(made, brief(), Language.RUSSIAN, transport, on_placeholder=self.record)

    def at(self, kind: type[TelegramMethod[Any]]) -> list[float]:
        return [moment for moment, method in self.times if isinstance(method, kind)]


def screening(catalogues: Catalogues) -> Screening:
    bot, telegram = recording_bot()
    made = Screening(telegram, TelegramPresenter(bot, catalogues))
    made.presenter = TelegramPresenter(bot, catalogues, mark=made.mark, refusals=(Held,))
    telegram.middleware(made.limiter)
    return made


def play(catalogues: Catalogues, scene: Callable[[Screening], Awaitable[None]]) -> Screening:
    """Run a scene in virtual time; whatever task it leaves behind is an error."""

    async def run() -> Screening:
        made = screening(catalogues)
        await scene(made)
        assert len(asyncio.all_tasks()) == 1
        return made

    return run_in_virtual_time(run)


async def words(count: int, pause: float) -> AsyncIterator[Draft]:
    for number in range(1, count + 1):
        await asyncio.sleep(pause)
        yield Draft(ideas=(Idea("Тихая полка", "слово " * number),))


async def stream(screen: Presentation, count: int, pause: float) -> None:
    await screen.stage(Stage.DRAFT)
    async for draft in words(count, pause):
        await screen.preview(draft)


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


def test_previews_come_about_once_a_second_and_merge(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        async with made.open() as screen:
            await stream(screen, 600, 0.05)  # thirty seconds
            await screen.finish(card())

    made = play(catalogues, scene)
    moments = made.at(EditMessageText)[:-1]
    assert 25 <= len(moments) <= 31
    assert all(later - earlier >= 0.99 for earlier, later in pairwise(moments))
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


def test_a_placeholder_that_a_person_deleted_is_replaced_by_a_new_message(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        made.telegram.refuse(EditMessageText, GONE)
        async with made.open() as screen:
            await stream(screen, 60, 0.05)
            shown = await screen.finish(card())
        assert shown == ChatAddress(501, None, 1002)

    made = play(catalogues, scene)
    assert "Источники" in (made.telegram.last(SendMessage).text or "")
    assert made.recorded == [ChatAddress(501, None, 1001), ChatAddress(501, None, 1002)]


def test_regenerating_uses_the_message_whose_button_was_pressed(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        async with made.open(StreamTransport.DRAFT, placeholder=ChatAddress(501, None, 900)) as screen:
            await stream(screen, 40, 0.05)
            await screen.finish(card())

    made = play(catalogues, scene)
    assert made.telegram.sent(SendMessage) == []
    assert {call.message_id for call in made.telegram.sent(EditMessageText)} == {900}
    assert made.recorded == []


def test_the_outcome_of_an_attempt_that_had_ended_is_one_edit(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        shown_in = ChatAddress(501, None, 900)
        async with made.open(placeholder=shown_in, state=GenerationState.IN_REVIEW) as screen:
            await screen.finish(card())

    assert len(play(catalogues, scene).telegram.sent(EditMessageText)) == 1


def test_a_person_who_blocked_muza_is_left_in_peace(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        made.telegram.fail(SendMessage, FORBIDDEN)
        async with made.open() as screen:
            await stream(screen, 60, 0.05)
            await screen.finish(card())

    made = play(catalogues, scene)
    assert len(made.telegram.sent(SendMessage)) == 1
    assert made.telegram.sent(EditMessageText) == []


def test_a_placeholder_that_could_not_be_sent_does_not_cost_the_final(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        made.telegram.fail(SendMessage, TelegramNetworkError(method=GetMe(), message="timeout"))
        async with made.open() as screen:
            await stream(screen, 60, 0.05)
            shown = await screen.finish(card())
        assert shown.message_id == 1001

    assert "Источники" in (play(catalogues, scene).telegram.last(SendMessage).text or "")


def test_a_failure_offers_to_try_again(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        failed = generation(state=GenerationState.FAILED, version=6)
        async with made.open() as screen:
            await screen.fail(Failure(failed, brief(), "model_timeout", Language.RUSSIAN, retryable=True))

    edited = play(catalogues, scene).telegram.last(EditMessageText)
    assert (edited.text or "").startswith("⚠️ Языковая модель слишком долго")
    assert edited.reply_markup is not None
    assert edited.reply_markup.inline_keyboard[0][0].callback_data == "r:7:6"


def test_an_error_inside_passes_through_unwrapped_and_leaves_no_task(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        with pytest.raises(ModelTimeout):
            async with made.open():
                raise ModelTimeout

    play(catalogues, scene)


def test_cancelling_the_work_ends_the_screen(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3), made.open():
                await asyncio.sleep(60)

    play(catalogues, scene)


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
    assert 6 <= len(drafts) <= 10
    assert len(made.telegram.sent(SendMessage)) == 1
    assert made.telegram.sent(EditMessageText) == []
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
    assert made.telegram.sent(EditMessageText) == []
    assert len(made.telegram.sent(SendMessage)) == 1


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


LONG = Draft(ideas=tuple(Idea(f"Идея {number}", "слово " * 200, "потому") for number in range(6)))


def test_a_rich_final_falls_back_to_text_in_parts_with_buttons_on_the_last(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        async with made.open() as screen:
            await asyncio.sleep(0.5)
            made.telegram.refuse(EditMessageText, "RICH_MESSAGE_INVALID")
            await screen.finish(card(LONG))

    made = play(catalogues, scene)
    rich, first = made.telegram.sent(EditMessageText)[-2:]
    assert rich.rich_message is not None
    assert first.text is not None
    assert first.reply_markup is None
    assert made.telegram.sent(SendMessage)[-1].reply_markup is not None
    assert made.telegram.sent(SendRichMessage) == []


def test_refused_entities_fall_back_to_plain_text(catalogues: Catalogues) -> None:
    async def scene(made: Screening) -> None:
        async with made.open() as screen:
            await asyncio.sleep(0.5)
            made.telegram.fail(EditMessageText, bad_request("can't parse entities: entity 3 is wrong"))
            await screen.finish(card(IDEAS))

    final = play(catalogues, scene).telegram.last(EditMessageText)
    assert "Тихая полка" in (final.text or "")
    assert final.entities is None
    assert final.reply_markup is not None
