"""The demo writer: ideas and answers put together from the brief and the passages, by rule and without a model."""

import random
import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.emulators.openai.angles import Angle, Phrasebook
from tests.emulators.openai.assignment import IDEA_NOUNS, Assignment, Passage, Wish
from tests.emulators.openai.material import Material, Snippet, gather
from tests.emulators.openai.passage_text import Relevance, Sentence, sentences
from tests.emulators.openai.phrases_en import ENGLISH
from tests.emulators.openai.phrases_ru import RUSSIAN
from tests.emulators.openai.stems import contains_any

DEFAULT_IDEAS = 3
MOST_IDEAS = 10
SHOWN_BRIEF_LETTERS = 90
# A passage that covers a smaller share of the question's meaning is about something else.
ANSWERING_COVER = 0.45
SENTENCES_IN_ANSWER = 3


@dataclass(frozen=True, slots=True)
class WrittenIdea:
    title: str
    text: str
    why: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """All that the writer has to say; the request decides the form."""

    signature: str
    ideas: tuple[WrittenIdea, ...] = ()
    answer: str = ""
    sources: tuple[int, ...] = ()
    found: bool = True
    remark: str = ""

    @property
    def note(self) -> str:
        return f"{self.remark} {self.signature}".strip()


def phrasebook_for(assignment: Assignment) -> Phrasebook:
    return RUSSIAN if assignment.russian else ENGLISH


def write_ideas(assignment: Assignment, seed: str) -> Work:
    """`seed` and the assignment decide every choice."""
    book = phrasebook_for(assignment)
    wishes = ",".join(sorted(wish.name for wish in assignment.wishes))
    chance = random.Random("|".join((seed, assignment.brief, wishes, assignment.instruction, assignment.previous)))
    about = f"{shorten(assignment.brief)} {assignment.instruction} {assignment.material}".strip()
    shelf = Shelf(gather(assignment.passages, about, assignment.russian), chance, assignment)
    count = min(assignment.count or DEFAULT_IDEAS, MOST_IDEAS)
    angles = _choose_angles(book, assignment.previous, count, chance)
    desk = Desk(book, shelf, assignment, chance)
    ideas = tuple(desk.write(angle, names_brief=at == 0) for at, angle in enumerate(angles))
    remark = "" if any(idea.sources for idea in ideas) else book.no_knowledge
    return Work(book.signature, ideas=ideas, remark=remark)


def write_answer(assignment: Assignment) -> Work:
    """Sentences of the passages that cover the question, each with its mark."""
    book = phrasebook_for(assignment)
    relevance = Relevance(f"{assignment.brief} {assignment.material}", assignment.passages)
    cover = {passage.number: relevance.of_passage(passage.number) for passage in assignment.passages}
    best = max(cover.values(), default=0.0)
    if best < ANSWERING_COVER:
        return Work(book.signature, answer=book.not_found, found=False)
    told = _most_telling(assignment.passages, cover, relevance)
    lines = [f"{_closed(part.text)} [{part.source}]" for part in told]
    sources = tuple(dict.fromkeys(part.source for part in told))
    return Work(book.signature, answer="\n".join([book.answer_opening, *lines]), sources=sources)


def _most_telling(passages: Sequence[Passage], cover: dict[int, float], relevance: Relevance) -> list[Sentence]:
    """A few sentences of the passages that cover the question about as well as the best one does."""
    near = [passage for passage in passages if cover[passage.number] >= 0.75 * max(cover.values())]
    near.sort(key=lambda passage: -cover[passage.number])
    pool = [part for passage in near for part in sentences(passage)]
    score = {id(part): relevance.of(part) + cover[part.source] / 2 for part in pool}
    ranked = _distinct(sorted(pool, key=lambda part: -score[id(part)]))
    chosen = [part for part in ranked if score[id(part)] >= 0.75 * score[id(ranked[0])]][:SENTENCES_IN_ANSWER]
    place = {id(part): at for at, part in enumerate(pool)}
    return sorted(chosen, key=lambda part: place[id(part)])


def talk(assignment: Assignment) -> Work:
    book = phrasebook_for(assignment)
    return Work(book.signature, answer=book.talk.format(said=quote(shorten(assignment.brief), assignment.russian)))


class Shelf:
    """Snippets not used yet in this answer."""

    def __init__(self, material: Material, chance: random.Random, assignment: Assignment) -> None:
        self._left = {
            "name": _cluster_shuffle(material.names, chance),
            "line": _cluster_shuffle(material.lines, chance),
            "phrase": _cluster_shuffle(material.phrases, chance),
            "voice": _cluster_shuffle(material.voices, chance),
            "fact": _cluster_shuffle(material.facts, chance, window=2),
            "insight": _cluster_shuffle(material.insights, chance),
            "hour": list(material.hours),
            # A brief with a banned word in it is not repeated.
            "brief": [Snippet(shorten(said), 0) for said in (assignment.material, assignment.brief) if said],
        }
        self._banned = assignment.banned_words
        for slot, snippets in self._left.items():
            self._left[slot] = [part for part in snippets if not contains_any(part.text, self._banned)]
        self._russian = assignment.russian
        self._used: Counter[str] = Counter()
        self.sources: list[int] = []
        """Numbers of the passages that the idea at work has taken from."""

    def fill(self, patterns: Iterable[str]) -> str:
        """The least used pattern whose slots can all be filled, filled; "" when there is none."""
        for pattern in sorted(patterns, key=lambda pattern: self._used[pattern]):
            if contains_any(pattern, self._banned):
                continue
            slots = [name for _, name, _, _ in string.Formatter().parse(pattern) if name]
            if all(self._left[slot] for slot in slots):
                self._used[pattern] += 1
                return pattern.format(**{slot: self._take(slot) for slot in slots})
        return ""

    def _take(self, slot: str) -> str:
        snippet = self._left[slot].pop(0)
        if slot in ("hour", "name", "brief"):
            # There are few of them: a later idea may use this one again, after the others.
            self._left[slot].append(snippet)
        else:
            self._forget(snippet)
        if snippet.source:
            self.sources.append(snippet.source)
        if slot in ("hour", "line"):
            return snippet.text
        return quote(snippet.text, self._russian)

    def _forget(self, snippet: Snippet) -> None:
        """The same words may have been lifted as a line, as a phrase and as a fact."""
        bare = snippet.text.strip(".")
        for slot in ("line", "phrase", "fact", "voice", "insight"):
            self._left[slot] = [other for other in self._left[slot] if other.text.strip(".") != bare]


