"""The demo model takes minutes that the product can read."""

import json
from typing import Any

from services.assistant.listening.minutes_text import digest_text
from services.assistant.listening.transcript_parts import Part
from services.llm.answers import strict_schema
from services.llm.minutes_answers import DigestAnswer, MinutesAnswer
from services.llm.read_answer import read_answer
from services.prompts.jinja_library import JinjaPromptLibrary
from tests.emulators.openai.personalities import Cast
from tests.emulators.openai.settings import Personality
from tests.unit.emulators.openai.test_product_prompts import ROOT

TALK = """[0:05] Сегодня говорим про осеннюю кампанию чая и про магнит на дверь.
[1:10] Значит, решили: магнит на дверь делаем к октябрю.
[2:20] Оля подготовит макет магнита до пятницы.
[3:30] А что если повесить расписание чая в лифте?
[1:02:03] Всем спасибо."""
VARIABLES: dict[str, Any] = {
    "language": "ru",
    "project": {"name": "Тихий час", "description": ""},
    "source": "transcript",
    "span": "0:00–1:02:10",
    "transcript": TALK,
    "nonce": "5f3a",
}


def say(name: str, shape: type[DigestAnswer] | type[MinutesAnswer], **changes: Any) -> str:
    prompt = JinjaPromptLibrary(ROOT / "prompts").render(name, VARIABLES | changes)
    messages = [{"role": message.role, "content": message.content} for message in prompt.messages]
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": strict_schema(shape)}}
    return Cast().say(Personality.HONEST, messages, wanted, seed=7).text


def test_points_carry_their_marks() -> None:
    minutes = read_answer(say("minutes", MinutesAnswer), MinutesAnswer).as_minutes(3_730_000)
    assert [(point.text, point.at_ms) for point in minutes.decisions] == [
        ("Значит, решили: магнит на дверь делаем к октябрю.", 70_000)
    ]
    assert [point.at_ms for point in minutes.tasks] == [140_000]
    assert [point.at_ms for point in minutes.ideas] == [210_000]
    assert "магнит" in minutes.title.lower()
    assert "Демо-автор" in minutes.summary


def test_digests_are_joined() -> None:
    digest = read_answer(say("digest", DigestAnswer), DigestAnswer).as_minutes(3_730_000)
    part = Part(0, 3_730_000, TALK)
    both = f"{digest_text(part, digest)}\n\n{digest_text(part, digest)}"
    minutes = read_answer(say("minutes", MinutesAnswer, source="digests", transcript=both), MinutesAnswer)
    assert [point.at for point in minutes.decisions] == ["1:10", "1:10"]
    assert minutes.summary.count("Демо-автор") == 1


def test_other_requests_are_none_of_its_business() -> None:
    answer = Cast().say(Personality.HONEST, [{"role": "user", "content": "Придумай слоган"}], None, seed=1)
    assert not answer.text.startswith(json.dumps({})[:1])
