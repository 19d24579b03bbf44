"""Messages as the emulated Telegram reads them: our structure is there, and the model's text is only text."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiogram.types import InputRichMessage

from handlers.i18n import Catalogues
from handlers.views.card import card_message
from handlers.views.links import broken
from handlers.views.message import RICH_LIMIT
from handlers.views.model_text import model_text
from handlers.views.progress import rich_progress
from services.domain.generation import Stage
from services.domain.idea import Draft, Idea
from services.domain.language import Language
from tests.emulators.telegram.entities import format_text
from tests.emulators.telegram.rich import compose_rich
from tests.unit.handlers.people import card

DATA = Path(__file__).parents[3] / "data" / "markdown"
NAUGHTY: list[str] = [
    *json.loads((DATA / "commonmark-sample.json").read_text(encoding="utf-8")),
    *json.loads((DATA / "blns-sample.json").read_text(encoding="utf-8")),
]
DANGEROUS = {"url", "photo", "video", "map", "anchor_link", "reference_link", "text_mention", "mathematical_expression"}
TABLE = "| Канал | Доля |\n|---|---|\n| TG | 60 |"


def blocks_of(markdown: str) -> list[dict[str, Any]]:
    made = compose_rich(InputRichMessage(markdown=markdown))
    blocks: list[dict[str, Any]] = made.model_dump(mode="json", exclude_none=True)["blocks"]
    return blocks


def kinds(value: object) -> set[str]:
    """Types of everything inside, texts included."""
    if isinstance(value, list):
        return set().union(*(kinds(item) for item in value))
    if isinstance(value, dict):
        own = {value["type"]} if isinstance(value.get("type"), str) else set()
        return own.union(*(kinds(item) for item in value.values()))
    return set()


def test_a_table_is_a_table_and_the_reason_is_folded_away(catalogues: Catalogues) -> None:
    draft = Draft(ideas=(Idea("Медиаплан", TABLE, "Так **видно** сразу"),))
    rich = card_message(card(draft), catalogues.texts(Language.RUSSIAN)).rich_markdown
    assert rich is not None
    found = [block["type"] for block in blocks_of(rich)]
    assert found[:3] == ["heading", "table", "details"]


@pytest.mark.parametrize("sample", NAUGHTY)
def test_no_text_of_a_model_becomes_a_link_a_picture_or_a_tag(catalogues: Catalogues, sample: str) -> None:
    draft = Draft(ideas=(Idea(sample or "-", f"{TABLE}\n\n{sample}", sample),), note=sample)
    rich = card_message(card(draft, citations=()), catalogues.texts(Language.ENGLISH)).rich_markdown
    assert rich is not None
    found = blocks_of(rich)
    assert not kinds(found) & DANGEROUS
    assert [block["type"] for block in found].count("details") == (1 if sample.strip() else 0)


@pytest.mark.parametrize("length", [10, 3_000, 40_000])
def test_native_drafts_stay_within_the_limit(catalogues: Catalogues, length: int) -> None:
    texts = catalogues.texts(Language.RUSSIAN)
    for draft in (Draft(answer="слово [1] " * (length // 10)), Draft(ideas=(Idea("А", "слово " * (length // 6)),) * 3)):
        shown = rich_progress(Stage.DRAFT, draft, texts)
        assert len(shown.encode()) <= RICH_LIMIT
        assert "слово" in shown
        assert "url" not in kinds(blocks_of(shown))


LURES = [
    "https://e.vil/?q=1",
    "e.vil.com",
    "пиши на a@e.vil",
    "@somebody_else",
    "тест.рф/путь",
    "**evil.com**",
    "`evil.com`",
]


@pytest.mark.parametrize("sample", [*LURES, *NAUGHTY])
def test_telegram_finds_nothing_to_press_in_a_models_text(sample: str) -> None:
    piece = model_text(sample)
    if not piece.text.strip():
        return
    stored = format_text(piece.text, None, piece.entities, lambda _: None)
    assert not {entity.type for entity in stored.entities} & {"url", "email", "mention", "text_link", "text_mention"}


@pytest.mark.parametrize("sample", LURES)
def test_nor_in_the_plain_text_of_last_resort(sample: str) -> None:
    stored = format_text(broken(sample.replace("`", "")), None, None, lambda _: None)
    assert not {entity.type for entity in stored.entities} & {"url", "email", "mention"}
