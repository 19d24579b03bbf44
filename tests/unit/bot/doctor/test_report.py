import json
import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest

import bot.doctor
from bot.commands.doctor import as_lines, doctor
from bot.commands.doctor_texts import SENTENCES, SUMMARY, sentence
from bot.doctor.finding import failure, ok, warning
from bot.settings import Settings
from services.domain.language import Language

CALL = re.compile(r'\b(?:ok|warning|failure)\("([a-z_]+)"((?:, \w+=)?)')


def codes_in_the_checks() -> set[str]:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(bot.doctor.__path__[0]).glob("*.py"))
    return {match[1] for match in CALL.finditer(source)}


def test_every_finding_has_its_sentence_and_every_sentence_its_finding() -> None:
    assert codes_in_the_checks() == set(SENTENCES)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_tell_the_same_facts(code: str) -> None:
    russian, english = SENTENCES[code]
    fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (russian, english)]
    assert fields[0] >= fields[1]
    assert re.search("[а-яё]", russian, re.IGNORECASE)
    assert not re.search("[а-яё]", english, re.IGNORECASE)


def test_the_last_line_sums_up() -> None:
    for findings, worst in (
        ([ok("clock_right")], "ok"),
        ([ok("clock_right"), warning("no_admins")], "warning"),
        ([failure("no_token"), warning("no_admins"), ok("clock_right")], "failure"),
    ):
        summary = next(texts for status, texts in SUMMARY.items() if status == worst)
        for language in Language:
            assert as_lines(findings, language)[-1] == summary[language]
    assert as_lines([failure("no_token")], Language.ENGLISH)[0].startswith("❌ No token")


async def test_an_empty_machine_is_told_what_to_do(
    make_settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = make_settings(embedding_model="none", transcription_model="none", default_language="en")
    assert await doctor(settings, as_json=True) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["healthy"] is False
    failures = {check["check"] for check in report["checks"] if check["status"] == "failure"}
    assert failures == {"no_token", "no_model"}
    for check in report["checks"]:
        assert check["text"] == sentence(check["check"], check["facts"], Language.ENGLISH)
