"""Which command an answer without a reply belongs to, told by the product's own catalogues."""

import re
from functools import cache

from babel.messages.pofile import read_po

from handlers.i18n import DOMAIN, LOCALES
from services.domain.language import Language

COMMAND = re.compile(r"^/(\w+)")
PLACEHOLDER = re.compile(r"\{\w*\}")
FEWEST_LETTERS = 4
"""A line of placeholders alone would fit anything."""
SMALL = frozenset({"help", "history", "settings", "start", "queue"})


def command_of(text: str) -> str | None:
    """The small command in a message, when it is one that is answered without a reply."""
    match = COMMAND.match(text)
    return match.group(1) if match and match.group(1) in SMALL else None


def answers(command: str, text: str) -> bool:
    """Does `text` begin as the catalogues say that answers to this command begin?"""
    line = text.partition("\n")[0].strip()
    return any(pattern.match(line) for pattern in first_lines(command))


@cache
def first_lines(command: str) -> tuple[re.Pattern[str], ...]:
    found = []
    for language in Language:
        with (LOCALES / language.value / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
            for entry in read_po(file, locale=language.value, domain=DOMAIN):
                key = entry.id if isinstance(entry.id, str) else entry.id[0]
                texts = entry.string if isinstance(entry.string, (tuple, list)) else (entry.string,)
                if key.startswith(f"{command}."):
                    found += [pattern for text in texts if (pattern := _pattern(text)) is not None]
    return tuple(found)


def _pattern(text: str | None) -> re.Pattern[str] | None:
    fixed = PLACEHOLDER.split((text or "").partition("\n")[0].strip())
    if sum(map(len, fixed)) < FEWEST_LETTERS:
        return None
    return re.compile(".{1,200}?".join(re.escape(part) for part in fixed))
