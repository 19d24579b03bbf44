"""Rich messages: three ways of writing, limits, edits, plain text."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InputRichMessage, RichMessage
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emulators.telegram import Person, TelegramEmulator, text_of
from tests.emulators.telegram.errors import ApiError
from tests.emulators.telegram.rich import compose_rich

MARKDOWN = """# Весна

Три **идеи** и <u>одна</u> ||тайна||

1. первая
2. вторая

- [x] готово

| когда | что |
|---|:-:|
| март | ~~нет~~ |

> цитата

```python
x = 1
```

<details><summary>Источники</summary>

Бренд-бук, [раздел 2](https://muza.example)

</details>

---
"""


def as_blocks(message: RichMessage) -> list[dict[str, object]]:
    blocks: list[dict[str, object]] = message.model_dump(mode="json", exclude_none=True)["blocks"]
    return blocks


def test_markdown_becomes_blocks() -> None:
    blocks = as_blocks(compose_rich(InputRichMessage(markdown=MARKDOWN)))
    kinds = ["heading", "paragraph", "list", "list", "table", "blockquote", "pre", "details", "divider"]
    assert [block["type"] for block in blocks] == kinds
    assert blocks[1]["text"] == [
        "Три ",
        {"type": "bold", "text": "идеи"},
        " и ",
        {"type": "underline", "text": "одна"},
        " ",
        {"type": "spoiler", "text": "тайна"},
    ]
    assert [item["label"] for item in blocks[2]["items"]] == ["1.", "2."]  # type: ignore[attr-defined]
    assert blocks[3]["items"][0]["is_checked"] is True  # type: ignore[index]
    assert blocks[4]["cells"][1][1] == {  # type: ignore[index]
        "text": {"type": "strikethrough", "text": "нет"},
        "align": "center",
        "valign": "middle",
    }
    assert blocks[7]["summary"] == "Источники"


def test_html_becomes_the_same_blocks() -> None:
    html = "<h1>Весна</h1><p>Три <b>идеи</b></p><ol><li>первая</li></ol><hr><footer>Muza</footer>"
    blocks = as_blocks(compose_rich(InputRichMessage(html=html)))
    assert [block["type"] for block in blocks] == ["heading", "paragraph", "list", "divider", "footer"]
    assert blocks[1]["text"] == ["Три ", {"type": "bold", "text": "идеи"}]


def test_blocks_are_taken_as_they_are() -> None:
    source = {"blocks": [{"type": "list", "items": [{"blocks": [{"type": "paragraph", "text": "x"}], "value": 3}]}]}
    (block,) = as_blocks(compose_rich(InputRichMessage.model_validate(source)))
    assert block["items"][0]["label"] == "3."  # type: ignore[index]


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ({}, "exactly one of the fields html, markdown, or blocks"),
        ({"html": "<p>x</p>", "markdown": "x"}, "exactly one of the fields"),
        ({"markdown": " \n"}, "message text is empty"),
        ({"markdown": "я" * 16_385}, "message is too long"),
        ({"markdown": "x\n\n" * 501}, "message is too long"),
        ({"markdown": "<script>x</script>"}, 'Unsupported start tag "script"'),
        ({"markdown": "List<int>"}, 'Unsupported start tag "int"'),
        ({"html": "<p>x"}, 'Can\'t find end tag corresponding to start tag "p"'),
        ({"html": "<p>x</b>"}, "Unmatched end tag"),
        ({"html": "<tg-thinking>Thinking</tg-thinking>"}, "thinking blocks can be used only in message drafts"),
    ],
)
def test_refusals(source: dict[str, object], refusal: str) -> None:
    with pytest.raises(ApiError, match=refusal):
        compose_rich(InputRichMessage.model_validate(source))


def test_the_limit_is_in_bytes() -> None:
    compose_rich(InputRichMessage(markdown="я" * 16_384))


async def test_a_rich_message_is_sent_edited_and_read(bot: Bot, anya: Person, emulator: TelegramEmulator) -> None:
    draft = await bot.send_message(anya.id, "writing…")
    rich = InputRichMessage(markdown=MARKDOWN)
    edited = await bot.edit_message_text(chat_id=anya.id, message_id=draft.message_id, rich_message=rich)
    assert not isinstance(edited, bool)
    assert edited.text is None
    assert edited.rich_message is not None
    seen = await anya.sees("март | нет")
    assert "Источники\nБренд-бук, раздел 2" in text_of(seen)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text(chat_id=anya.id, message_id=draft.message_id, rich_message=rich)
    assert emulator.chat(anya.id).messages[draft.message_id].rich_source == rich
    plain = await bot.edit_message_text("plain again", chat_id=anya.id, message_id=draft.message_id)
    assert not isinstance(plain, bool)
    assert (plain.text, plain.rich_message) == ("plain again", None)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(blacklist_characters="<", codec="utf-8"), max_size=300))
def test_any_markdown_without_tags_is_a_message_or_empty(text: str) -> None:
    outcome = composed_or_refused(text)
    if isinstance(outcome, str):
        assert outcome == "Bad Request: message text is empty"
    else:
        assert RichMessage.model_validate_json(outcome.model_dump_json(exclude_none=True)) == outcome


def composed_or_refused(markdown: str) -> RichMessage | str:
    try:
        return compose_rich(InputRichMessage(markdown=markdown))
    except ApiError as error:
        return error.description
