"""Both catalogues say everything, and say it with the same facts."""

import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import handlers
from handlers.i18n import LOCALES, Catalogues
from services.domain.errors import MuzaError
from services.domain.language import Language

KEYWORDS = {"texts": None, "plural": None, "mark": None}
GENDERED = re.compile(
    r"\w\((?:а|ая|на|ла)\)|\w/а\b|\b(?:уверен|готов|рад|должен|сам)а?\b|\bвы \w+(?:л|ла)\b", re.IGNORECASE
)
"""Russian forms that would guess the reader's gender, or dodge the question with brackets."""


def keys_in_code() -> set[str]:
    root = Path(handlers.__file__).parent
    found = extract_from_dir(root, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def catalogue(language: Language) -> Catalog:
    with (LOCALES / language.value / "LC_MESSAGES" / "muza.po").open("rb") as file:
        return read_po(file, locale=language.value)


def entries(language: Language) -> dict[str, Message]:
    made: dict[str, Message] = {}
    for message in catalogue(language):
        if message.id:
            made[message.id if isinstance(message.id, str) else message.id[0]] = message
    return made


def wordings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def placeholders(wording: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(wording) if name}


@pytest.mark.parametrize("language", list(Language))
def test_every_key_of_the_code_has_words_and_no_words_are_left_over(language: Language) -> None:
    known = entries(language)
    assert keys_in_code() == set(known)
    assert not catalogue(language).obsolete
    for key, message in known.items():
        assert all(wordings(message)), key
        assert not message.fuzzy, key


def test_a_search_for_keys_finds_them() -> None:
    """The test above would pass over an empty set on both sides."""
    assert {"start.hello", "users.requests", "error.internal", "stage.retrieve"} <= keys_in_code()


def test_both_languages_use_the_same_facts() -> None:
    russian, english = entries(Language.RUSSIAN), entries(Language.ENGLISH)
    for key, message in russian.items():
        facts = [placeholders(wording) for wording in (*wordings(message), *wordings(english[key]))]
        assert all(one == facts[0] for one in facts), key


@pytest.mark.parametrize(
    ("count", "russian", "english"),
    [
        (1, "1 заявка ждёт решения", "1 request is waiting"),
        (2, "2 заявки ждут решения", "2 requests are waiting"),
        (5, "5 заявок ждут решения", "5 requests are waiting"),
        (11, "11 заявок ждут решения", "11 requests are waiting"),
        (21, "21 заявка ждёт решения", "21 requests are waiting"),
        (0, "0 заявок ждут решения", "0 requests are waiting"),
    ],
)
def test_plurals(catalogues: Catalogues, count: int, russian: str, english: str) -> None:
    assert catalogues.texts(Language.RUSSIAN).plural("users.requests", count) == russian
    assert catalogues.texts(Language.ENGLISH).plural("users.requests", count) == english


@pytest.mark.parametrize(
    ("member", "client", "chosen"),
    [
        (Language.ENGLISH, "ru", Language.ENGLISH),
        (None, "en-GB", Language.ENGLISH),
        (None, "RU", Language.RUSSIAN),
        (None, "uk", Language.RUSSIAN),
        (None, None, Language.RUSSIAN),
        (None, "", Language.RUSSIAN),
    ],
)
def test_language_is_the_persons_choice_then_the_clients(
    catalogues: Catalogues, member: Language | None, client: str | None, chosen: Language
) -> None:
    assert catalogues.choose(member, client) is chosen


def test_russian_does_not_guess_the_readers_gender() -> None:
    for key, message in entries(Language.RUSSIAN).items():
        for wording in wordings(message):
            assert not GENDERED.search(wording), key


def test_no_sentence_is_in_the_wrong_language() -> None:
    for key, message in entries(Language.ENGLISH).items():
        assert not re.search("[а-яё]", " ".join(wordings(message)), re.IGNORECASE), key
    for key, message in entries(Language.RUSSIAN).items():
        if key != "component.redis":
            assert re.search("[а-яё]", " ".join(wordings(message)), re.IGNORECASE), key


def every_error() -> list[type[MuzaError]]:
    found, queue = [], [MuzaError]
    while queue:
        kind = queue.pop()
        found.append(kind)
        queue.extend(kind.__subclasses__())
    return found


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.__name__)
@pytest.mark.parametrize("language", list(Language))
def test_every_error_has_a_sentence_even_without_its_facts(
    catalogues: Catalogues, error: type[MuzaError], language: Language
) -> None:
    from handlers.errors import sentence

    said = sentence(error.code, catalogues.texts(language))
    assert " " in said
    assert "{" not in said
    if error is not MuzaError:
        assert said != sentence("internal", catalogues.texts(language))


def test_telegrams_limits_for_menus_and_descriptions(catalogues: Catalogues) -> None:
    for language in Language:
        texts = catalogues.texts(language)
        assert len(texts("bot.description")) <= 512
        assert len(texts("bot.short_description")) <= 120
        for key in keys_in_code():
            if key.startswith("command."):
                assert 3 <= len(texts(key)) <= 256
