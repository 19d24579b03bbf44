"""What the doctor says about drafts that are used again."""

from typing import Any

import pytest

from bot.commands.doctor_texts import sentence
from bot.doctor.cache import check_cache
from bot.settings import Settings
from services.domain.language import Language


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cache_hours": 0}, "cache_off"),
        ({"semantic_cache": "off"}, "cache_exact"),
        ({"embedding_model": "none"}, "cache_exact"),
        ({"embedding_model": "bundled"}, "cache_english"),
        ({"embedding_model": "openai:text-embedding-3-small"}, "cache_by_exam"),
        ({"semantic_cache": "0.9"}, "cache_by_exam"),
    ],
)
def test_the_doctor_says_what_the_cache_recognises(changes: dict[str, Any], code: str) -> None:
    (finding,) = check_cache(Settings(_env_file=None, **changes))
    assert finding.code == code
    assert all(sentence(finding.code, finding.facts, language) for language in Language)


@pytest.mark.parametrize("value", ["maybe", "1.5", "0", "-1", "0.x"])
def test_a_likeness_is_on_off_or_a_number_up_to_one(value: str) -> None:
    with pytest.raises(ValueError, match="semantic_cache"):
        Settings(_env_file=None, semantic_cache=value)
