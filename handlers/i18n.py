"""Interface texts: gettext catalogues, read once at start-up and compiled in memory, so no build step is needed."""

import gettext
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from services.domain.language import Language

LOCALES = Path(__file__).parent / "locales"
DOMAIN = "muza"


def mark(key: str) -> str:
    """Marks a key that is looked up later, so that extraction finds it."""
    return key


@dataclass(frozen=True, slots=True)
class Texts:
    """One language's sentences by key. A key is stable; its wording lives in the catalogues."""

    language: Language
    _translations: gettext.NullTranslations

    def __call__(self, key: str, **facts: int | str) -> str:
        """The sentence with `{placeholders}` filled in; facts a sentence does not need are ignored."""
        return self._translations.gettext(key).format(**facts)

    def plural(self, key: str, count: int, **facts: int | str) -> str:
        """The form that the language uses with `count`; `{count}` is filled in."""
        return self._translations.ngettext(key, key, count).format(count=count, **facts)


class Catalogues:
    def __init__(self, default: Language, root: Path = LOCALES) -> None:
        self.default = default
        self._texts = {language: Texts(language, _compile(root, language)) for language in Language}

    def texts(self, language: Language) -> Texts:
        return self._texts[language]

    def choose(self, member_language: Language | None, client_language: str | None) -> Language:
        """The person's own setting, else their Telegram client's language ("ru", "en-GB"), else the default."""
        return member_language or self.known(client_language) or self.default

    def known(self, client_language: str | None) -> Language | None:
        """The language behind a Telegram client's code ("ru", "en-GB"), if there is a catalogue for it."""
        primary = (client_language or "").partition("-")[0].lower()
        return Language(primary) if primary in tuple(Language) else None


@cache
def _compile(root: Path, language: Language) -> gettext.GNUTranslations:
    """Kept for the process: parsing takes a tenth of a second."""
    path = root / language.value / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language.value, domain=DOMAIN, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
