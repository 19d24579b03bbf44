"""A recording as a message, in both languages."""

import pytest
from aiogram.types import InlineKeyboardMarkup

from handlers.i18n import Catalogues
from handlers.recording_keyboards import recording_keyboard
from handlers.views.recording import QUOTE_LIMIT, is_starting, recording_message, transcript_message
from handlers.views.split import TEXT_LIMIT
from services.assistant.listening.ports import RecordingView
from services.domain.language import Language
from services.domain.recording import Intent, Recording, RecordingState, SpokenAction
from tests.unit.handlers.people import WHEN
from tests.unit.handlers.recordings import BRIEF, CHOOSE, FORWARDED, UNSURE, recording, waiting

S = RecordingState
RU, EN = Language.RUSSIAN, Language.ENGLISH


def shown(catalogues: Catalogues, made: Recording, language: Language = RU, speaker: str = "") -> str:
    return recording_message(RecordingView(made, speaker=speaker), catalogues.texts(language), WHEN).text


def labels(catalogues: Catalogues, made: Recording, language: Language = RU) -> list[list[str]]:
    markup = recording_keyboard(made, catalogues.texts(language), is_starting=is_starting(made, WHEN))
    return [[button.text for button in row] for row in markup.inline_keyboard] if markup else []


def data(markup: InlineKeyboardMarkup | None) -> list[str]:
    assert markup is not None
    return [button.callback_data or "" for row in markup.inline_keyboard for button in row]


@pytest.mark.parametrize("state", [S.RECEIVED, S.FETCHED, S.PREPARED, S.TRANSCRIBED])
def test_every_step_of_a_short_one_looks_the_same(catalogues: Catalogues, state: RecordingState) -> None:
    made = recording(state=state, version=3)
    assert shown(catalogues, made) == "🎙 Слушаю…"
    assert shown(catalogues, made, EN) == "🎙 Listening…"
    markup = recording_keyboard(made, catalogues.texts(RU), is_starting=False)
    assert data(markup) == ["v:31:0:x"], "Stop carries no version: nothing is drawn anew for a step"


def test_what_is_heard_is_a_quote_with_what_comes_next(catalogues: Catalogues) -> None:
    made = recording_message(RecordingView(waiting()), catalogues.texts(RU), WHEN)
    assert made.text == f"🎙 Вот что я слышу\n{BRIEF}\n\nЧерез 5 с придумаю идеи."
    (quote,) = [entity for entity in made.entities if entity.type == "expandable_blockquote"]
    assert quote.extract_from(made.text) == BRIEF
    assert shown(catalogues, waiting(), EN).endswith("In 5 s I'll come up with ideas.")
    assert labels(catalogues, waiting()) == [["▶️ Начать"], ["✏️ Исправить", "✖️ Отмена"]]
    assert labels(catalogues, waiting(), EN) == [["▶️ Start"], ["✏️ Correct", "✖️ Cancel"]]


@pytest.mark.parametrize(
    ("action", "promise"),
    [
        (SpokenAction.ASK, "поищу ответ в базе знаний"),
        (SpokenAction.REFINE, "доработаю вариант"),
        (SpokenAction.REGENERATE, "сделаю другой вариант"),
        (SpokenAction.APPROVE, "утвержу вариант"),
        (SpokenAction.ANSWER, "передам это как ваш ответ"),
    ],
)
def test_every_wish_is_promised_in_words(catalogues: Catalogues, action: SpokenAction, promise: str) -> None:
    soon = waiting(intent=Intent(action, BRIEF))
    assert f"Через 5 с {promise}." in shown(catalogues, soon)
    by_tap = waiting(intent=Intent(action, BRIEF), start_at=None)
    assert f"Нажмите «Начать», и я {promise}." in shown(catalogues, by_tap)


def test_once_its_time_has_come_there_is_nothing_to_press(catalogues: Catalogues) -> None:
    made = waiting(start_at=WHEN)
    assert shown(catalogues, made).endswith("⏳ Начинаю…")
    assert labels(catalogues, made) == []


@pytest.mark.parametrize("intent", [None, CHOOSE, UNSURE], ids=["none", "choose", "unsure"])
def test_what_cannot_be_told_is_asked(catalogues: Catalogues, intent: Intent | None) -> None:
    made = waiting(intent=intent, start_at=None)
    assert "Что с этим сделать?" in shown(catalogues, made)
    assert labels(catalogues, made) == [["💡 Идеи", "❓ Ответ"], ["✏️ Исправить", "✖️ Отмена"]]


def test_an_unsure_approval_waits_for_a_tap_and_offers_no_ideas(catalogues: Catalogues) -> None:
    made = waiting(intent=Intent(SpokenAction.APPROVE, is_certain=False), start_at=None)
    assert labels(catalogues, made)[0] == ["▶️ Начать"]