@dataclass(frozen=True, slots=True)
class Desk:
    """Writes the ideas of one answer."""

    book: Phrasebook
    shelf: Shelf
    assignment: Assignment
    chance: random.Random

    def write(self, angle: Angle, names_brief: bool) -> WrittenIdea:
        self.shelf.sources = []
        bold = Wish.BOLDER in self.assignment.wishes
        title = self._pick(self.book.bold_titles) if bold else self._pick(angle.titles, spare_last=True)
        move = self._pick(self.book.bold_moves) if bold else ""
        mechanic = self._pick(angle.mechanics, spare_last=True)
        parts = (
            [move, mechanic]
            if Wish.SHORTER in self.assignment.wishes
            else self._full(angle, names_brief, move, mechanic)
        )
        return WrittenIdea(title, _join(parts), self._why(angle), tuple(sorted(set(self.shelf.sources))))

    def _full(self, angle: Angle, names_brief: bool, move: str, mechanic: str) -> list[str]:
        opening = (self._pick(angle.openings) if names_brief else "") or angle.plain_opening
        voice = self._pick(self.book.voice_links) if angle.quotes_people else ""
        links = self.book.insight_links if self.chance.random() < 0.4 else self.book.fact_links
        link = self._pick(links) or self._pick(self.book.fact_links)
        return [opening, move, mechanic, voice or link, self._pick(angle.endings)]

    def _why(self, angle: Angle) -> str:
        parts = [self.book.angle_named.format(label=angle.label), self.chance.choice(angle.whys)]
        if self.assignment.instruction and not contains_any(self.assignment.instruction, self.assignment.banned_words):
            said = quote(shorten(self.assignment.instruction), self.assignment.russian)
            parts.append(self.book.instruction_heeded.format(instruction=said))
        return _join(parts)

    def _pick(self, patterns: Sequence[str], spare_last: bool = False) -> str:
        """Where the last pattern is the spare one, which needs nothing, it is tried last."""
        mixed = list(patterns[:-1] if spare_last else patterns)
        self.chance.shuffle(mixed)
        return self.shelf.fill([*mixed, patterns[-1]] if spare_last else mixed)


def _choose_angles(book: Phrasebook, previous: str, count: int, chance: random.Random) -> list[Angle]:
    """Angles that the previous attempt did not take come first; who wants more ideas than there are gets some twice."""
    angles = list(book.angles)
    chance.shuffle(angles)
    angles.sort(key=lambda angle: book.angle_named.format(label=angle.label) in previous)
    return (angles * 2)[:count]


def _cluster_shuffle(snippets: list[Snippet], chance: random.Random, window: int = 4) -> list[Snippet]:
    """Shuffled among neighbours, so that attempts differ and the most relevant still come early."""
    order = {id(snippet): at + chance.uniform(0, window) for at, snippet in enumerate(snippets)}
    return sorted(snippets, key=lambda snippet: order[id(snippet)])


def _distinct(parts: Iterable[Sentence]) -> list[Sentence]:
    chosen: list[Sentence] = []
    for part in parts:
        if all(len(part.stems & other.stems) < 0.8 * len(part.stems) for other in chosen):
            chosen.append(part)
    return chosen


def _join(parts: Iterable[str]) -> str:
    return re.sub(r"([.!?…])([»”])\.", r"\1\2", " ".join(part for part in parts if part))


def _closed(text: str) -> str:
    return text if re.search(r"[.!?…][»”\"]?$", text) else f"{text}."


def quote(text: str, russian: bool) -> str:
    """In the language's quotes; quotes inside become the inner kind. The full stop stays outside."""
    bare = text.strip().removesuffix(".")
    opening, closing, inner = ("«", "»", "„{}“") if russian else ("“", "”", "‘{}’")
    bare = re.sub(r"[«“\"]([^«»“”\"]*)[»”\"]", lambda match: inner.format(match[1]), bare)
    return f"{opening}{bare}{closing}"


def shorten(text: str) -> str:
    line = " ".join(text.split())
    line = re.sub(r"^/\w+(?:@\w+)?\s+", "", line)
    line = re.sub(rf"[,;.]\s*(?:\d+|[^\W\d]+) {IDEA_NOUNS}\w*\W*$", "", line, flags=re.I).rstrip(" .!?…;:,")
    if len(line) <= SHOWN_BRIEF_LETTERS:
        return line
    return line[:SHOWN_BRIEF_LETTERS].rsplit(" ", 1)[0].rstrip(" ,;:—-") + "…"
