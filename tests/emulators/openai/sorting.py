"""The demo model sorts what people say, by stems: a rough ear, where the product's own rules kept silent."""

import json
import re
from collections.abc import Sequence
from typing import Any

from tests.emulators.openai.tokens import text_of

HEARD = re.compile(r"<transcript nonce=\"(\w+)\">\n(.*)\n</transcript nonce=\"\1\">", re.S)
REFUSED = re.compile(r"\b(?:не|нет|пока|подожди\w*|don't|not|never|yet|wait|if|если|кроме|except)\b", re.I)
APPROVED = re.compile(r"\b(?:утвер\w+|одобр\w+|approv\w+|sign\w* off)", re.I)
AGAIN = re.compile(r"\b(?:ещё раз|еще раз|занов\w+|переде\w+|again|once more|redo)\b", re.I)
CHIPS = {
    "bolder": re.compile(r"смел\w+|нерв|дерз\w+|скучн\w+|bold\w*|nerve|tame|boring|daring", re.I),
    "shorter": re.compile(r"короч\w*|длинн\w+|short\w*|too long", re.I),
    "another_angle": re.compile(r"\b(?:угол|углом|ракурс|подход|angle|approach)\b", re.I),
}
WORK = re.compile(
    r"\b(?:иде[яюий]|слоган\w*|заголов\w+|пост\w{0,2}|текст\w*|назва\w+|ролик\w*|плакат\w*|кампани\w+|рекламн?\w+|баннер\w*"
    r"|придум\w+|сочин\w+|напис\w+|ideas?|slogans?|taglines?|headlines?|posts?|names?|posters?|campaigns?|write|invent)\b",
    re.I,
)
ASKING = re.compile(
    r"\?|\b(?:интересно|хочу знать|узнать|не помню|скажи|wonder\w*|want to know|remember|tell me|find out)\b", re.I
)
MOOD = re.compile(r"\b(?:спасибо|привет|подумаю|thanks|thank you|hello|sleep on it)\b", re.I)


def sort_speech(messages: Sequence[dict[str, Any]], schema: dict[str, Any] | None) -> str | None:
    """The JSON that the schema wants; None when nothing is to be sorted."""
    said = text_of(messages[-1].get("content")) if messages else ""
    heard = HEARD.search(said)
    if heard is None or "action" not in (schema or {}).get("properties", {}):
        return None
    is_reply = "Situation: reply" in said[: heard.start()]
    action, chip = _of_a_draft(heard[2]) if is_reply else (_alone(heard[2]), None)
    return json.dumps({"action": action, "chip": chip, "sure": action != "unclear"})


def _of_a_draft(heard: str) -> tuple[str, str | None]:
    if MOOD.search(heard):
        return "unclear", None
    if APPROVED.search(heard) and not REFUSED.search(heard) and "?" not in heard:
        return "approve", None
    chip = next((name for name, pattern in CHIPS.items() if pattern.search(heard)), None)
    if not REFUSED.search(heard) and (chip or AGAIN.search(heard)):
        return "regenerate", chip
    return "refine", None


def _alone(heard: str) -> str:
    if MOOD.search(heard) or REFUSED.match(heard):
        return "unclear"
    if ASKING.search(heard) and not WORK.search(heard):
        return "ask"
    return "idea" if WORK.search(heard) else "unclear"
