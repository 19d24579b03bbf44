"""English, as people speak it to an assistant and as speech recognition writes it down."""

from services.assistant.listening.lexicons.lexicon import Lexicon
from services.domain.generation import Chip

_SHORTER = ("shorter", "more concise", "briefer")
_BOLDER = ("bolder", "braver", "more daring", "edgier")
_ANGLES = (
    "another angle",
    "a different angle",
    "different angle",
    "from another angle",
    "from a different angle",
    "a new angle",
    "another approach",
    "a different approach",
    "different approach",
)
_MAKE = "make it, make them, make this, keep it, let's make it, go, let's try, try, take, can we make it"
_AGAIN = "again, once more, one more time, once again, from scratch, another version, another try, another one"
_AGAIN_VERBS = "try, do it, try it, let's try, write it, give me, give us, let's do it, do, make, let's go, start"


def _phrases(text: str) -> list[str]:
    return [phrase.strip() for phrase in text.split(",") if phrase.strip()]


def _after(openings: str, *rest: str) -> frozenset[str]:
    return frozenset(f"{opening} {phrase}" for opening in _phrases(openings) for phrase in rest)


def _singular_and_plural(text: str) -> frozenset[str]:
    return frozenset(_phrases(text)) | {f"{word}s" for word in _phrases(text)}


def _chips() -> frozenset[tuple[str, Chip]]:
    bare = dict.fromkeys(_BOLDER, Chip.BOLDER) | dict.fromkeys(_ANGLES, Chip.ANOTHER_ANGLE)
    bare |= dict.fromkeys(_SHORTER, Chip.SHORTER)
    ordered = {f"{verb} {phrase}": chip for verb in _phrases(_MAKE) for phrase, chip in bare.items()}
    ordered |= {
        f"{verb} a {size} {phrase}": chip
        for verb in _phrases(_MAKE)
        for size in ("bit", "little")
        for phrase, chip in bare.items()
        if chip is not Chip.ANOTHER_ANGLE
    }
    return frozenset((ordered | {"shorten it": Chip.SHORTER, "shorten": Chip.SHORTER}).items())


