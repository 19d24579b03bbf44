from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.errors import InputError
from services.domain.language import Language
from services.domain.reading import ReadDocument
from services.retrieval.readers import decode, described, read_file, read_text

RUSSIAN = "Тихий час — это пауза. Ёлка."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le-bom"])
def test_usual_encodings_are_recognised(encoding: str) -> None:
    raw = b"\xff\xfe" + RUSSIAN.encode("utf-16-le") if encoding == "utf-16-le-bom" else RUSSIAN.encode(encoding)
    assert decode(raw) == RUSSIAN


def test_a_picture_is_refused() -> None:
    with pytest.raises(InputError):
        decode(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")


def test_front_matter_gives_the_facts_and_leaves_the_text() -> None:
    facts = "title: Тон голоса\ntype: tone_of_voice\nlanguage: ru\ndate: 2026-03-09\nauthor: Ида\n"
    found = read_text(f"---\n{facts}---\n# Другое\n\nТекст.", "ru/tone.md")
    assert (found.title, found.type, found.language) == ("Тон голоса", "tone_of_voice", Language.RUSSIAN)
    assert (found.date, found.author, found.text) == (date(2026, 3, 9), "Ида", "# Другое\n\nТекст.")


def test_without_front_matter_the_first_heading_names_it_and_the_script_tells_the_language() -> None:
    found = read_text("Предисловие.\n\n## Наш голос ##\n", "notes/a.md")
    assert (found.title, found.language, found.type, found.date) == ("Наш голос", Language.RUSSIAN, "document", None)


def test_without_headings_the_file_names_it() -> None:
    assert read_text("just words", "plans/summer_campaign-2026.txt").title == "summer campaign 2026"


@pytest.mark.parametrize("top", ["---\nnot: [closed\n---\nText", "---\njust a line\n---\nText", "---\nText, no end"])
def test_what_does_not_read_as_front_matter_stays_text(top: str) -> None:
    assert read_text(top, "a.md").text == top


def test_strange_facts_do_no_harm() -> None:
    found = read_text("---\ntitle: [a]\nlanguage: klingon\ndate: someday\nauthor: {}\n---\nHello there", "a.md")
    assert (found.title, found.language, found.date, found.author) == ("a", Language.ENGLISH, None, None)


def test_the_hash_follows_the_content_not_the_line_ends() -> None:
    assert read_text("a\r\nb", "x").content_hash == read_text("a\nb", "y").content_hash
    assert read_text("a\nb", "x").content_hash != read_text("a\nc", "x").content_hash
    assert read_text("---\ntitle: A\n---\nb", "x").content_hash != read_text("---\ntitle: B\n---\nb", "x").content_hash


def test_a_file_is_named_by_its_path_in_the_folder(tmp_path: Path) -> None:
    file = tmp_path / "ru" / "a.md"
    file.parent.mkdir()
    file.write_bytes("Привет".encode("cp1251"))
    assert read_file(file, tmp_path).source == "ru/a.md"
    assert read_file(file, tmp_path).text == "Привет"


@given(st.binary())
def test_any_bytes_are_text_or_refused(raw: bytes) -> None:
    try:
        text = decode(raw)
    except InputError:
        return
    assert read_text(text, "a.md").title


def test_what_no_database_keeps_does_not_move_what_follows() -> None:
    read = ReadDocument("a", "a\0b\ud83dc", "pdf", page_starts=(0, 4))
    found = described(read, "a.pdf")
    assert len(found.text) == len(read.text)
    assert found.text[4] == "c"
    assert found.text.encode().count(b"\0") == 0


def test_a_workbook_is_not_named_by_its_first_sheet() -> None:
    assert described(ReadDocument("a", "## Sheet1\n\n| a |", "xlsx"), "prices/spring_2026.xlsx").title == "spring 2026"
