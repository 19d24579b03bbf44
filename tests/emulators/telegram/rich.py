"""From an InputRichMessage to the RichMessage that Telegram stores."""

from aiogram.types import InputRichMessage, RichMessage
from pydantic import ValidationError

from tests.emulators.telegram.errors import bad_request, not_emulated, unparsable_entities
from tests.emulators.telegram.rich_html import parse_rich_html
from tests.emulators.telegram.rich_markdown import parse_rich_markdown
from tests.emulators.telegram.rich_text import plain

MAX_BYTES = 32_768
MAX_BLOCKS = 500
MEDIA_BLOCKS = frozenset(
    {"photo", "video", "audio", "animation", "document", "voice_note", "collage", "slideshow", "map"}
)


def compose_rich(source: InputRichMessage, *, draft: bool = False) -> RichMessage:
    """Raises ApiError 400 when empty, too long, malformed, or when a thinking block is used outside a draft."""
    given = [name for name in ("html", "markdown", "blocks") if getattr(source, name) is not None]
    if len(given) != 1:
        raise bad_request("exactly one of the fields html, markdown, or blocks must be used")
    if source.media:
        raise not_emulated("media in rich messages")
    blocks = _blocks(source)
    text = source.html or source.markdown or plain(blocks)
    if len(text.encode()) > MAX_BYTES or _count(blocks) > MAX_BLOCKS:
        raise bad_request("message is too long")
    kinds = _kinds(blocks)
    if not blocks or (not plain(blocks).strip() and not kinds & {"divider", "thinking"} and not draft):
        raise bad_request("message text is empty")
    if kinds & MEDIA_BLOCKS:
        raise not_emulated("media in rich messages")
    if "thinking" in kinds and not draft:
        raise bad_request("thinking blocks can be used only in message drafts")
    try:
        return RichMessage.model_validate({"blocks": blocks, **({"is_rtl": True} if source.is_rtl else {})})
    except ValidationError as error:
        raise unparsable_entities(f"invalid rich message block: {error.errors()[0]['msg']}") from error


def rich_plain_text(message: RichMessage) -> str:
    return plain(message.model_dump(mode="json", exclude_none=True)["blocks"])


def _blocks(source: InputRichMessage) -> list[dict[str, object]]:
    if source.markdown is not None:
        return parse_rich_markdown(source.markdown)
    if source.html is not None:
        return parse_rich_html(source.html)
    dumped = source.model_dump(mode="json", exclude_none=True)["blocks"]
    return [_labelled(block) for block in dumped]


def _labelled(block: dict[str, object]) -> dict[str, object]:
    """Items of an incoming list have no label: Telegram makes it from the kind of list."""
    if isinstance(inner := block.get("blocks"), list):
        block = {**block, "blocks": [_labelled(child) for child in inner]}
    if isinstance(items := block.get("items"), list):
        labelled = [
            {**_labelled(item), "label": f"{item['value']}." if item.get("value") is not None else "•"}
            for item in items
        ]
        block = {**block, "items": labelled}
    return block


def _count(value: object) -> int:
    if isinstance(value, list):
        return sum(_count(item) for item in value)
    if isinstance(value, dict):
        return (1 if "type" in value else 0) + _count(value.get("blocks")) + _count(value.get("items"))
    return 0


def _kinds(value: object) -> set[str]:
    if isinstance(value, list):
        return set().union(*(_kinds(item) for item in value))
    if isinstance(value, dict):
        return {str(value.get("type"))} | _kinds(value.get("blocks")) | _kinds(value.get("items"))
    return set()
