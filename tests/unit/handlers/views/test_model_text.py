"""Markdown that a model wrote: nothing is lost, nothing is obeyed, nothing breaks."""

import json
from pathlib import Path

import pytest
from aiogram.types import MessageEntity
from hypothesis import given
from hypothesis import strategies as st

from handlers.views.formatted import Formatted, utf16_length
from handlers.views.links import broken
from handlers.views.model_text import has_table, model_line, model_text, rich_markdown
from handlers.views.split import ENTITY_LIMIT, TEXT_LIMIT, split

DATA = Path(__file__).parents[3] / "data" / "markdown"
SAMPLES: list[str] = [
    *json.loads((DATA / "commonmark-sample.json").read_text(encoding="utf-8")),
    *json.loads((DATA / "blns-sample.json").read_text(encoding="utf-8")),
]
markdown = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from([*"*_`~|>#-[](){}<>$!\\\n 1.aЯё😀", "**", "```\n", "](http://e.vil)", "\ud83d"])).map(
        "".join
    ),
)


def check(piece: Formatted) -> None:
    """What Telegram checks, and what it silently does not do."""
    total = utf16_length(piece.text)
    opaque = [e for e in piece.entities if e.type in ("code", "pre")]
    for entity in piece.entities:
        assert entity.offset >= 0
        assert entity.length > 0
        assert entity.offset + entity.length <= total
        half = piece.text.encode("utf-16-le")[entity.offset * 2 : (entity.offset + entity.length) * 2]
        half.decode("utf-16-le")
    for entity in piece.entities:
        if entity.type in ("bold", "italic", "underline", "strikethrough", "spoiler", "text_link"):
            assert not any(_cross(entity, one) for one in opaque if one is not entity)
    assert all(entity.type != "text_link" for entity in piece.entities)


def _cross(one: MessageEntity, other: MessageEntity) -> bool:
    first, second = sorted((one, other), key=lambda entity: (entity.offset, -entity.length))
    return second.offset < first.offset + first.length < second.offset + second.length


@pytest.mark.parametrize("sample", SAMPLES)
def test_samples_stay_within_telegrams_rules(sample: str) -> None:
    piece = model_text(sample)
    check(piece)
    for part in split(piece):
        check(part)


@given(markdown)
def test_any_text_stays_within_telegrams_rules(sample: str) -> None:
    for part in split(model_text(sample), limit=40, max_entities=5):
        check(part)
        assert part.length <= 40
        assert len(part.entities) <= 5
        part.text.encode()


@pytest.mark.parametrize("cut", range(0, 90, 3))
def test_a_text_cut_anywhere_while_it_streams_is_shown(cut: int) -> None:
    text = "**Тихая [полка](https://e.vil) `код\nи таблица | a |\n|---|\n```py\nx = 1 < 2\n```\n> цитата 😀 $x$ <b>"
    check(model_text(text[:cut]))


