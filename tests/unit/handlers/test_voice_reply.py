"""An answer as a voice message: what is said, in which language, and how it is sent."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from aiogram.methods import SendVoice
from aiogram.types import BufferedInputFile

from handlers.delivery_sender import TelegramDeliverySender
from handlers.i18n import Catalogues
from handlers.views.spoken import spoken_parts
from handlers.voice_renderers import voice_renderers
from services.assistant.ports import Card
from services.delivery.ports import NotNeeded, Undeliverable
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.generation import Generation, GenerationState
from services.domain.idea import Draft, Idea
from services.domain.language import Language
from services.domain.member import Member
from services.speech.ports import VoiceBubble
from tests.fakes.telegram_session import RecordingSession, bad_request, recording_bot
from tests.unit.handlers.people import ANSWER, IDEAS, WRITER, brief, card, generation

REPLY = Delivery(1, DeliveryKind.VOICE_REPLY, ChatAddress(501, 4, 1010), {"generation_id": 7})


class Reader:
    """Stands for the use case."""

    def __init__(self) -> None:
        self.bubble: VoiceBubble | None = VoiceBubble(b"OggS...", 2_600)
        self.asked: list[tuple[int, tuple[str, ...], str, Language]] = []

    async def __call__(
        self, generation: Generation, parts: Sequence[str], ending: str, language: Language
    ) -> VoiceBubble | None:
        self.asked.append((generation.id, tuple(parts), ending, language))
        return self.bubble


class Booth:
    def __init__(self, catalogues: Catalogues, shown: Card | None) -> None:
        bot, self.telegram = recording_bot()
        self.shown, self.reader = shown, Reader()
        self.sender = TelegramDeliverySender(
            bot, catalogues, self.member, voice_renderers(self.card, self.reader, catalogues)
        )

    async def card(self, generation_id: int, reader_id: int) -> Card | None:
        assert generation_id == 7
        return self.shown

    async def member(self, telegram_id: int) -> Member | None:
        return WRITER

    @property
    def session(self) -> RecordingSession:
        return self.telegram


async def test_a_voice_answers_the_card(catalogues: Catalogues) -> None:
    booth = Booth(catalogues, card())
    assert await booth.sender.send(REPLY) == ChatAddress(501, 4, 1001)
    sent = booth.session.last(SendVoice)
    assert (sent.chat_id, sent.message_thread_id, sent.duration) == (501, 4, 3)
    assert isinstance(sent.voice, BufferedInputFile)
    assert sent.voice.data == b"OggS..."
    assert sent.reply_parameters is not None
    assert sent.reply_parameters.message_id == 1010
    assert sent.reply_parameters.allow_sending_without_reply


async def test_the_words_around_the_ideas_are_of_their_language(catalogues: Catalogues) -> None:
    booth = Booth(catalogues, card(brief=brief(language=Language.ENGLISH)))
    await booth.sender.send(REPLY)
    ((asked, parts, ending, language),) = booth.reader.asked
    assert (asked, language, ending) == (7, Language.ENGLISH, "The rest is in the message.")
    assert parts[0].startswith("The first idea.\n")


def test_ideas_are_numbered_in_words(catalogues: Catalogues) -> None:
    texts = catalogues.texts(Language.RUSSIAN)
    first, second = spoken_parts(IDEAS, texts)
    assert first == "Первая идея.\nТихая полка\nПолка, с которой **ничего** не надо брать."
    assert second.startswith("Вторая идея.")
    many = Draft(ideas=tuple(Idea(f"№{n}", f"№{n}") for n in range(1, 10)))
    assert [part.partition(".")[0] for part in spoken_parts(many, texts)][5:] == [
        "Шестая идея",
        "Седьмая идея",
        "Идея номер 8",
        "Идея номер 9",
    ]
    assert spoken_parts(many, texts)[0] == "Первая идея.\n№1", "what only repeats the title is said once"


def test_one_idea_has_no_number_and_an_answer_is_itself(catalogues: Catalogues) -> None:
    texts = catalogues.texts(Language.RUSSIAN)
    assert spoken_parts(Draft(ideas=IDEAS.ideas[1:]), texts) == ("Час без слов\nКофейня молчит с 8 до 9.",)
    assert spoken_parts(ANSWER, texts) == ("Пишем спокойно и коротко.",)
    assert spoken_parts(Draft(answer="Раз.\n\nДва."), texts) == ("Раз.", "Два.")
    assert spoken_parts(Draft(found=False), texts) == tuple(texts("card.not_found").split("\n\n"))


@pytest.mark.parametrize("state", [GenerationState.SUPERSEDED, GenerationState.REJECTED])
async def test_what_has_been_replaced_or_refused_is_not_read(catalogues: Catalogues, state: GenerationState) -> None:
    booth = Booth(catalogues, card(generation=generation(state=state)))
    with pytest.raises(NotNeeded):
        await booth.sender.send(REPLY)
    assert booth.reader.asked == []


async def test_without_a_voice_nothing_is_sent(catalogues: Catalogues) -> None:
    booth = Booth(catalogues, card())
    booth.reader.bubble = None
    with pytest.raises(NotNeeded):
        await booth.sender.send(REPLY)
    booth.shown = None
    with pytest.raises(NotNeeded):
        await booth.sender.send(REPLY)
    assert booth.session.sent(SendVoice) == []


async def test_a_chat_that_moved_is_spoken_to_without_the_card(catalogues: Catalogues) -> None:
    booth = Booth(catalogues, card())
    await booth.sender.send(replace(REPLY, address=ChatAddress(-100)))
    assert booth.session.last(SendVoice).reply_parameters is None


@pytest.mark.parametrize(
    "said", ["Bad Request: VOICE_MESSAGES_FORBIDDEN", "Bad Request: not enough rights to send voice notes to the chat"]
)
async def test_who_takes_no_voices_still_takes_words(catalogues: Catalogues, said: str) -> None:
    """A refused voice must not close the chat."""
    booth = Booth(catalogues, card())
    booth.session.fail(SendVoice, bad_request(said.removeprefix("Bad Request: ")))
    with pytest.raises(Undeliverable) as caught:
        await booth.sender.send(REPLY)
    assert caught.value.code == "refused"
