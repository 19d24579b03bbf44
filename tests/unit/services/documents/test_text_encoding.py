"""Texts as programs of thirty years have left them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.documents.text_encoding import decode

UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
TEXTS = (
    "Бренд-бук компании «Муза»: тон голоса, логотип и цвета.",
    "ПРАЙС-ЛИСТ НА ОКТЯБРЬ",
    "Цена: 100 руб.",
    "SMM-план для Instagram",
    "Price list\nТовар;Цена\nЧай;100",
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", [*UNICODE, "cp1251", "koi8-r", "cp866"])
def test_russian(text: str, encoding: str) -> None:
    raw = text.encode(encoding, errors="ignore")
    assert decode(raw) == raw.decode(encoding)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Café in München, naïve façade", "cp1252"),
        ("日本語のテキストです。名前,年齢", "shift_jis"),
        ("名前,年齢\n高橋,30", "cp932"),
    ],
)
def test_others(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("raw", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", bytes(range(32)) * 40, b"MZ\x90\x00\x03\x00"])
def test_what_is_no_text(raw: bytes) -> None:
    assert decode(raw) is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_not(raw: bytes) -> None:
    decode(raw)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn"]), min_size=1, max_size=60))
def test_utf_8_is_always_understood(text: str) -> None:
    assert decode(("Чай. " + text).encode()) == "Чай. " + text
