"""Does a question lean on what was said before? "What about the second one?" does. "What does a can cost?" does not,
and is answered the same whatever was talked about: without the conversation it is cheaper, and serves others, too.

Told from the words alone, and in doubt it leans: a pronoun, a comparison, an "and" at the beginning, a word or two.
"""

import re

FEWEST_WORDS = 3
"""Shorter questions ("and why?", "сколько стоит?") are the rest of something."""
_ALONE = re.compile(r"\w[\w'\u2019-]*")
_LEANS = re.compile(
    r"(?<!\w)(?:"
    # Pronouns, and what points somewhere.
    r"он|она|оно|они|н?его|н?е[ёе]|н?их|н?ему|н?ей|н?им|ими|н[её]м|них|ними|н?ею|это(?:т|го|му|м|й)?|эт(?:а|у|и|их|им|ими)"
    r"|т(?:от|а|ого|ому|ой|ех|еми)|такой|такая|такое|такие|таких|такого|так|там|туда|оттуда|тогда|здесь|тут|сюда|отсюда"
    r"|поэтому|оттого|сво(?:й|я|ё|и|его|ей|их)"
    r"|it|its|they|them|their|theirs|this|that|these|those|he|him|his|she|her|one|ones|there|then|here|so|such|same"
    # What was there before, and its order.
    r"|выше|предыдущ\w*|прошл\w+|последн\w+|раньше|перв\w+|втор\w+|треть\w+|четв[её]рт\w+|пят(?:ый|ая|ую|ое)|друг\w+|остальн\w+"
    r"|ещ[её]|тоже|также|опять|снова|повтор\w*|подробн\w*|продолж\w*|уточни\w*|поясни\w*|переведи\w*|сократи\w*|вместо"
    r"|above|previous|earlier|before|last|first|second|third|fourth|fifth|other|others|another|rest|else|more|again|also|too"
    r"|instead|continue|elaborate|explain|shorten|translate|repeat|shorter|longer"
    r"|сказал\w*|говорил\w*|писал\w*|said|told|mentioned|wrote"
    r")(?!\w)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\s*(?:а|и|но|или|то есть|почему бы|ок|хорошо|да|нет|and|but|or|then|why not|what about|how about|what if|ok|okay"
    r"|yes|no)(?!\w)",
    re.IGNORECASE,
)


def leans_on_what_was_said(question: str) -> bool:
    return (
        len(_ALONE.findall(question)) < FEWEST_WORDS
        or _GOES_ON.match(question) is not None
        or _LEANS.search(question) is not None
    )
