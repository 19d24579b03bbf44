from pathlib import Path

import pytest

from services.domain.errors import InputError
from services.domain.knowledge import Passage
from services.domain.language import Language
from services.retrieval.golden_set import read_golden_set


def written(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "golden.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8-sig")
    return file


def passage(text: str, source: str = "a.md") -> Passage:
    return Passage("1", 1, 1, 0, "", text, Language.ENGLISH, 0, len(text), "A", source)


def test_paths_texts_languages_and_slices_are_read(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        '{"question": "Сколько стоит?", "relevant": ["ru/a.md", "ru/b.md"], "slice": "plain"}',
        "",
        '{"question": "How much?", "contains": ["29  euros"], "lang": "en-GB"}',
        '{"question": "Кто там?", "relevant": []}',
    )
    first, second, third = read_golden_set(file)
    assert (first.language, first.slice, first.wanted) == (Language.RUSSIAN, "plain", frozenset({"ru/a.md", "ru/b.md"}))
    assert (second.language, second.slice, second.wanted) == (Language.ENGLISH, "all", frozenset({"29  euros"}))
    assert (third.language, third.wanted) == (Language.RUSSIAN, frozenset())


def test_a_passage_is_relevant_by_its_source_or_by_what_it_holds(tmp_path: Path) -> None:
    file = written(tmp_path, '{"question": "?!a", "relevant": ["a.md"], "contains": ["29 Euros"]}')
    (question,) = read_golden_set(file)
    assert question.shown_by(passage("nothing")) == {"a.md"}
    assert question.shown_by(passage("it costs 29\n euros", "b.md")) == {"29 Euros"}
    assert question.shown_by(passage("it costs 2 euros", "b.md")) == frozenset()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "not JSON"),
        ("[]", "question"),
        ('{"question": " ", "relevant": []}', "question"),
        ('{"question": "a"}', "relevant"),
        ('{"question": "a", "relevant": "a.md"}', "list of texts"),
        ('{"question": "a", "contains": [""]}', "list of texts"),
    ],
)
def test_a_line_that_is_not_understood_is_named(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(InputError, match=f"line 2.*{why}"):
        read_golden_set(written(tmp_path, '{"question": "a", "relevant": []}', line))


def test_no_questions_are_no_golden_set(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no questions"):
        read_golden_set(written(tmp_path, ""))
    with pytest.raises(InputError, match="cannot be read"):
        read_golden_set(tmp_path / "absent.jsonl")
