"""What the passages lend to ideas: names, slogans, short phrases, facts, customers' words, conclusions, hours."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.emulators.openai.assignment import Passage
from tests.emulators.openai.passage_text import Nature, Relevance, Sentence, sentences, split
from tests.emulators.openai.stems import content_stems, is_russian

QUOTED = re.compile(r"«([^«»]{2,70})»|“([^“”]{2,70})”|\"([^\"]{2,70})\"")
SAID = re.compile(r"(?:[:—–-]\s*|^)(?:«([^«»]{4,70})»|“([^“”]{4,70})”|\"([^\"]{4,70})\")")
TITLE_CASE = re.compile(r"\b([a-z]+,?) ((?:[A-Z][a-z]+ ){1,2}[A-Z][\w'’]+)")
PLACE_COMES_NEXT = frozenset({"in", "at", "from", "near", "around", "by", "to"})
HOUR = re.compile(r"\b(?:[01]\d|2[0-3]):[0-5]\d\b")
PROHIBITION = re.compile(
    r"запрещ|нельзя|ограничен|не пишем|не говорим|не используем|вместо|провал|"
    r"banned|forbid|forbidden|must not|don['’]t write|never|instead of|don['’]t have|failure|legal limit|shout|rush",
    re.I,
)
# Pages of rules for the team itself: their short sentences are not lines for the public.
HOUSE_RULES = re.compile(
    r"канал|формат|бюджет|соглас|аудитор|сегмент|вопросы|правил|ритм|channel|format|budget|approv|audience|segment|"
    r"question|rule|rhythm",
    re.I,
)
LEANS_ON_THE_BEFORE = re.compile(
    r"^(?:для сравнения|при этом|это|он[аио]?|их|так|там|до|от|по|that|this|these|they|he|she|there|from|up to)\b", re.I
)
MAX_WORDS_IN_A_LINE = 5
MAX_LETTERS_IN_A_ROW = 170
# A sentence reads better than a row of a table that is as relevant.
ROW_HANDICAP = 0.2
FIGURE_BONUS = 0.1
LEAST_RELEVANCE = 0.15


@dataclass(frozen=True, slots=True)
class Snippet:
    text: str
    source: int
    relevance: float = 0.0


@dataclass(slots=True)
class Material:
    """In all lists the most useful for the brief comes first."""

    names: list[Snippet] = field(default_factory=list)
    lines: list[Snippet] = field(default_factory=list)
    """Slogans of a few words: fit to be a title."""
    phrases: list[Snippet] = field(default_factory=list)
    facts: list[Snippet] = field(default_factory=list)
    voices: list[Snippet] = field(default_factory=list)
    insights: list[Snippet] = field(default_factory=list)
    hours: list[Snippet] = field(default_factory=list)


def gather(passages: Sequence[Passage], about: str, russian: bool) -> Material:
    """Passages that list prohibitions lend nothing; those in the other language only when there are no others."""
    allowed = [passage for passage in passages if not PROHIBITION.search(passage.heading)]
    lenders = [passage for passage in allowed if is_russian(passage.text) == russian] or allowed
    relevance = Relevance(about, lenders)
    all_parts = [part for passage in lenders for part in sentences(passage)]
    parts = [part for part in all_parts if not PROHIBITION.search(part.text)]
    names = _names(lenders, parts)
    known = {content_stems(name.text) for name in names}
    heard = _spoken(all_parts, relevance) + _english_lines(parts, relevance)
    spoken = [line for line in heard if content_stems(line.text) not in known]
    house_rules = {passage.number for passage in lenders if HOUSE_RULES.search(passage.heading)}
    short = _short_sentences((part for part in parts if part.source not in house_rules), relevance)
    return Material(
        names=_asked_for(names, about) or _best_first(names, about),
        lines=_best_first([line for line in spoken if len(line.text.split()) <= MAX_WORDS_IN_A_LINE], about),
        phrases=_best_first(spoken, about) + _best_first(short + _short_voices(parts, relevance), about),
        facts=_best_first(_facts(parts, relevance), about),
        voices=_best_first(_of_nature(parts, Nature.VOICE, relevance), about),
        insights=_best_first(_of_nature(parts, Nature.CONCLUSION, relevance), about),
        hours=_unique(Snippet(hour, passage.number) for passage in lenders for hour in HOUR.findall(passage.text)),
    )


def _names(passages: Sequence[Passage], parts: Sequence[Sentence]) -> list[Snippet]:
    """Proper names in their dictionary form: as a heading, a table or most sentences write them."""
    found: list[Snippet] = []
    for passage in passages:
        last = re.split(r"\s*[›>/]\s*", passage.heading)[-1].strip()
        found += [Snippet(name, passage.number, 2.0) for name in _quoted(last)]
        if re.fullmatch(r"[A-Z][\w'’.]*(?: [A-Z][\w'’.]*){1,2}", last):
            found.append(Snippet(last, passage.number, 2.0))
    said = {snippet.text for snippet in _spoken(parts, None)}
    for part in parts:
        sure = 1.0 if part.nature is Nature.ROW else 0.0
        found += [Snippet(name, part.source, sure) for name in _quoted(part.text) if name not in said]
    found += _title_case(parts)
    named = [snippet for snippet in found if _is_name(snippet.text)]
    times = Counter(snippet.text for snippet in named)
    first: dict[frozenset[str], Snippet] = {}
    for snippet in sorted(named, key=lambda snippet: (-snippet.relevance, -times[snippet.text], snippet.source)):
        first.setdefault(content_stems(snippet.text), snippet)
    return list(first.values())


def _asked_for(names: Iterable[Snippet], about: str) -> list[Snippet]:
    """Names that the brief itself mentions: then it is about them."""
    wanted = content_stems(about)
    return [name for name in names if content_stems(name.text) <= wanted]


def _is_name(text: str) -> bool:
    if not is_russian(text) and not all(word[0].isupper() for word in text.split()):
        return False
    return text[0].isupper() and 1 <= len(text.split()) <= 3 and len(text) > 3 and not re.search(r"[,!?…:;.«»\d]", text)


def _title_case(parts: Sequence[Sentence]) -> list[Snippet]:
    """English names carry no quotes: words in capitals that come up twice and never as a place."""
    found = [(match[1].strip(","), match[2], part.source) for part in parts for match in TITLE_CASE.finditer(part.text)]
    places = {name for before, name, _ in found if before in PLACE_COMES_NEXT}
    times = Counter(name for _, name, _ in found)
    return [Snippet(name, source) for _, name, source in found if times[name] > 1 and name not in places]


def _spoken(parts: Iterable[Sentence], relevance: Relevance | None) -> list[Snippet]:
    """Lines in the brand's own voice: what stands in quotes after a colon or a dash, or fills a list item."""
    return [
        Snippet(text.strip("."), part.source, relevance.of(part) if relevance else 0.0)
        for part in parts
        if part.nature is Nature.PROSE
        for groups in SAID.findall(part.text)
        if _is_phrase(text := "".join(groups))
    ]