ENGLISH = Lexicon(
    address=frozenset(
        _phrases("muza, hey muza, hi muza, ok muza, okay muza, hello muza, dear muza, muse, hey muse, hi muse, ok muse")
    ),
    fillers=frozenset(
        _phrases("um, uh, er, erm, hmm, mm, well, so, now, then, and, please, listen, alright, all right")
    ),
    closings=frozenset(_phrases("please, thanks, thank you, muza, muse, okay, ok, then, now, thanks a lot")),
    thanks=frozenset(_phrases("thanks, thank you, many thanks")),
    joining=frozenset({"and"}),
    praise=frozenset(
        _phrases(
            "yes, yeah, yep, great, good, perfect, excellent, looks good, looks great, it looks good, this looks "
            "good, that looks good, looks good to me, i like it, i love it, we like it, love it, nice, ok, okay, "
            "fine, awesome, lovely, all good, very good, wonderful, lgtm"
        )
    ),
    approvals=frozenset(_phrases("approve, approved, i approve, we approve, i'm approving, go ahead and approve")),
    approved_things=frozenset(
        _phrases(
            "it, this, that, them, these, all, all of it, all of them, this one, that one, this version, the "
            "version, this draft, the draft, the text, this text, these ideas, the ideas, as is, as it is, the "
            "whole thing"
        )
    ),
    verdict_stems=("approv", "reject", "disapprov", "declin", "agree"),
    reactions=frozenset(
        _phrases(
            "thanks, thank you, thanks a lot, ok, okay, yes, no, yeah, yep, nope, great, good, perfect, nice, "
            "cool, fine, looks good, looks great, looks good to me, i like it, i love it, love it, i don't like "
            "it, not good, bad, got it, i see, understood, lgtm, awesome, excellent, later, wait, stop, cancel, "
            "hello, hi, bye, test, testing, one two three, not bad, all good, sounds good, wonderful, never mind, "
            "nevermind"
        )
    ),
    displeasure=frozenset(
        _phrases("no, nope, not that, not this, not quite, that's not it, i don't like it, we don't like it, not it")
    ),
    again=frozenset(_phrases(_AGAIN))
    | _after(_AGAIN_VERBS, *_phrases(_AGAIN))
    | frozenset(_phrases("redo, redo it, regenerate, regenerate it, start over, try another one, start all over")),
    chips=_chips() | frozenset((phrase, Chip.ANOTHER_ANGLE) for phrase in _ANGLES),
    chips_of_replies=frozenset(
        [(phrase, Chip.SHORTER) for phrase in _SHORTER] + [(phrase, Chip.BOLDER) for phrase in _BOLDER]
    ),
    softeners=frozenset(_phrases("a bit, a little, a little bit, much, even, slightly, and, but")),
    links=frozenset(_phrases("but, only, just")),
    reply_links=frozenset(_phrases("about, without, with")),
    subject_links=frozenset(_phrases("about, without, with, for, on, in, of, to")),
    refusals=frozenset(
        _phrases("don't, do not, not, never, no, nobody, stop, cancel, wait, hold on, please don't, let's not")
    ),
    invention=frozenset(
        _phrases("come up with, brainstorm, think up, invent, dream up, generate, think of, ideate, coin")
    ),
    making=frozenset(
        _phrases(
            "give me, give us, write, write me, write us, make, make me, make us, create, draft, suggest, propose, "
            "prepare, compose, design, develop, get me, throw me, pitch, pitch me, name, sketch, show me, do me, craft"
        )
    ),
    wanting=frozenset(
        _phrases(
            "i need, we need, need, i want, we want, i'd like, we'd like, i'm looking for, we're looking for, "
            "i would like, we would like, could use, we could use, i could use"
        )
    ),
    named=frozenset(_phrases("today, now, also, urgently")),
    infinitives=(),
    no_thing=frozenset(
        _phrases("to, what, which, how, who, when, where, access, list, you, them, edits, feedback, know")
    ),
    modals=frozenset(
        _phrases(
            "can you, could you, would you, will you, can you please, could you please, let's, let us, i want you "
            "to, i need you to, i'd like you to, we need to, help me, help us, help me to, help us to, help, try "
            "to, please, i want to, we want to, quickly, we have to, now, also, just, you should, go ahead and, i "
            "need to"
        )
    ),
    inventing=frozenset(
        _phrases("come, invent, brainstorm, suggest, propose, write, generate, create, draft, make, give, would")
    ),
    creative_words=_singular_and_plural(
        "idea, slogan, tagline, headline, post, copy, script, name, naming, concept, campaign, banner, poster, "
        "email, e-mail, newsletter, caption, story, stories, ad, advert, advertisement, jingle, motto, hook, "
        "title, text, description, article, announcement, release, greeting, card, line, option, variant, "
        "strapline, catchphrase, invitation, poem, rhyme, contest, activation, pitch, teaser, reel, video, spot, "
        "flyer, leaflet, letter, blurb"
    ),
    creative_stems=(),
    questions=frozenset(
        _phrases(
            "what, what's, which, how, where, where's, when, who, who's, whom, whose, why, how's, how many, how "
            "much, tell me about, tell me what, tell me how, tell me which, tell me when, tell me who, tell me "
            "where, remind me, explain, in what, in which, on what, at what, for whom, for what, is there, are "
            "there, do we, does our, did we, do you know"
        )
    ),
    no_questions=frozenset(
        _phrases("how about, what about, what if, what a, which means, when in doubt, explain away")
    ),
    marked_questions=frozenset(
        _phrases(
            "is, are, was, were, do, does, did, have, has, had, can we, may we, should we, must we, is our, are "
            "our, our, we, it, the"
        )
    ),
    numbers=frozenset(
        _phrases(
            "one, two, three, four, five, six, seven, eight, nine, ten, a few, some, several, a couple of, a dozen"
        )
    ),
)
