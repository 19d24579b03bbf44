"""How many ideas a brief asks for: "five slogans", "дай три идеи", "заголовков штук десять".

Only a number that counts something written or invented is one: years, prices, minutes and dates are not.
"""

import re

DEFAULT_IDEAS = 4
MOST_IDEAS = 10
"""More cannot be compared by anybody; who asks for a hundred gets these."""

_NUMBERS = {
    r"один|одну|одного|одной|one": 1,
    r"два|две|двух|двумя|пар[ауы]|парочк[ауи]|two|(?:a )?couple(?: of)?|a pair of": 2,
    r"три|тр[её]х|тремя|three": 3,
    r"четыре|четыр[её]х|четырьмя|four": 4,
    r"пять|пяти|пятью|five": 5,
    r"шесть|шести|шестью|six|half a dozen": 6,
    r"семь|семи|семью|seven": 7,
    r"восемь|восьми|восемью|eight": 8,
    r"девять|девяти|девятью|nine": 9,
    r"десять|десяти|десятью|десят(?:ок|ка|очек)|ten": 10,
    r"(?:один|две|три|четыр|пят|шест|сем|восем|девят)надцат[ьи]|дюжин[ауы]|двадцат[ьи]|тридцат[ьи]|сто|сотн[юя]"
    r"|eleven|twelve|fifteen|twenty|thirty|fifty|(?:a )?dozen(?: of)?|a hundred": MOST_IDEAS,
}
_DIGITS = r"(?<![\d.,:/$€₽№#-])(?P<digits>[1-9]\d{0,2})(?![\d%°]|[.,:/]\d)"
_NUMBER = rf"(?:{_DIGITS}|\b(?P<word>{'|'.join(_NUMBERS)})\b)"
_RUSSIAN_THINGS = (
    r"иде(?:я|и|й|ю|ей|йка|йки|ек)|(?:слоган|заголов|сценари|концепц|кампани|баннер|плакат|ролик|вариант|т[эе]глайн"
    r"|описани|лозунг|девиз|анонс|концепт|рилс|лендинг|шут(?:к|ок)|подпис|объявлени|креатив|нейминг|фраз|строч|хук)\w{0,4}"
    r"|пост(?:а|ы|ов|ам|ами|ик\w*)?|текст(?:а|ы|ов|ами)?|названи\w{1,2}|им(?:я|ени|ена|[её]н)|пис(?:ьм\w{1,3}|ем)"
    r"|стат(?:ья|ьи|ью|ей)|рассыл\w{1,3}|сторис|пресс-релиз\w{0,3}|открыт(?:ка|ки|ку|ок)|акци[яийю]|поздравлени\w{1,2}"
)
_ENGLISH_THINGS = (
    r"(?:idea|slogan|tagline|strapline|headline|post|script|concept|campaign|banner|poster|option|variant|version|caption"
    r"|name|title|text|hook|motto|ad|advert|email|newsletter|teaser|pitch|jingle|article|announcement|card|line)s?"
    r"|(?:pitch|tagline)es|stories|story|copies|mottoes"
)
_THINGS = rf"(?:{_RUSSIAN_THINGS}|{_ENGLISH_THINGS})"
_RUSSIAN_TRAIT = r"[а-яё-]+(?:ых|их|ые|ие|ую|ой|ый|ий|ая|яя|ое|ее|ного|ими|ыми)"
_ENGLISH_TRAIT = (
    r"(?!minutes?\b|hours?\b|days?\b|weeks?\b|months?\b|years?\b|seconds?\b|words?\b|people\b|dollars?\b|euros?\b|percent\b"
    r"|times?\b|pages?\b|of\b|for\b|in\b|and\b|or\b|to\b|from\b|am\b|pm\b|is\b|was\b|are\b)[a-z-]+"
)
_TRAITS = rf"(?:(?:{_RUSSIAN_TRAIT}|{_ENGLISH_TRAIT}|ещ[её]|штук[иа]?)[ \t]+){{0,3}}"
_BEFORE = re.compile(rf"{_NUMBER}[ \t]+{_TRAITS}{_THINGS}\b", re.IGNORECASE)
_MANY_THINGS = r"(?:идей|\w{3,}(?:ов|ев|ий)|строчек|фраз|шуток|им[её]н)"
_WHAT_FOLLOWS = r"(?=[ \t]*(?:[,.;!?)\n]|$|штук|про\b|для\b|о\b|к\b))"
_AFTER = re.compile(
    rf"\b(?={_THINGS}\b){_MANY_THINGS}[ \t]+(?:штук[ \t]+)?{_NUMBER}{_WHAT_FOLLOWS}",
    re.IGNORECASE,
)
_OF_WHAT_IS_THERE = re.compile(
    r"\b(?:убер\w+|убра\w+|удали\w*|выкин\w+|замени\w*|поменя\w+|перепи\w+|исправ\w+|объедин\w+|сократи\w*|трога\w+"
    r"|drop|remove|delete|replace|change|rewrite|cut|fix|merge|swap|shorten|combine)\b",
    re.IGNORECASE,
)


def asked_count(text: str) -> int | None:
    """1 to MOST_IDEAS; None: no number is named. Of several the first counts."""
    found = min(
        filter(None, (_BEFORE.search(text), _AFTER.search(text))), key=lambda match: match.start(), default=None
    )
    return None if found is None else min(_value(found), MOST_IDEAS)


def ideas_asked(brief: str, instruction: str = "") -> int | None:
    """What the wish for another attempt says has the last word, unless its number is of ideas that are there already
    ("drop two ideas"). None: nobody said how many."""
    newer = None if _OF_WHAT_IS_THERE.search(instruction) else asked_count(instruction)
    return newer if newer is not None and newer > 1 else asked_count(brief)


def _value(found: re.Match[str]) -> int:
    if found["digits"]:
        return int(found["digits"])
    word = found["word"].lower()
    return next(number for pattern, number in _NUMBERS.items() if re.fullmatch(pattern, word))
