"""An announcement as people read it: the question, the bar, the time that is left, the end."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.i18n import Catalogues, Texts
from handlers.views.broadcast import CELLS, bar, duration, ended_message, progress_message, proposal_message
from services.assistant.broadcast_drafts import Proposal
from services.domain.broadcast import Audience, Broadcast, BroadcastCounts, BroadcastReport, BroadcastState
from services.domain.chat import ChatAddress
from services.domain.language import Language
from tests.unit.handlers.people import WHEN

RUSSIAN, ENGLISH = Language.RUSSIAN, Language.ENGLISH
RUNNING = Broadcast(
    id=5,
    author_id=3,
    source=ChatAddress(503, None, 70),
    audience=Audience.MEMBERS,
    state=BroadcastState.RUNNING,
    total=1000,
    progress=ChatAddress(503, None, 71),
    created_at=WHEN,
    started_at=WHEN,
)


def report(counts: BroadcastCounts, seconds: float = 20.0, **changes: object) -> BroadcastReport:
    broadcast = replace(RUNNING, **changes)  # type: ignore[arg-type]
    return BroadcastReport(broadcast, counts, WHEN + timedelta(seconds=seconds), 10.0)


def ended(counts: BroadcastCounts, seconds: float = 34.0, **changes: object) -> BroadcastReport:
    """Seen an hour after its last message."""
    counts = replace(counts, settled_at=WHEN + timedelta(seconds=seconds))
    return report(counts, seconds=3600, **changes)


@pytest.fixture(params=[RUSSIAN, ENGLISH])
def texts(request: pytest.FixtureRequest, catalogues: Catalogues) -> Texts:
    return catalogues.texts(request.param)


def test_progress_in_both_languages(catalogues: Catalogues) -> None:
    moving = report(BroadcastCounts(sent=580, waiting=417, blocked=2, uncertain=1, lately=290))
    assert progress_message(moving, catalogues.texts(RUSSIAN)).text == (
        "📣 Рассылаю объявление\n▰▰▰▰▰▰▱▱▱▱▱▱ 58%\nДошло: 580 из 1000\n29 в секунду, осталось 14 с\n\n"
        "🚫 У 2 человек чат со мной закрыт или не начат\n"
        "❔ Без подтверждения: 1. Могло дойти, поэтому второй раз не отправляю."
    )
    assert progress_message(moving, catalogues.texts(ENGLISH)).text == (
        "📣 Sending the announcement\n▰▰▰▰▰▰▱▱▱▱▱▱ 58%\nDelivered: 580 of 1000\n29 a second, 14 s left\n\n"
        "🚫 2 people have blocked me or never opened our chat\n"
        "❔ Unconfirmed: 1. It may have arrived, so I don't send it twice."
    )


def test_the_end_in_both_languages(catalogues: Catalogues) -> None:
    done = ended(BroadcastCounts(sent=996, blocked=2, failed=1, uncertain=1), state=BroadcastState.DONE)
    assert ended_message(done, catalogues.texts(RUSSIAN)).text == (
        "✅ Объявление разослано за 34 с\nДошло: 996 из 1000\n\n🚫 У 2 человек чат со мной закрыт или не начат\n"
        "⚠️ Telegram отказал: 1\n❔ Без подтверждения: 1. Могло дойти, поэтому второй раз не отправляю."
    )
    assert ended_message(done, catalogues.texts(ENGLISH)).text.startswith(
        "✅ Announcement sent in 34 s\nDelivered: 996 of 1000\n\n🚫 2 people"
    )
    stopped = ended(BroadcastCounts(sent=412, cancelled=588), seconds=15, state=BroadcastState.STOPPED)
    assert ended_message(stopped, catalogues.texts(RUSSIAN)).text == (
        "⏹ Рассылка остановлена через 15 с\nДошло: 412 из 1000\nНе отправлено: 588"
    )


def test_groups_are_not_called_people(catalogues: Catalogues) -> None:
    gone = ended(BroadcastCounts(sent=20, blocked=21), audience=Audience.GROUPS, total=41)
    assert "Меня убрали из 21 группы" in ended_message(gone, catalogues.texts(RUSSIAN)).text
    assert "removed from 21 groups" in ended_message(gone, catalogues.texts(ENGLISH)).text


@pytest.mark.parametrize(
    ("audience", "count", "russian", "english"),
    [
        (Audience.MEMBERS, 1, "Отправить 1 человеку?", "Send it to 1 person?"),
        (Audience.MEMBERS, 2, "Отправить 2 людям?", "Send it to 2 people?"),
        (Audience.APPROVERS, 21, "Отправить 21 человеку?", "Send it to 21 people?"),
        (Audience.GROUPS, 1, "Отправить в 1 группу?", "Send it to 1 group?"),
        (Audience.GROUPS, 3, "Отправить в 3 группы?", "Send it to 3 groups?"),
        (Audience.GROUPS, 11, "Отправить в 11 групп?", "Send it to 11 groups?"),
        (Audience.GROUPS, 0, "В этом списке пока никого нет.", "There is nobody on this list yet."),
    ],
)
def test_to_whom(catalogues: Catalogues, audience: Audience, count: int, russian: str, english: str) -> None:
    draft = replace(RUNNING, state=BroadcastState.DRAFT, audience=audience)
    proposal = Proposal(draft, {**dict.fromkeys(Audience, 7), audience: count})
    for language, words in ((RUSSIAN, russian), (ENGLISH, english)):
        assert proposal_message(proposal, catalogues.texts(language)).text.endswith(f"\n\n{words}")


def test_nothing_is_promised_while_nothing_moves(texts: Texts) -> None:
    still = progress_message(report(BroadcastCounts(sent=10, waiting=990, lately=0)), texts).text
    assert len(still.splitlines()) == 3
    stopping = report(BroadcastCounts(sent=10, waiting=3, cancelled=987, lately=10), state=BroadcastState.STOPPED)
    assert len(progress_message(stopping, texts).text.splitlines()) == 3


def test_a_slow_one_is_told_in_tenths(catalogues: Catalogues) -> None:
    slow = report(BroadcastCounts(sent=60, waiting=40, lately=3), seconds=300, total=100)
    assert "0.3 в секунду, осталось 2 мин 13 с" in progress_message(slow, catalogues.texts(RUSSIAN)).text


def test_the_first_second_is_no_ground_for_a_miracle_of_speed() -> None:
    assert report(BroadcastCounts(sent=3, waiting=997, lately=3), seconds=0.01).per_second == 3


@pytest.mark.parametrize(
    ("seconds", "russian", "english"),
    [
        (0.2, "1 с", "1 s"),
        (59.4, "59 с", "59 s"),
        (59.6, "1 мин 0 с", "1 min 0 s"),
        (3599.7, "1 ч 0 мин", "1 h 0 min"),
        (7384, "2 ч 3 мин", "2 h 3 min"),
    ],
)
def test_durations(catalogues: Catalogues, seconds: float, russian: str, english: str) -> None:
    assert duration(seconds, catalogues.texts(RUSSIAN)) == russian
    assert duration(seconds, catalogues.texts(ENGLISH)) == english


@given(total=st.integers(1, 10**7), part=st.floats(0, 1))
def test_the_bar_is_full_only_at_the_end(total: int, part: float) -> None:
    done = int(total * part)
    drawn = bar(done, total)
    assert len(drawn) == CELLS
    assert drawn == "▰" * drawn.count("▰") + "▱" * drawn.count("▱")
    assert ("▱" not in drawn) == (done == total)
    assert ("▰" in drawn) == (done > 0)


@given(sent=st.integers(0, 2000), waiting=st.integers(0, 2000), blocked=st.integers(0, 50), lately=st.integers(0, 400))
def test_every_state_of_progress_can_be_shown(
    catalogues: Catalogues, sent: int, waiting: int, blocked: int, lately: int
) -> None:
    counts = BroadcastCounts(sent=sent, waiting=waiting, blocked=blocked, lately=lately)
    shown = report(counts, total=counts.total)
    for language in Language:
        for view in (progress_message, ended_message):
            said = view(shown, catalogues.texts(language)).text
            assert 0 < len(said) < 1000
            assert "{" not in said
