"""An answer is read aloud once, kept, and never in the way of the text."""

from collections import deque
from pathlib import Path

import pytest

from services.assistant.speak_answer import SpeakAnswer, spoken_key
from services.domain.errors import FilesUnavailable, ModelRefused
from services.domain.language import Language
from services.domain.usage import CallOutcome
from services.files.obstore_files import ObstoreFiles
from services.prompts.jinja_library import JinjaPromptLibrary
from services.speech.call_record import RecordedVoice
from services.speech.pyav_bubble import PyAVBubble
from services.speech.service import SpeechService
from tests.fakes.call_ledger import MemoryLedger
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.fakes.price_list import FlatPriceList
from tests.fakes.text_to_speech import HummingVoice
from tests.unit.services.assistant.conftest import Team

PROMPTS = Path(__file__).parents[4] / "prompts"
PARTS = ("Первая идея.\nТихая полка", "Вторая идея.\nРовно в девять")
ENDING = "Остальное читайте в сообщении."


class Studio:
    def __init__(self, team: Team, *, configured: bool = True) -> None:
        self.team, self.voice, self.ledger = team, HummingVoice(), MemoryLedger()
        self.files = ObstoreFiles("memory:///")
        recorded = RecordedVoice(self.voice, self.ledger, FlatPriceList()) if configured else None
        self.speech = SpeechService(recorded, PyAVBubble(), MemoryBreaker(), model="tts-1")

    @property
    def speak_answer(self) -> SpeakAnswer:
        """As another process would have it."""
        return SpeakAnswer(self.team.store, self.files, self.speech, JinjaPromptLibrary(PROMPTS))


@pytest.fixture
def studio(team: Team) -> Studio:
    return Studio(team)


async def test_what_was_said_is_kept_and_not_paid_for_again(studio: Studio) -> None:
    draft = await studio.team.has_draft()
    said = await studio.speak_answer(draft, PARTS, ENDING, Language.RUSSIAN)
    again = await studio.speak_answer(draft, PARTS, ENDING, Language.RUSSIAN)
    assert said == again
    assert said is not None
    assert await studio.files.read(spoken_key(draft.id)) == said.audio
    assert len(studio.voice.requests) == len(studio.ledger.calls) == 1


async def test_the_voice_is_told_how_and_the_ledger_for_whom(studio: Studio) -> None:
    draft = await studio.team.has_draft()
    await studio.speak_answer(draft, PARTS, ENDING, Language.RUSSIAN)
    (request,), (call,) = studio.voice.requests, studio.ledger.calls
    assert request.text == "Первая идея.\nТихая полка.\n\nВторая идея.\nРовно в девять."
    assert request.instructions.startswith("Читай по-русски")
    context = call.context
    assert (context.task, context.generation_id, context.brief_id) == ("speak", draft.id, draft.brief_id)
    assert (context.member_id, context.project_id) == (studio.team.writer.id, studio.team.project.id)
    assert call.prompt is not None
    assert call.prompt.name == "speak"


async def test_an_english_answer_is_read_in_english(studio: Studio) -> None:
    await studio.speak_answer(await studio.team.has_draft(), ("Quiet shelf",), "The rest.", Language.ENGLISH)
    assert studio.voice.requests[0].instructions.startswith("Read in English")


async def test_a_voice_that_fails_is_no_error_of_the_answer(studio: Studio) -> None:
    draft = await studio.team.has_draft()
    studio.voice.failures = deque([ModelRefused("wrong key")])
    assert await studio.speak_answer(draft, PARTS, ENDING, Language.RUSSIAN) is None
    assert studio.ledger.outcomes == [CallOutcome.FAILED]
    assert not await studio.files.exists(spoken_key(draft.id))


async def test_without_a_place_to_keep_it_nothing_is_bought(studio: Studio) -> None:
    class Away(ObstoreFiles):
        async def read(self, key: str) -> bytes:
            raise FilesUnavailable("no answer")

    studio.files = Away("memory:///")
    draft = await studio.team.has_draft()
    assert await studio.speak_answer(draft, PARTS, ENDING, Language.RUSSIAN) is None
    assert studio.voice.requests == []


async def test_what_was_kept_and_is_broken_is_said_anew(studio: Studio) -> None:
    draft = await studio.team.has_draft()
    await studio.files.put(spoken_key(draft.id), b"half a file")
    assert await studio.speak_answer(draft, PARTS, ENDING, Language.RUSSIAN) is not None
    assert len(studio.voice.requests) == 1


async def test_what_arrived_is_let_go_and_nothing_else(studio: Studio) -> None:
    draft = await studio.team.has_draft()
    await studio.speak_answer(draft, PARTS, ENDING, Language.RUSSIAN)
    await studio.files.put(spoken_key(draft.id * 10), b"another")
    await studio.speak_answer.forget(draft.id)
    assert list(await studio.files.keys("spoken")) == [spoken_key(draft.id * 10)]


async def test_where_no_voice_is_set_up_nothing_happens(team: Team) -> None:
    studio = Studio(team, configured=False)
    assert await studio.speak_answer(await team.has_draft(), PARTS, ENDING, Language.RUSSIAN) is None


async def test_nothing_to_say_is_not_said(studio: Studio) -> None:
    assert await studio.speak_answer(await studio.team.has_draft(), ("🎉",), ENDING, Language.RUSSIAN) is None
    assert studio.voice.requests == []
