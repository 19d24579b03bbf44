"""What a person says to Muza, read by rule: no model, no waiting, the same every time.

A rule only speaks where it cannot be wrong. An approval and another try are decisions, so for them the whole utterance
must be nothing but that decision; a longer sentence that merely holds the word is left to whoever asks the model.
"""

import re
from dataclasses import dataclass

from services.assistant.listening.lexicons import WORDS
from services.assistant.listening.spoken_retry import read_retry
from services.assistant.listening.spoken_words import Word, after, before, opening, sentences_of, words_of
from services.domain.generation import Chip
from services.domain.recording import SpokenAction

_NEAR = 4
"""Words after a wish, in which the thing that is wanted has to be named."""
_SHORT = 4
"""Words: what is shorter in reply to a draft, and no order we know, may be a mood."""


@dataclass(frozen=True, slots=True)
class Command:
    action: SpokenAction
    text: str = ""
    """The person's words; of REGENERATE those beside the command itself."""
    chip: Chip | None = None
    is_certain: bool = True


def read_command(text: str, *, is_reply: bool) -> Command | None:
    """`is_reply`: a draft is answered with these words. None: the words alone do not tell."""
    words = bare(words_of(text))
    if not words:
        return None
    if _is_approval(words, text):
        return Command(SpokenAction.APPROVE)
    retry = read_retry(text, words, is_reply=is_reply)
    if retry is not None:
        return Command(SpokenAction.REGENERATE, retry.text, retry.chip)
    if is_reply:
        return None if _is_mood(words) else Command(SpokenAction.REFINE, text.strip())
    return _new_work(text.strip(), words)


def bare(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Without the name of Muza and what people say while they think."""
    return after(words, WORDS.address, WORDS.fillers)


def _is_approval(words: tuple[Word, ...], text: str) -> bool:
    if "?" in text:
        return False
    rest = after(words, WORDS.praise, WORDS.fillers)
    verb = opening(rest, WORDS.approvals)
    return bool(verb) and not after(rest[verb:], WORDS.approved_things, WORDS.closings)


def _is_mood(words: tuple[Word, ...]) -> bool:
    """Said about the draft, and no wish for another: thanks, praise, or a decision in words that are not plain."""
    if any(word.sound.startswith(WORDS.verdict_stems) for word in words):
        return True
    if opening(words, WORDS.refusals) and len(words) <= _SHORT:
        return True
    return not after(words, WORDS.reactions, WORDS.closings, WORDS.praise, WORDS.fillers)


def _new_work(text: str, words: tuple[Word, ...]) -> Command | None:
    if _is_about_a_decision(words):
        return Command(SpokenAction.IDEA, text, is_certain=False) if _names_ideas_at_the_end(words) else None
    sentences = [(sentence, bare(words_of(sentence))) for sentence in sentences_of(text)]
    if _orders_ideas(text) or _is_a_subject(words, text):
        return Command(SpokenAction.IDEA, text)
    asked = [sentence for sentence, heard in sentences if _is_question(sentence, heard)]
    if asked and not any(word.sound in WORDS.inventing for word in words):
        return Command(SpokenAction.ASK, text)
    return None


def _is_about_a_decision(words: tuple[Word, ...]) -> bool:
    return bool(opening(words, WORDS.refusals)) or words[0].sound.startswith(WORDS.verdict_stems)


def _names_ideas_at_the_end(words: tuple[Word, ...]) -> bool:
    """ "Approve the budget slogan ideas": a theme and what is wanted for it. "Approve the ideas" is not."""
    rest = before(words[1:], WORDS.closings)
    things = [word for word in rest if _is_creative(word)]
    is_whole_draft = opening(rest, WORDS.approved_things) == len(rest)
    return bool(rest) and not is_whole_draft and _is_creative(rest[-1]) and len(rest) - len(things) > 1


def _orders_ideas(text: str) -> bool:
    """In a sentence of its own, or in a part of one that names what is to be written."""
    if any(_is_order(bare(words_of(sentence))) for sentence in sentences_of(text)):
        return True
    parts = (bare(words_of(part)) for part in re.split(r"[,;—]", text))
    return any(_is_order(heard) and any(_is_creative(word) for word in heard) for heard in parts)


def _is_order(words: tuple[Word, ...]) -> bool:
    if not words or opening(words, WORDS.refusals):
        return False
    if _is_wish(words) or _is_wish(after(words, WORDS.named, WORDS.fillers)):
        return True
    words = after(words, WORDS.modals, WORDS.fillers)
    if taken := opening(words, WORDS.invention):
        return len(words) > taken
    taken = opening(words, WORDS.making)
    return bool(taken) and any(_is_creative(word) for word in words[taken:]) and not _is_about_a_draft(words[taken:])


def _is_wish(words: tuple[Word, ...]) -> bool:
    """ "We need a slogan", and neither "we need to check the slogan" nor "we need the client, and the slogan then"."""
    taken = opening(words, WORDS.wanting)
    near = words[taken : taken + _NEAR]
    at = next((place for place, word in enumerate(near) if _is_creative(word)), None)
    if not taken or at is None:
        return False
    between = near[:at]
    return not any(word.sound.endswith(WORDS.infinitives) or word.sound in WORDS.no_thing for word in between)


def _is_a_subject(words: tuple[Word, ...], text: str) -> bool:
    """No verb, the thing itself: "five slogans for the winter tea"."""
    if "?" in text:
        return False
    rest = words[opening(words, WORDS.numbers) :]
    rest = rest[1:] if rest and rest[0].sound.isdigit() else rest
    return len(rest) > 2 and _is_creative(rest[0]) and rest[1].sound in WORDS.subject_links


def _is_question(sentence: str, words: tuple[Word, ...]) -> bool:
    if not words or opening(words, WORDS.no_questions):
        return False
    if opening(words, WORDS.questions):
        return True
    return sentence.rstrip().endswith("?") and bool(opening(words, WORDS.marked_questions))


def _is_creative(word: Word) -> bool:
    if word.sound in WORDS.creative_words:
        return True
    stems = (stem for stem in WORDS.creative_stems if word.sound.startswith(stem))
    return any(len(word.sound) - len(stem) <= 3 for stem in stems)


def _is_about_a_draft(words: tuple[Word, ...]) -> bool:
    """ "Make the slogan shorter": short, and it compares with something that is there already."""
    chips = {phrase for phrase, _ in WORDS.chips | WORDS.chips_of_replies}
    return len(words) <= _SHORT + 1 and any(opening(words[start:], chips) for start in range(len(words)))
