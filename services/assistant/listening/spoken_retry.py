"""Another try, asked for in words: once more, shorter, from another angle, and what to mind this time."""

from dataclasses import dataclass

from services.assistant.listening.lexicons import WORDS
from services.assistant.listening.spoken_words import Word, after, opening
from services.domain.generation import Chip

_OWN_WORDS = 14
"""At most, beside the command: a longer speech is a brief of its own."""


@dataclass(frozen=True, slots=True)
class Retry:
    chip: Chip | None
    text: str
    """What to mind this time, in the person's own words; may be empty."""


_CHIPS = dict(WORDS.chips)
_CHIPS_OF_REPLIES = _CHIPS | dict(WORDS.chips_of_replies)


def read_retry(text: str, words: tuple[Word, ...], *, is_reply: bool) -> Retry | None:
    """`words` of `text`, without what means nothing before them. None: not plainly a wish for another try."""
    words = after(words, WORDS.displeasure, WORDS.fillers)
    rest, is_again = _after_again(words)
    if rest and opening(rest, WORDS.thanks):
        return None
    chip, rest = _chip(rest, _CHIPS_OF_REPLIES if is_again or is_reply else _CHIPS)
    if not is_again and chip is None:
        return None
    own = after(rest, WORDS.closings)
    if not own:
        return Retry(chip, "")
    links = WORDS.links | WORDS.joining
    if is_reply and is_again:
        links |= WORDS.reply_links
    if not (is_again or is_reply) or not opening(own, links):
        return None
    return _with_own_words(text, after(own, WORDS.links, WORDS.joining), chip)


def _after_again(words: tuple[Word, ...]) -> tuple[tuple[Word, ...], bool]:
    is_again = False
    while taken := opening(words, WORDS.again):
        words, is_again = after(words[taken:], WORDS.address, WORDS.fillers), True
    return words, is_again


def _chip(words: tuple[Word, ...], known: dict[str, Chip]) -> tuple[Chip | None, tuple[Word, ...]]:
    start = after(words, WORDS.softeners)
    taken = opening(start, known)
    if not taken:
        return None, words
    phrase = " ".join(word.sound for word in start[:taken])
    return known[phrase], start[taken:]


def _with_own_words(text: str, told: tuple[Word, ...], chip: Chip | None) -> Retry | None:
    if chip is None:
        chip, rest = _chip(told, _CHIPS_OF_REPLIES)
        told = after(rest, WORDS.closings, WORDS.joining) if chip is not None else told
    if not told or len(told) > _OWN_WORDS:
        return Retry(chip, "") if not told else None
    return Retry(chip, text[told[0].start :].strip())
