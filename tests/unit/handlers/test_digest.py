"""The digest as it is read, its buttons, and the button of /spend that says how often it comes."""

from dataclasses import replace
from datetime import date

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, SendMessage, SendPhoto
from aiogram.types import InlineKeyboardMarkup

from handlers.callbacks import DigestPress, SpendAnewPress
from handlers.delivery_sender import TelegramDeliverySender
from handlers.digest_keyboard import digest_keyboard
from handlers.digest_renderers import digest_renderers
from handlers.i18n import Catalogues
from handlers.views.spending import CAPTION_LIMIT
from handlers.views.spending_digest import digest_caption
from services.assistant.budgets.sheet import BudgetSheet
from services.assistant.digests.chosen import ChosenDigest
from services.assistant.digests.report_digest import SpendingDigest
from services.charts.ports import Chart
from services.domain.budget import Account, BudgetKey, BudgetPeriod, BudgetScope
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.digest import DigestCadence, DigestDays
from services.domain.errors import ChartUnavailable, NotAllowed
from services.domain.language import Language
from services.domain.member import Member
from services.domain.spending import GroupSpent, SpendingGroup, Spent
from services.domain.spending_days import SpendingPeriod
from tests.fakes.telegram_session import recording_bot
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import ADMIN, GROUP
from tests.unit.handlers.test_spend import PNG, REPORT, labels

CHOSEN = ChosenDigest(DigestCadence.WEEKLY, 9)
FULL = Account(
    BudgetKey(BudgetScope.MEMBER, 7, BudgetPeriod.MONTH), date(2026, 3, 1), 8_400_000, limit_microusd=10_000_000
)


def spent(name: str, microusd: int) -> GroupSpent:
    return GroupSpent(name, name, Spent(1, counted_microusd=microusd, cost_microusd=microusd))


DIGEST = SpendingDigest(
    days=DigestDays(DigestCadence.WEEKLY, date(2026, 3, 9), date(2026, 3, 16)),
    spent=Spent(120, 0, 0, 0, 12_000_000, 2, 12_340_000, 0, 5, 1_200_000),
    before=Spent(100, counted_microusd=10_030_000),
    forecast_microusd=48_000_000,
    people=(spent("Аня", 7_000_000), spent("Борис", 5_000_000), spent("Вера", 300_000), spent("Глеб", 40_000)),
    projects=(spent("Чай", 12_340_000),),
    models=(spent("gpt-4.1", 12_000_000), spent("tiny", 0)),
    budgets=(BudgetSheet(FULL, "Аня"),),
    drawn=replace(REPORT, group=SpendingGroup.MODEL, period=SpendingPeriod.WEEK),
    chosen=CHOSEN,
)
TOLD = """\
Расходы команды за неделю: 09.03 – 15.03
Всего 12,34 $ · 120 вызовов
Неделей раньше — 10,03 $ (+23 %)
Прогноз на весь месяц: 48,00 $
Сэкономлено 1,20 $: 5 ответов взяты из кэша
⚠️ Цена 2 вызовов неизвестна, они посчитаны по оценке: 0,34 $

Люди: Аня 7,00 $, Борис 5,00 $, Вера 0,30 $
Модели: gpt-4.1 12,00 $

Бюджеты на исходе
Личный бюджет на этот месяц · Аня — 84 % из 10,00 $"""


def test_it_says_all_that_matters_and_no_more(catalogues: Catalogues) -> None:
    said = digest_caption(DIGEST, catalogues.texts(Language.RUSSIAN)).text
    assert said.replace("\u00a0", " ").replace("\u2060", "") == TOLD
    quiet = replace(DIGEST, before=Spent(), budgets=(), forecast_microusd=None, people=(), models=())
    english = digest_caption(quiet, catalogues.texts(Language.ENGLISH)).text
    assert english.startswith("Team spending, the week of Mar 9 – Mar 15\n$12.34 in total · 120 calls\nSaved")
    daily = replace(DIGEST, days=DigestDays(DigestCadence.DAILY, date(2026, 3, 15), date(2026, 3, 16)))
    words = digest_caption(
        replace(daily, before=Spent(counted_microusd=24_680_000)), catalogues.texts(Language.ENGLISH)
    )
    assert "Team spending on Mar 15" in words.text
    assert "The day before: $24.68 (−50\u00a0%)" in words.text


@pytest.mark.parametrize("language", list(Language))
def test_it_fits_whatever_people_are_called(catalogues: Catalogues, language: Language) -> None:
    many = tuple(spent(f"{number} " + "🎨я" * 60, 9_000_000_000) for number in range(3))
    sheets = (BudgetSheet(FULL, "https://evil.example/" * 9),) * 5
    full = replace(DIGEST, people=many, projects=many, models=many, budgets=sheets)
    said = digest_caption(full, catalogues.texts(language))
    assert said.length <= CAPTION_LIMIT
    assert "12" in said.text


