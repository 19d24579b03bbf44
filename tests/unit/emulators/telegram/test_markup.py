"""parse_mode in all three dialects: what is accepted, and the words of every refusal."""

import pytest
from aiogram.types import MessageEntity, User
from aiogram.utils.text_decorations import html_decoration, markdown_decoration
from hypothesis import given
from hypothesis import strategies as st

from tests.emulators.telegram.entities import format_text
from tests.emulators.telegram.errors import ApiError
from tests.emulators.telegram.text_builder import FormattedText
from tests.emulators.telegram.utf16 import utf16_length

OWL = "🦉"
LEV = User(id=7, is_bot=False, first_name="Lev")


def parsed(text: str, mode: str) -> FormattedText:
    return format_text(text, mode, None, {7: LEV}.get)


def spans(formatted: FormattedText) -> list[tuple[str, str]]:
    return [(entity.type, entity.extract_from(formatted.text)) for entity in formatted.entities]


def refusal(text: str, mode: str) -> str:
    with pytest.raises(ApiError) as error:
        parsed(text, mode)
    assert error.value.code == 400
    return error.value.description.removeprefix("Bad Request: can't parse entities: ")


@pytest.mark.parametrize(
    ("text", "plain", "entities"),
    [
        ("<b>bold <i>both</i></b>", "bold both", [("bold", "bold both"), ("italic", "both")]),
        (f"{OWL}<s>x</s><u>y</u>", f"{OWL}xy", [("strikethrough", "x"), ("underline", "y")]),
        ("<tg-spoiler>a</tg-spoiler><span class='tg-spoiler'>b</span>", "ab", [("spoiler", "a"), ("spoiler", "b")]),
        ('<pre><code class="language-python">x = 1</code></pre>', "x = 1", [("pre", "x = 1")]),
        ("<code>a &lt; b &amp; c &#33;</code>", "a < b & c !", [("code", "a < b & c !")]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", "q")]),
        ('<a href="https://muza.example">l</a>', "l", [("text_link", "l")]),
        ('<a href="tg://user?id=7">Lev</a>', "Lev", [("text_mention", "Lev")]),
        ('<a href="not a link">l</a>', "l", []),
        ("a & b &unknown; <b></b>c", "a & b &unknown; c", []),
    ],
)
def test_html(text: str, plain: str, entities: list[tuple[str, str]]) -> None:
    formatted = parsed(text, "HTML")
    assert formatted.text == plain
    assert spans(formatted) == entities


def test_a_language_and_a_link_are_kept() -> None:
    (code,) = parsed('<pre><code class="language-python">x</code></pre>', "html").entities
    assert code.language == "python"
    (link,) = parsed('<a href="https://muza.example?a=1&amp;b=2">x</a>', "html").entities
    assert link.url == "https://muza.example?a=1&b=2"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<div>x</div>", 'Unsupported start tag "div" at byte offset 0'),
        ("я<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("я<b>x</i>", 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<a href=>x</a>", None),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji emoji-id='x'>a</tg-emoji>", "Invalid custom emoji identifier specified"),
    ],
)
def test_html_refusals(text: str, reason: str | None) -> None:
    if reason is None:
        assert parsed(text, "HTML").text == "x"
    else:
        assert refusal(text, "HTML") == reason


@pytest.mark.parametrize(
    ("text", "plain", "entities"),
    [
        (
            "*bold _both_* __under__ ~gone~ ||secret||",
            "bold both under gone secret",
            ["bold", "italic", "underline", "strikethrough", "spoiler"],
        ),
        (f"{OWL} `a_b` \\_x\\!", f"{OWL} a_b _x!", ["code"]),
        ("```python\nx = [1]\n```", "x = [1]", ["pre"]),
        ("[l](https://muza.example/a\\)b)", "l", ["text_link"]),
        ("![👍](tg://emoji?id=5368324170671202286)", "👍", ["custom_emoji"]),
        (">one\n>two\nafter", "one\ntwo\nafter", ["blockquote"]),
    ],
)
def test_markdown_v2(text: str, plain: str, entities: list[str]) -> None:
    formatted = parsed(text, "MarkdownV2")
    assert formatted.text == plain
    assert [entity.type for entity in formatted.entities] == entities


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *(
            (f"a{char}", f"Character '{char}' is reserved and must be escaped with the preceding '\\'")
            for char in "])>#+-=|{}.!("
        ),
        ("я*bold", "Can't find end of Bold entity at byte offset 2"),
        ("_it", "Can't find end of Italic entity at byte offset 0"),
        ("__un", "Can't find end of Underline entity at byte offset 0"),
        ("`co", "Can't find end of Code entity at byte offset 0"),
        ("```py\nco", "Can't find end of PreCode entity at byte offset 0"),
        ("[l](https://x", "Can't find end of a URL at byte offset 4"),
        ("![x]", "Custom emoji entity must contain a tg://emoji URL"),
        ("*_x*_", "Can't find end of Italic entity at byte offset 4"),
    ],
)
def test_markdown_v2_refusals(text: str, reason: str) -> None:
    assert refusal(text, "MarkdownV2") == reason


@pytest.mark.parametrize(
    ("text", "plain", "entities"),
    [
        ("*b* _i_ `c`", "b i c", ["bold", "italic", "code"]),
        ("```\nx\n```", "x", ["pre"]),
        ("[l](https://muza.example)", "l", ["text_link"]),
        ("1 > 0! \\*not bold\\*", "1 > 0! *not bold*", []),
    ],
)
def test_legacy_markdown(text: str, plain: str, entities: list[str]) -> None:
    formatted = parsed(text, "Markdown")
    assert formatted.text == plain
    assert [entity.type for entity in formatted.entities] == entities


def test_legacy_markdown_refusal_and_unknown_mode() -> None:
    assert refusal("я snake_case", "Markdown") == "Can't find end of the entity starting at byte offset 8"
    with pytest.raises(ApiError, match="unsupported parse_mode"):
        parsed("x", "asciidoc")


STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")
WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="@/#.:"), min_size=1).map(
    str.strip
)


@given(st.lists(st.tuples(WORDS.filter(bool), st.sampled_from(STYLES)), min_size=1, max_size=6))
def test_what_aiogram_writes_is_read_back(words: list[tuple[str, str]]) -> None:
    """aiogram's own decorators are an independent writer of both dialects."""
    text = " ".join(word for word, _ in words)
    entities, offset = [], 0
    for word, style in words:
        entities.append(MessageEntity(type=style, offset=offset, length=utf16_length(word)))
        offset += utf16_length(word) + 1
    for decoration, mode in ((html_decoration, "HTML"), (markdown_decoration, "MarkdownV2")):
        formatted = parsed(decoration.unparse(text, entities), mode)
        assert formatted.text == text
        assert list(formatted.entities) == entities


@given(st.text(), st.sampled_from(["HTML", "MarkdownV2", "Markdown"]))
def test_any_text_is_parsed_or_refused(text: str, mode: str) -> None:
    outcome = parsed_or_refused(text, mode)
    if isinstance(outcome, str):
        assert outcome.startswith("Bad Request: can't parse entities: ")
    else:
        length = utf16_length(outcome.text)
        assert all(entity.offset >= 0 and entity.offset + entity.length <= length for entity in outcome.entities)


def parsed_or_refused(text: str, mode: str) -> FormattedText | str:
    try:
        return parsed(text, mode)
    except ApiError as error:
        return error.description


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc"), whitelist_characters="\n\t")))
def test_quoted_text_says_itself(text: str) -> None:
    assert parsed(html_decoration.quote(text), "HTML").text == text.strip()
