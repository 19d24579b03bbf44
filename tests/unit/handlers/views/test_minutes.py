"""A long recording on the screen: what is being done, how long it takes, what it came down to."""

from typing import Any

import pytest

from handlers.i18n import Catalogues, Texts
from handlers.views.message import RICH_LIMIT
from handlers.views.minutes import has_own_view, long_recording_message
from handlers.views.split import TEXT_LIMIT
from services.assistant.listening.ports import Progress, RecordingView
from services.domain.language import Language
from services.domain.minutes import Minutes, Point
from services.domain.recording import Recording, RecordingState, SpokenRequest
from tests.unit.handlers.recordings import recording

S = RecordingState
HOUR = 3_490_000
MINUTES = Minutes(
    "Осень: магнит",
    "Выбрали магнит. Подробности на evil.example.",
    (Point("Магнит к октябрю.", 750_000), Point("Без скидок.")),
    (),
    (Point("Расписание **хлеба** в лифте.", 3_723_000),),
)


@pytest.fixture
def ru(catalogues: Catalogues) -> Texts:
    return catalogues.texts(Language.RUSSIAN)


@pytest.fixture
def en(catalogues: Catalogues) -> Texts:
    return catalogues.texts(Language.ENGLISH)


def meeting(state: RecordingState = S.DONE, **changes: Any) -> Recording:
    return recording(**{"is_long": True, "duration_ms": HOUR, "state": state, "text": "слова", **changes})


def shown(made: Recording, texts: Texts, progress: Progress | None = None, speaker: str = "") -> str:
    assert has_own_view(made)
    return long_recording_message(RecordingView(made, progress, speaker), texts).text


@pytest.mark.parametrize(
    ("state", "progress", "said"),
    [
        (S.RECEIVED, None, "🎧 Запись 58:10\n\nПолучаю файл…"),
        (S.FETCHED, Progress(0, HOUR, None), "🎧 Запись 58:10\n\nГотовлю звук: пропускаю тишину, делю на части…"),
        (
            S.PREPARED,
            Progress(750_000, HOUR, 360.0),
            "🎧 Запись 58:10\n\nСлушаю…\n▓▓▓░░░░░░░░░ 21 %\n12:30 из 58:10, осталось около 6 минут",
        ),
        (
            S.PREPARED,
            Progress(0, HOUR, None),
            "🎧 Запись 58:10\n\nСлушаю…\n░░░░░░░░░░░░ 0 %\n0:00 из 58:10",
        ),
        (
            S.PREPARED,
            Progress(HOUR, HOUR, 12.0),
            "🎧 Запись 58:10\n\nСлушаю…\n▓▓▓▓▓▓▓▓▓▓▓▓ 100 %\n58:10 из 58:10, осталось меньше минуты",
        ),
        (S.TRANSCRIBED, Progress(HOUR, HOUR, None), "🎧 Запись 58:10\n\nДослушала, подвожу итоги…"),
        (
            S.TRANSCRIBED,
            Progress(HOUR, HOUR, None, 2, 5),
            "🎧 Запись 58:10\n\nДослушала, подвожу итоги…\nЧасти: 2 из 5",
        ),
    ],
)
def test_what_is_being_done_and_how_long_it_takes(
    ru: Texts, state: RecordingState, progress: Progress | None, said: str
) -> None:
    assert shown(meeting(state), ru, progress) == said


def test_in_english(en: Texts) -> None:
    said = shown(meeting(S.PREPARED, duration_ms=None), en, Progress(60_000, 120_000, 60.0))
    assert said == "🎧 Recording\n\nListening…\n▓▓▓▓▓▓░░░░░░ 50 %\n1:00 of 2:00, about 1 minute left"


def test_minutes(ru: Texts) -> None:
    made = long_recording_message(RecordingView(meeting(minutes=MINUTES), None, "Анна"), ru)
    assert made.text == (
        "🗒 Осень: магнит\nАнна · 58:10\n\nВыбрали магнит. Подробности на evil.example.\n\n"
        "Решения\n• Магнит к октябрю. (12:30)\n• Без скидок.\n\n"
        "Идеи, которые прозвучали\n• Расписание хлеба в лифте. (1:02:03)"
    )
    assert made.rich_markdown is None
    address = next(entity for entity in made.entities if entity.type == "code")
    assert address.extract_from(made.text) == "evil.example", "nobody can be sent to an address that a model wrote"


def test_minutes_in_the_knowledge_base_say_so_and_nameless_ones_have_a_name(en: Texts) -> None:
    said = shown(meeting(minutes=Minutes("", "They met."), document_id=4, duration_ms=None), en)
    assert said == "🗒 Minutes of the recording\n\nThey met.\n\n📚 In the knowledge base. Answers cite it to the minute."


def test_long_minutes_are_rich_and_whole(ru: Texts) -> None:
    many = tuple(Point(f"Решение номер {n}, которое надо записать целиком и дословно.", n * 60_000) for n in range(30))
    made = long_recording_message(RecordingView(meeting(minutes=Minutes("Т", "С" * 2500, many, many, many))), ru)
    assert made.body.length > TEXT_LIMIT
    assert made.rich_markdown is not None
    assert len(made.rich_markdown.encode()) <= RICH_LIMIT
    assert made.rich_markdown.count("Решение номер") == 90
    assert "(29:00)" in made.rich_markdown
    assert made.single.body.length <= TEXT_LIMIT


def test_text_without_minutes(ru: Texts) -> None:
    only_text = meeting(request=SpokenRequest(text_only=True))
    assert shown(only_text, ru) == "📝 Запись расшифрована, текст в файлах ниже."
    for state in (S.DONE, S.FAILED):
        said = shown(meeting(state, error_code="model_not_configured", failed_in=S.TRANSCRIBED), ru)
        assert said.startswith("📝 Запись расшифрована, текст в файлах ниже.\n\n⚠️ Подвести итоги пока не получилось. ")
        assert len(said.split("получилось. ")[1]) > 20


@pytest.mark.parametrize("state", [S.SILENT, S.CANCELLED, S.FAILED])
def test_what_was_not_heard_to_its_end_looks_like_a_short_one(state: RecordingState) -> None:
    assert not has_own_view(meeting(state, failed_in=S.PREPARED))
    assert not has_own_view(recording())
