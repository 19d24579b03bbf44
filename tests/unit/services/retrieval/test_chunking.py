from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.chunk_rules import USUAL, ChunkRules
from services.retrieval.chunking import Chunk, chunk, estimate_tokens

LIMIT_TOKENS, OVERLAP = USUAL.limit_tokens, USUAL.overlap_percent / 100
HEADINGS = st.builds(lambda level, name: f"{'#' * level} {name}", st.integers(1, 6), st.text("абв xyz#`*", max_size=12))
PARAGRAPHS = st.builds(
    lambda words, times: " ".join(words * times),
    st.lists(st.text("абвгд efg.,!—1", min_size=1, max_size=9), min_size=1, max_size=12),
    st.integers(1, 120),
)
CODE = st.just("```\n# not a heading\n```")
TABLE = st.just("| a | b |\n|---|---|\n| 1 | 2 |")
MARKDOWN = st.lists(st.one_of(HEADINGS, PARAGRAPHS, CODE, TABLE, st.text(max_size=40)), max_size=25).map("\n\n".join)


def sections(chunks: list[Chunk]) -> list[str]:
    return [found.section for found in chunks]


@settings(max_examples=150, deadline=None)
@given(MARKDOWN)
def test_chunks_are_slices_in_order_and_together_lose_nothing(text: str) -> None:
    chunks = chunk(text)
    covered = bytearray(len(text))
    for found in chunks:
        assert text[found.start : found.end] == found.text
        assert found.text.strip()
        covered[found.start : found.end] = b"\x01" * (found.end - found.start)
    assert [found.start for found in chunks] == sorted(found.start for found in chunks)
    lost = "".join(char for char, kept in zip(text, covered, strict=True) if not kept)
    assert not lost.strip()


@settings(max_examples=100, deadline=None)
@given(MARKDOWN)
def test_no_chunk_outgrows_the_limit_by_more_than_its_overlap(text: str) -> None:
    assert all(estimate_tokens(found.text) <= LIMIT_TOKENS * (1 + OVERLAP) + 2 for found in chunk(text))


def test_each_top_section_is_its_own_passage() -> None:
    text = "# Brand\n\n## Voice\n\nQuiet.\n\n### Do\n\nShort.\n\n### Don't\n\nShout.\n\n## Colours\n\nBlue."
    assert sections(chunk(text)) == ["Voice", "Colours"]


def test_the_documents_own_title_is_not_in_the_path_and_goes_with_the_first_section() -> None:
    first = chunk("# Brand\n\n## Voice\n\nQuiet.\n\n## Colours\n\nBlue.")[0]
    assert first.section == "Voice"
    assert first.text.startswith("# Brand")


def test_a_short_introduction_goes_with_the_first_section() -> None:
    first = chunk("# Brand\n\nAll about us.\n\n## Voice\n\nQuiet.\n\n## Colours\n\nBlue.")[0]
    assert first.section == "Voice"
    assert "All about us." in first.text


def test_a_long_text_before_the_first_heading_has_no_section() -> None:
    assert sections(chunk("Preface. " * 60 + "\n\n# One\n\na\n\n# Two\n\nb")) == ["", "One", "Two"]


def test_a_long_section_is_cut_at_its_subsections_with_the_path_to_each() -> None:
    body = "Слово о вкусе. " * 120
    text = f"# Бренд\n\n## Голос\n\n### Как звучим\n\n{body}\n\n### Чего нет\n\n{body}\n\n## Цвет\n\nСиний."
    assert sections(chunk(text)) == ["Голос › Как звучим", "Голос › Чего нет", "Цвет"]


def test_small_subsections_of_a_long_section_stay_together_under_their_common_heading() -> None:
    small = "\n\n".join(f"### Вопрос {number}\n\n{'Ответ есть. ' * 30}" for number in range(12))
    text = f"# Справка\n\n## Вопросы\n\n{small}\n\n## Прочее\n\nНет."
    found = sections(chunk(text))
    assert 1 < found.count("Вопросы") < 12
    assert found[-1] == "Прочее"


def test_pieces_of_a_cut_section_overlap_at_a_sentence() -> None:
    text = "".join(f"Предложение номер {number} о тишине и покое. " for number in range(600))
    chunks = chunk(text)
    assert len(chunks) > 3
    for former, following in pairwise(chunks):
        assert former.start < following.start < former.end < following.end
        assert following.text.startswith("Предложение")
        assert former.end - following.start <= OVERLAP * len(former.text) + 1


def test_headings_inside_code_are_code() -> None:
    assert sections(chunk("# A\n\n```sh\n# comment\n```\n\n# B\n\nb")) == ["A", "B"]


def test_markup_in_a_heading_is_taken_off_the_path() -> None:
    assert sections(chunk("## **Tone** of [voice](http://x.y)\n\na\n\n## `B` ##\n\nb")) == ["Tone of voice", "B"]


def test_blank_text_has_no_passages() -> None:
    assert chunk(" \n\n\t") == []


def test_a_control_character_is_no_passage() -> None:
    text = "\x1f\n\n" + "1 111 11111 " * 900
    assert all(found.text.strip() for found in chunk(text))


def test_a_projects_own_rules_cut_shorter_and_overlap_as_they_say() -> None:
    text = "".join(f"Предложение номер {number} о тишине и покое. " for number in range(600))
    rules = ChunkRules(target_tokens=200, limit_tokens=300, overlap_percent=0)
    chunks = chunk(text, rules)
    assert len(chunks) > len(chunk(text))
    assert all(estimate_tokens(found.text) <= 300 for found in chunks)
    assert all(former.end <= following.start for former, following in pairwise(chunks))


def test_a_heading_is_read_without_its_markup() -> None:
    (found, *_) = chunk("# Book\n\n## 2\\. *Voice* of [us](https://example.com) at 5\\%\n\nText.\n\n## Other\n\nMore.")
    assert found.section == "2. Voice of us at 5%"
