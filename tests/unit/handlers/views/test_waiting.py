"""What people read who wait for their turn, or who asked too soon."""

from datetime import UTC, datetime

import pytest

from handlers.budget_keyboards import failure_keyboard
from handlers.callbacks import RetryPress
from handlers.errors import sentence
from handlers.i18n import Catalogues
from handlers.views.failure import failure_message
from handlers.views.status import short_status
from handlers.views.waiting import waiting_message
from services.assistant.ports import Failure
from services.assistant.report_status import StatusReport
from services.domain.brief import Brief, Task
from services.domain.chat import ChatAddress
from services.domain.fairness import Limits
from services.domain.generation import Generation, GenerationState
from services.domain.language import Language
from services.domain.queue_place import QueuePlace

RU, EN = Language.RUSSIAN, Language.ENGLISH


@pytest.mark.parametrize(
    ("language", "place", "said"),
    [
        (RU, QueuePlace(0, 20), "🕓 Ваш запрос следующий в очереди. Начну примерно через 20 секунд."),
        (RU, QueuePlace(1, 60), "🕓 Вы в очереди: впереди 1 запрос. Начну примерно через 1 минуту."),
        (RU, QueuePlace(3, 180), "🕓 Вы в очереди: впереди 3 запроса. Начну примерно через 3 минуты."),
        (RU, QueuePlace(21, 660), "🕓 Вы в очереди: впереди 21 запрос. Начну примерно через 11 минут."),
        (
            RU,
            QueuePlace(0, 30, 2),
            "🕓 Сейчас пишу 2 ваших запроса, этот возьму следом. Начну примерно через 30 секунд.",
        ),
        (
            RU,
            QueuePlace(1, 40, 1),
            "🕓 Сейчас пишу 1 ваш запрос, этот возьму следом. Перед этим ждёт ещё 1 ваш."
            " Начну примерно через 40 секунд.",
        ),
        (EN, QueuePlace(0, 20), "🕓 Your request is next in the queue. I will begin in about 20 seconds."),
        (EN, QueuePlace(1, 60), "🕓 You are in the queue: 1 request is ahead of you. I will begin in about 1 minute."),
        (
            EN,
            QueuePlace(3, 120, 2),
            "🕓 I am writing 2 requests of yours, this one comes right after. 3 more of yours wait before it."
            " I will begin in about 2 minutes.",
        ),
    ],
)
def test_a_place_in_the_queue(catalogues: Catalogues, language: Language, place: QueuePlace, said: str) -> None:
    assert waiting_message(place, catalogues.texts(language)).text == said


@pytest.mark.parametrize(
    ("language", "seconds", "said"),
    [
        (RU, 1, "Не так быстро: ещё 1 секунда — и можно."),
        (RU, 22, "Не так быстро: ещё 22 секунды — и можно."),
        (RU, 12, "Не так быстро: ещё 12 секунд — и можно."),
        (EN, 1, "Not so fast: 1 more second and you can."),
        (EN, 20, "Not so fast: 20 more seconds and you can."),
    ],
)
def test_how_long_to_wait(catalogues: Catalogues, language: Language, seconds: int, said: str) -> None:
    assert sentence("too_many_requests", catalogues.texts(language), seconds=seconds) == said


def test_what_came_too_soon_has_a_button_that_runs_it(catalogues: Catalogues) -> None:
    facts: dict[str, int | str] = {"seconds": 20}
    kept = Generation(7, 1, 1, GenerationState.FAILED, 2, 3, error_code="too_many_requests", error_facts=facts)
    brief = Brief(1, Task.IDEA, 1, 3, ChatAddress(3, None, 10), "слоган", RU, datetime.now(UTC))
    failure = Failure(kept, brief, "too_many_requests", RU, retryable=True)
    texts = catalogues.texts(RU)
    shown = failure_message(failure, texts).text
    assert shown == (
        "🕓 Не так быстро: ещё 20 секунд — и можно.\nЗапрос сохранён: когда время пройдёт, запустите его кнопкой ниже."
    )
    keyboard = failure_keyboard(failure, texts)
    assert keyboard is not None
    ((button,),) = keyboard.inline_keyboard
    assert (button.text, button.callback_data) == ("▶️ Запустить", RetryPress(generation_id=7, version=2).pack())


def test_status_tells_the_limits_and_who_waits(catalogues: Catalogues) -> None:
    report = StatusReport((), "1", 5, {}, waiting=3, limits=Limits(6, 2))
    said = short_status(report, catalogues.texts(RU)).text
    assert "Сейчас пишется 2 варианта\nВ очереди 3 запроса\n" in said
    assert said.endswith("На человека: 6 запросов в минуту, одновременно пишется не больше 2")