def _english_lines(parts: Iterable[Sentence], relevance: Relevance) -> list[Snippet]:
    """English puts no quotes on names, so what it quotes was said by somebody."""
    quoted = [(part, text.strip(".")) for part in parts if part.nature is Nature.PROSE for text in _quoted(part.text)]
    return [
        Snippet(text, part.source, relevance.of(part))
        for part, text in quoted
        if not is_russian(text) and _is_phrase(text) and not _is_name(text)
    ]


def _short_voices(parts: Iterable[Sentence], relevance: Relevance) -> list[Snippet]:
    said = [(part, text) for part in parts if part.nature is Nature.VOICE for text in split(part.text)]
    return [Snippet(text.strip("."), part.source, relevance.of(part)) for part, text in said if _is_phrase(text)]


def _short_sentences(parts: Iterable[Sentence], relevance: Relevance) -> list[Snippet]:
    return [
        Snippet(part.text.strip("."), part.source, relevance.of(part))
        for part in parts
        if part.nature is Nature.PROSE and _is_phrase(part.text) and not re.search(r"[«»“”\"\d]", part.text)
    ]


def _facts(parts: Iterable[Sentence], relevance: Relevance) -> list[Snippet]:
    found = []
    for part in parts:
        text = part.text
        if part.nature is Nature.ROW and len(text) > MAX_LETTERS_IN_A_ROW:
            text = text[:MAX_LETTERS_IN_A_ROW].rsplit(";", 1)[0]
        score = relevance.of(part) + (FIGURE_BONUS if re.search(r"\d", text) else 0.0)
        score -= ROW_HANDICAP if part.nature is Nature.ROW else 0.0
        if _is_fact(text, part.nature) and score > LEAST_RELEVANCE:
            found.append(Snippet(text, part.source, score))
    return found


def _of_nature(parts: Iterable[Sentence], nature: Nature, relevance: Relevance) -> list[Snippet]:
    return [Snippet(part.text, part.source, relevance.of(part)) for part in parts if part.nature is nature]


def _quoted(text: str) -> list[str]:
    return ["".join(groups).strip() for groups in QUOTED.findall(text)]


def _is_phrase(text: str) -> bool:
    odd = re.search(r"[!?…:;|()*_]|\d{3,}|—\s*$|^\W*[a-zа-яё]|,.*,.*,", re.sub(HOUR, "", text))
    return 2 <= len(text.split()) <= 9 and not odd and not LEANS_ON_THE_BEFORE.match(text)


def _is_fact(text: str, nature: Nature) -> bool:
    if nature is Nature.ROW:
        return bool(re.search(r"\d", text))
    whole = nature is Nature.PROSE and 6 <= len(text.split()) <= 26 and text[-1] == "."
    return whole and not LEANS_ON_THE_BEFORE.match(text)


def _best_first(snippets: Iterable[Snippet], about: str) -> list[Snippet]:
    """By relevance of the sentence, then by words shared with the brief, then by the rank that retrieval gave."""
    wanted = content_stems(about)
    return sorted(
        _unique(snippets),
        key=lambda snippet: (-snippet.relevance - len(wanted & content_stems(snippet.text)), snippet.source),
    )


def _unique(snippets: Iterable[Snippet]) -> list[Snippet]:
    first: dict[str, Snippet] = {}
    for snippet in snippets:
        first.setdefault(snippet.text.strip(" .").lower(), snippet)
    return list(first.values())
