"""Words and their stems, Russian and English."""

import re
from functools import cache, lru_cache

import Stemmer

WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?", re.UNICODE)
CYRILLIC = re.compile(r"[а-я]")

STOP_WORDS = frozenset(
    WORD.findall(
        """и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было
        вот от меня еще нет о из ему теперь когда даже ну вдруг ли если уже или ни быть был него до вас
        нибудь опять уж вам ведь там потом себя ничего ей может они тут где есть надо ней для мы тебя их чем
        была сам чтоб без будто чего раз тоже себе под будет тогда кто этот того потому этого какой какая
        какие каких каким какое какую ним здесь этом мой тем чтобы нее сейчас были куда зачем всех можно при
        про это эта эти нас наш наша наше наши сколько почему который которая которые
        a an the and or but of to in on at by for with about from as is are was were be been being it its this that
        these those i you he she we they my your our their me us them do does did done have has had what which who whom
        how why when where there here not no so if then than too very can could may might must shall should will would
        """
    )
)


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language)


def words(text: str) -> list[str]:
    return WORD.findall(text.lower().replace("ё", "е"))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    return str(_stemmer("russian" if CYRILLIC.search(word) else "english").stemWord(word))


def content_stems(text: str) -> frozenset[str]:
    """Stems of the words that carry meaning."""
    return frozenset(stem(word) for word in words(text) if word not in STOP_WORDS)


@lru_cache(maxsize=10_000)
def _stem_line(text: str) -> str:
    return f" {' '.join(stem(word) for word in words(text))} "


def contains_any(text: str, terms: tuple[str, ...]) -> bool:
    """Whether one of the words or phrases occurs, in any grammatical form."""
    stems = _stem_line(text)
    return any(_stem_line(term) in stems for term in terms)


def is_russian(text: str) -> bool:
    cyrillic = len(re.findall(r"[а-яё]", text, re.IGNORECASE))
    latin = len(re.findall(r"[a-z]", text, re.IGNORECASE))
    return cyrillic > 0 and cyrillic >= latin / 2