def test_other_peoples_speech_is_material(catalogues: Catalogues) -> None:
    made = waiting(request=FORWARDED, intent=CHOOSE, start_at=None)
    assert "чужие слова" in shown(catalogues, made)
    assert "somebody else's words" in shown(catalogues, made, EN)
    assert labels(catalogues, made) == [["💡 Идеи из этого", "❓ Спросить об этом"], ["📝 Только текст"]]


def test_what_was_hard_to_hear_asks_for_a_second_look(catalogues: Catalogues) -> None:
    assert "Слышно было неважно" in shown(catalogues, waiting(confidence=0.3, start_at=None))
    assert "hard to hear" in shown(catalogues, waiting(confidence=0.3, start_at=None), EN)
    corrected = waiting(confidence=0.3, is_corrected=True)
    assert "неважно" not in shown(catalogues, corrected), "the words are the person's own now"
    assert shown(catalogues, corrected).startswith("✏️ С вашей правкой")


def test_after_the_start_the_quote_stays_alone(catalogues: Catalogues) -> None:
    done = waiting(state=S.DONE, start_at=None)
    assert shown(catalogues, done) == f"🎙 Вот что я слышу\n{BRIEF}"
    assert labels(catalogues, done) == []
    approved = waiting(state=S.DONE, start_at=None, intent=Intent(SpokenAction.APPROVE))
    assert shown(catalogues, approved).endswith("✅ Вариант утверждён.")


def test_cancelled_keeps_the_words_for_copying(catalogues: Catalogues) -> None:
    assert shown(catalogues, waiting(state=S.CANCELLED)) == f"🎙 Вот что я слышу\n{BRIEF}\n\n✖️ Отменено."
    assert shown(catalogues, recording(state=S.CANCELLED)) == "✖️ Отменено."


def test_silence_says_what_to_do(catalogues: Catalogues) -> None:
    assert "Не слышу речи" in shown(catalogues, recording(state=S.SILENT))
    assert "I hear no speech" in shown(catalogues, recording(state=S.SILENT), EN)
    assert labels(catalogues, recording(state=S.SILENT)) == []


def test_trouble_that_may_pass_offers_another_try(catalogues: Catalogues) -> None:
    made = recording(state=S.FAILED, version=4, error_code="transcription_unavailable", failed_in=S.PREPARED)
    assert shown(catalogues, made) == (
        "⚠️ Распознавание речи сейчас недоступно.\nЗапись у меня, присылать её заново не нужно."
    )
    assert labels(catalogues, made) == [["🔁 Повторить"]]
    assert data(recording_keyboard(made, catalogues.texts(RU), is_starting=False)) == ["v:31:4:r"]


@pytest.mark.parametrize(
    ("code", "facts", "said"),
    [
        ("audio_too_large", {"size": 48, "limit": 20}, "48 МБ"),
        ("audio_too_long", {"hours": 4}, "4 ч"),
        ("audio_unsupported", {"format": "AMR"}, "AMR"),
        ("audio_unreadable", {}, "повреждён"),
        ("stale", {"state": "approved", "decided_by": "Вера"}, "уже утверждён. Решение: Вера."),
    ],
)
def test_what_would_fail_again_is_not_offered_again(
    catalogues: Catalogues, code: str, facts: dict[str, int | str], said: str
) -> None:
    made = recording(state=S.FAILED, error_code=code, error_facts=facts)
    assert said in shown(catalogues, made)
    assert labels(catalogues, made) == []


def test_in_a_group_the_speaker_is_named(catalogues: Catalogues) -> None:
    assert shown(catalogues, waiting(), speaker="Лев").startswith("🎙 Лев говорит")


def test_a_text_that_does_not_fit_is_rich_and_its_cut_leaves_room_for_the_buttons_words(catalogues: Catalogues) -> None:
    long = waiting(text="мята и лёд " * 700)
    made = recording_message(RecordingView(long), catalogues.texts(RU), WHEN)
    assert made.body.length <= TEXT_LIMIT
    assert made.text.endswith("Через 5 с придумаю идеи.")
    assert made.rich_markdown is not None
    assert made.rich_markdown.count("мята") == 700
    assert recording_message(RecordingView(waiting()), catalogues.texts(RU), WHEN).rich_markdown is None


def test_a_transcript_by_command_is_whole(catalogues: Catalogues) -> None:
    words = "мята и лёд " * 700
    made = transcript_message(waiting(text=words), catalogues.texts(RU))
    assert len(made.parts) > 1
    assert sum(part.text.count("мята") for part in made.parts) == 700
    assert all(part.length <= TEXT_LIMIT for part in made.parts)
    assert len(words) > QUOTE_LIMIT


def test_addresses_that_were_heard_cannot_be_pressed(catalogues: Catalogues) -> None:
    made = recording_message(RecordingView(waiting(text="зайди на evil.example")), catalogues.texts(RU), WHEN)
    assert [entity.extract_from(made.text) for entity in made.entities if entity.type == "code"] == ["evil.example"]