def styles(piece: Formatted) -> list[tuple[str, str]]:
    encoded = piece.text.encode("utf-16-le")
    return [
        (entity.type, encoded[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le"))
        for entity in piece.entities
    ]


def test_emphasis_lists_and_code_are_kept() -> None:
    piece = model_text("# Тема\n\n**жирно** и *курсив*\n\n- раз\n- два\n\n`код`")
    assert piece.text == "Тема\n\nжирно и курсив\n\n• раз\n• два\n\nкод"
    assert {("bold", "Тема"), ("bold", "жирно"), ("italic", "курсив"), ("code", "код")} <= set(styles(piece))


def test_signs_that_look_like_tags_and_formulas_are_words() -> None:
    assert model_text("List<int> и <b>не тег</b>, цена $5 и $6").text == "List<int> и <b>не тег</b>, цена $5 и $6"


def test_link_targets_are_spelled_out_and_cannot_be_pressed() -> None:
    piece = model_text("Смотри [отчёт](https://evil.example/?q=secret) и ![](http://evil.example/p.png)")
    assert piece.text == "Смотри отчёт (https://evil.example/?q=secret) и http://evil.example/p.png"
    assert styles(piece) == [
        ("code", "https://evil.example/?q=secret"),
        ("code", "http://evil.example/p.png"),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/x?a=1",
        "evil.com",
        "www.evil.co.uk/path",
        "пример.рф",
        "xn--e1afmkfd.xn--p1ai",
        "someone@evil.example",
        "@somebody",
        "tg://resolve?domain=x",
        "192.168.0.1/admin",
    ],
)
def test_whatever_telegram_would_make_clickable_is_shut(address: str) -> None:
    piece = model_text(f"Текст {address}, дальше.")
    assert ("code", address) in styles(piece)
    assert "\u2060" in broken(address)
    assert broken(address).replace("\u2060", "") == address


def test_addresses_of_the_teams_own_documents_stay_open() -> None:
    allowed = {"https://brand.example/guide"}
    piece = model_text("См. https://brand.example/guide и https://brand.example/other", allowed)
    assert styles(piece) == [("code", "https://brand.example/other")]


@pytest.mark.parametrize("words", ["т.е. так", "Тишина.Кофе", "в 8:30", "1.5 литра", "#тишина", "50/50", "конец."])
def test_ordinary_words_are_left_alone(words: str) -> None:
    assert styles(model_text(words)) == []


def test_bold_gives_way_to_an_address_inside_it() -> None:
    piece = model_text("**зайди на evil.com сейчас**")
    assert styles(piece) == [("bold", "зайди на "), ("code", "evil.com"), ("bold", " сейчас")]


def test_a_title_is_one_line() -> None:
    assert model_line("**Тихая**\n  полка").text == "Тихая полка"


def test_rich_markdown_keeps_tables_and_disarms_the_rest() -> None:
    source = "| a | b |\n|---|---|\n| 1 | 2 |\n\n![x](http://e.vil) <img src=x> \\[y](z) $a$"
    assert has_table(source)
    shown = rich_markdown(source)
    assert "| a | b |\n|---|---|\n| 1 | 2 |" in shown
    assert "!\\[x](http://e.vil)" in shown
    assert "\\<img" in shown
    assert "\\\\\\[y]" in shown  # a backslash of the model does not undo ours
    assert "\\$a\\$" in shown


@given(markdown)
def test_no_live_bracket_or_tag_survives_in_rich_markdown(sample: str) -> None:
    shown = rich_markdown(sample)
    for position, char in enumerate(shown):
        if char in "<[$":
            before = shown[:position]
            assert (len(before) - len(before.rstrip("\\"))) % 2 == 1


@pytest.mark.parametrize("sample", ["a | b", "--- | x", "раз|два\nтри", ""])
def test_a_bar_alone_is_no_table(sample: str) -> None:
    assert not has_table(sample)


@given(st.text(alphabet="ab \n😀я", max_size=600), st.integers(5, 60))
def test_parts_together_are_the_text(text: str, limit: int) -> None:
    parts = split(Formatted(text), limit)
    assert "".join("".join(part.text.split()) for part in parts) == "".join(text.split())
    assert all(0 < part.length <= limit for part in parts)


def test_parts_are_cut_between_paragraphs_and_outside_entities() -> None:
    paragraph = "слово " * 30
    text = "\n\n".join([paragraph.strip()] * 3)
    parts = split(Formatted(text), limit=400)
    assert [part.text for part in parts] == ["\n\n".join([paragraph.strip()] * 2), paragraph.strip()]
    bold = MessageEntity(type="bold", offset=150, length=100)
    parts = split(Formatted("я " * 200, (bold,)), limit=200)
    assert parts[0].length <= 150


def test_more_than_a_hundred_entities_go_on_in_the_next_part() -> None:
    piece = model_text(" ".join(f"**с{number}**" for number in range(250)))
    parts = split(piece)
    assert sum(len(part.entities) for part in parts) == 250
    assert max(len(part.entities) for part in parts) <= ENTITY_LIMIT
    assert max(part.length for part in parts) <= TEXT_LIMIT
