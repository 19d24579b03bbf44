"""The words that mean something to us, of one language. Phrases are small letters, ё as е, words one space apart."""

from dataclasses import dataclass, fields
from functools import reduce

from services.domain.generation import Chip


@dataclass(frozen=True, slots=True)
class Lexicon:
    address: frozenset[str]
    """Muza is called by name."""
    fillers: frozenset[str]
    """Before a command, and mean nothing."""
    closings: frozenset[str]
    """After a command, and mean nothing."""
    thanks: frozenset[str]
    """"Once more" before them thanks once more."""
    joining: frozenset[str]
    """And."""
    praise: frozenset[str]
    """May stand before an approval, and is none by itself."""
    approvals: frozenset[str]
    approved_things: frozenset[str]
    """What may follow: all of them mean the whole draft."""
    verdict_stems: tuple[str, ...]
    """Words that begin so are about a decision, for or against."""
    reactions: frozenset[str]
    """Whole answers that ask for no change."""
    displeasure: frozenset[str]
    """May stand before another try."""
    again: frozenset[str]
    chips: frozenset[tuple[str, Chip]]
    chips_of_replies: frozenset[tuple[str, Chip]]
    """Too short to be an order unless a draft is answered with them."""
    softeners: frozenset[str]
    """"A little" shorter."""
    links: frozenset[str]
    """Before the person's own words about another try: always."""
    reply_links: frozenset[str]
    """The same, where a draft is answered."""
    subject_links: frozenset[str]
    """Between a thing to be written and what it is about."""
    refusals: frozenset[str]
    """Somebody who begins so does not want it."""
    invention: frozenset[str]
    """Orders that only ideas can answer."""
    making: frozenset[str]
    """Orders that may be about ideas: with a creative thing after them they are."""
    wanting: frozenset[str]
    """Wishes: with a creative thing close after them they are about ideas."""
    named: frozenset[str]
    """Who wants it."""
    infinitives: tuple[str, ...]
    """Words that end so make a wish one to do something else."""
    no_thing: frozenset[str]
    """Words that do so, too."""
    modals: frozenset[str]
    """Before such an order: could you, I want to, let us."""
    inventing: frozenset[str]
    """A question with such a word in it may be an order."""
    creative_words: frozenset[str]
    """Things that are invented or written."""
    creative_stems: tuple[str, ...]
    """The same, where endings are many: up to three letters may follow."""
    questions: frozenset[str]
    """A question begins so."""
    no_questions: frozenset[str]
    """Begins like a question and is none."""
    marked_questions: frozenset[str]
    """A question begins so, when it ends with a question mark."""
    numbers: frozenset[str]


def together(*lexicons: Lexicon) -> Lexicon:
    """Languages do not share words, and people mix them: one lexicon for all."""

    def both(one: Lexicon, other: Lexicon) -> Lexicon:
        joined = {}
        for field in fields(Lexicon):
            left, right = getattr(one, field.name), getattr(other, field.name)
            joined[field.name] = left + right if isinstance(left, tuple) else left | right
        return Lexicon(**joined)

    return reduce(both, lexicons)
