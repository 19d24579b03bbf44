"""What people send as a file of briefs."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.assistant.batches.read_briefs import MOST_BYTES, read_briefs
from services.assistant.brief_text import BRIEF_LIMIT
from services.domain.batch import MOST_BRIEFS, SkippedLine, SkipReason
from services.domain.errors import BatchTooLong, BatchUnreadable, EmptyBrief, MuzaError

TEA = "Слоган для чая"


def texts(name: str, content: bytes) -> list[tuple[int, str]]:
    return [(line.number, line.text) for line in read_briefs(name, content).lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_russian_comes_in_many_encodings(encoding: str) -> None:
    assert texts("b.txt", f"{TEA}\r\nЕщё один\r\n".encode(encoding)) == [(1, TEA), (2, "Ещё один")]


def test_lines_keep_the_numbers_of_the_file_and_say_why_they_are_left_out() -> None:
    content = f"\n{TEA}\n\n слоган  для ЧАЯ \n***\n{'я' * (BRIEF_LIMIT + 1)}\nlast".encode()
    read = read_briefs("b.txt", content)
    assert [(line.number, line.text) for line in read.lines] == [(2, TEA), (7, "last")]
    assert read.skipped == (
        SkippedLine(4, SkipReason.DUPLICATE),
        SkippedLine(5, SkipReason.NO_WORDS),
        SkippedLine(6, SkipReason.TOO_LONG),
    )


def test_a_table_gives_the_column_of_that_name_else_its_first() -> None:
    headed = 'Дата;Бриф\n1 мая;"Чай, кофе; и\nбулочки"\n2 мая;Лето\n'.encode("cp1251")
    assert texts("b.csv", headed) == [(2, "Чай, кофе; и\nбулочки"), (4, "Лето")]
    assert texts("b.CSV", b"Tea for autumn,x\nCoffee,y\n") == [(1, "Tea for autumn"), (2, "Coffee")]
    assert texts("b.tsv", b"n\tbrief\n1\tTea, please\n") == [(2, "Tea, please")]
    assert texts("b.csv", b"Brief\nTea\n") == [(2, "Tea")]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\xff\xfe\xd8", BatchUnreadable),
        (codecs.BOM_UTF16_LE + b"\x00\xd8\x41", BatchUnreadable),
        (b"text with a \0 in it", BatchUnreadable),
        (b"\n \n\t\n", EmptyBrief),
        (b"", EmptyBrief),
        (b"x" * (MOST_BYTES + 1), BatchTooLong),
        ("\n".join(f"brief {n}" for n in range(MOST_BRIEFS + 1)).encode(), BatchTooLong),
    ],
)
def test_what_cannot_be_used_is_refused(content: bytes, error: type[MuzaError]) -> None:
    with pytest.raises(error):
        read_briefs("b.txt", content)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["b.txt", "b.csv"]), st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(name: str, content: bytes) -> None:
    try:
        read = read_briefs(name, content)
    except (BatchUnreadable, EmptyBrief):
        return
    numbers = [line.number for line in read.lines]
    assert numbers == sorted(set(numbers))
    assert all(line.text.strip() for line in read.lines)
