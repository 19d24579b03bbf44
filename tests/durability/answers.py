"""Which command an answer without a reply belongs to, told by the product's own catalogues."""

import re
from functools import cache

from babel.messages.pofile import read_po

from handlers.i18n import DOMAIN, LOCALES
from services.domain.language import Language

SHORTEST = 4
COMMAND = re.compile(r"^/(\w+)")
KEYS = {
    "help": ("help.",),
    "history": ("history.",),
    "settings": ("settings.",),
    "start": ("start.",),
    "queue": ("queue.",),
}


@cache
def openings(command: str) -> tuple[str, ...]:
    """How messages that answer this command may begin, in both languages."""
    found = []
    for language in Language:
        with (LOCALES / language.value / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
            for entry in read_po(file, locale=language.value, domain=DOMAIN):
                texts = entry.string if isinstance(entry.string, (tuple, list)) else (entry.string,)
                if str(entry.id if isinstance(entry.id, str) else entry.id[0]).startswith(KEYS[command]):
                    found += [opening for text in texts if len(opening := _opening(str(text))) >= SHORTEST]
    return tuple(found)


def command_of(text: str) -> str | None:
    """The small command in a message, when it is one that is answered without a reply."""
    match = COMMAND.match(text)
    return match.group(1) if match and match.group(1) in KEYS else None


def answers(command: str, text: str) -> bool:
    return text.startswith(openings(command))


def _opening(text: str) -> str:
    """Up to the first placeholder or line break, without marks of formatting."""
    return re.split(r"[{\n]", text, maxsplit=1)[0].strip()