async def test_it_is_sent_as_a_picture_in_the_readers_language_and_as_words_without_one(catalogues: Catalogues) -> None:
    bot, telegram = recording_bot()
    drawn: list[Chart] = []

    async def read(days: DigestDays) -> SpendingDigest:
        assert days == DIGEST.days
        return DIGEST

    async def paint(chart: Chart) -> bytes:
        drawn.append(chart)
        if len(drawn) > 1:
            raise ChartUnavailable("x")
        return PNG

    async def find_member(_: int) -> Member:
        return replace(ADMIN, language=Language.ENGLISH)

    sender = TelegramDeliverySender(bot, catalogues, find_member, digest_renderers(read, paint))
    payload = {"cadence": "weekly", "since": "2026-03-09", "until": "2026-03-16"}
    delivery = Delivery(1, DeliveryKind.SPEND_DIGEST, ChatAddress(503), payload)
    assert await sender.send(delivery) == ChatAddress(503, None, 1001)
    sent = telegram.last(SendPhoto)
    assert "the week of Mar 9" in (sent.caption or "")
    assert labels(sent.reply_markup)[-1] == "🔔 Digest: every week"
    assert drawn[0].title == "Team spending · 7 days"
    await sender.send(delivery)
    assert "the week of Mar 9" in (telegram.last(SendMessage).text or "")


async def test_an_admin_chooses_under_the_picture_of_spend(stage: Stage) -> None:
    stage.use_cases["choose_digest"].answer = ChosenDigest(DigestCadence.DAILY, 9)
    stage.use_cases["report_spending"].answer = replace(REPORT, digest=ChosenDigest(DigestCadence.DAILY, 9))
    press = DigestPress(cadence=DigestCadence.DAILY, shown=SpendingPeriod.MONTH, group=SpendingGroup.TASK, dark=True)
    await stage.presses(press.pack())
    assert stage.use_cases["choose_digest"].last["cadence"] is DigestCadence.DAILY
    assert "каждый день в 9:00" in (stage.telegram.last(AnswerCallbackQuery).text or "")
    keyboard = stage.telegram.last(EditMessageReplyMarkup).reply_markup
    assert isinstance(keyboard, InlineKeyboardMarkup)
    assert "☀️" in labels(keyboard)
    (button,) = keyboard.inline_keyboard[-1]
    following = DigestPress.unpack(button.callback_data or "")
    assert (button.text, following.cadence) == ("🔔 Сводка: каждый день", DigestCadence.OFF)
    assert (following.shown, following.dark) == (REPORT.period, True)
    assert stage.use_cases["paint_chart"].calls == []


async def test_under_a_digest_also_in_the_admins_chat(stage: Stage) -> None:
    stage.chat = GROUP
    stage.use_cases["choose_digest"].answer = ChosenDigest(DigestCadence.OFF, 9)
    await stage.presses(DigestPress(cadence=DigestCadence.OFF).pack())
    assert labels(stage.telegram.last(EditMessageReplyMarkup).reply_markup)[-1] == "🔕 Сводка: не присылать"
    stage.use_cases["choose_digest"].answer = NotAllowed()
    await stage.presses(DigestPress(cadence=DigestCadence.DAILY).pack())
    assert len(stage.telegram.sent(EditMessageReplyMarkup)) == 1


async def test_its_buttons_lead_into_spend_in_private(stage: Stage) -> None:
    stage.use_cases["report_spending"].answer = REPORT
    stage.use_cases["paint_chart"].answer = PNG
    (people, _), _ = digest_keyboard(CHOSEN, stage.catalogues.texts(Language.RUSSIAN)).inline_keyboard
    stage.chat = GROUP
    await stage.presses(people.callback_data or "")
    sent = stage.telegram.last(SendPhoto)
    assert sent.chat_id != GROUP.id
    assert "• Люди" in labels(sent.reply_markup)
    asked = stage.use_cases["report_spending"].last
    assert (asked["period"], asked["group"]) == (SpendingPeriod.WEEK, SpendingGroup.PERSON)
    assert "личных" in (stage.telegram.last(AnswerCallbackQuery).text or "")
    stage.telegram.refuse(SendPhoto, "chat not found")
    await stage.presses(SpendAnewPress(period=SpendingPeriod.MONTH, group=SpendingGroup.MODEL).pack())
    assert "Напишите мне" in (stage.telegram.last(AnswerCallbackQuery).text or "")
