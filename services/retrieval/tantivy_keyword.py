"""The keyword leg in tantivy: a replica of SQL's passages in a folder, caught up by change number, rebuilt at will.

Ranking is BM25 over stems, with weaker votes of titles and headings, pairs of stems and letter grams; the best are
ranked anew by their best sentence. Everything is analysed in Python, so tantivy sees tokens only, and a query is built
from terms: text of a person is never parsed as query syntax.

Every term begins with its project ("7/price"). A query is then a plain union of terms, which tantivy can leave early
(block-max WAND, https://github.com/quickwit-oss/tantivy/blob/main/src/query/boolean_query/block_wand.rs; with a
condition beside it, it scores every passage that has any of them), and what other projects write changes no ranking.
"""

import asyncio
import hashlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from services.domain.errors import KnowledgeUnavailable
from services.domain.knowledge import Passage
from services.retrieval.analysis import analyse, sentences, stem, words
from services.retrieval.closeness import closeness, rarity
from services.retrieval.keyword_query import WEIGHTS, keyword_query
from services.retrieval.ports import PassageSource, Scored
from services.retrieval.replica_folder import Progress, ReplicaFolder

_LAYOUT = 4
"""Raise when the fields or the analysis change: replicas with another number are rebuilt."""
_CLOSENESS = 1.0
"""Weight of the best sentence, beside the passage's BM25."""
_PERFECT = 3.0
"""What a passage gets for each wanted word, times its rarity, when it has them all in one sentence: two for BM25 with
pairs and grams, one for the sentence. Only sets the scale of scores."""
_RANKED_ANEW = 30
"""Best passages of the first ranking."""
_LONGEST_SENTENCE_QUERY = 24
"""Stems that a sentence is asked for: each costs a look into the index."""
_WRITER_HEAP_BYTES = 15_000_000
"""The least tantivy takes; it only decides how often segments are flushed."""
_PAGE = 1000


class TantivyKeywordIndex:
    """One process writes one folder. Where another process holds it, this one keeps its replica in memory."""

    def __init__(self, path: Path | None) -> None:
        """Opens nothing yet. `path` None: in memory only."""
        self._folder = ReplicaFolder(path, _LAYOUT)
        self._index: Any = None
        self._searcher: Any = None
        self._progress = Progress()
        self._verified = False
        self._catching_up = asyncio.Lock()
        self._opening = threading.Lock()

    @property
    def in_memory(self) -> bool:
        return self._folder.path is None

    async def catch_up(self, source: PassageSource) -> int:
        """Raises KnowledgeUnavailable when the replica can be neither read nor rebuilt (a full disk, say)."""
        async with self._catching_up:
            await asyncio.to_thread(self._open)
            if not self._verified:
                await self._rebuild_unless_of(source)
                self._verified = True
            applied = 0
            while True:
                changes = await source.changes_since(self._progress.change, _PAGE)
                if changes.last_change <= self._progress.change:
                    return applied
                progress = Progress(changes.last_change, _mark_at(changes.written, changes.last_change))
                await asyncio.to_thread(self._apply, changes.written, changes.deleted, progress)
                applied += len(changes.written) + len(changes.deleted)

    async def search(
        self, project_id: int, query: str, limit: int, within: frozenset[int] | None = None
    ) -> Sequence[Scored]:
        """In a thread: misspelt words and long passages cost milliseconds, which the event loop has not."""
        if self._searcher is None:
            await asyncio.to_thread(self._open)
        if limit < 1 or self._searcher is None:
            return ()
        searcher, place = self._searcher, _Place(self._index.schema, project_id, within)
        return await asyncio.to_thread(_search, searcher, place, query, limit)

    def close(self) -> None:
        """Let another process take the folder."""
        self._searcher = self._index = None
        self._folder.release()

    async def _rebuild_unless_of(self, source: PassageSource) -> None:
        """A replica of another database (restored from a backup, or a new one) is of no use: its numbers mean other
        passages. The last applied change must still be there, or have been followed by a later one."""
        known = self._progress
        if known.change == 0:
            return
        around = await source.changes_since(known.change - 1, 1)
        mark = _mark_at(around.written, known.change)
        if around.last_change >= known.change and (mark is None or mark == known.mark):
            return
        await asyncio.to_thread(self._start_anew)

    def _open(self) -> None:
        with self._opening:
            if self._index is not None:
                return
            try:
                self._folder.acquire()
                self._progress = self._folder.read_progress()
                if self._progress.change == 0:
                    self._folder.clear()
                self._index = _open_index(self._folder.path)
            except (ValueError, OSError):  # a damaged replica is not worth repairing: SQL has everything
                self._start_anew()
                return
            self._searcher = self._index.searcher()

    def _start_anew(self) -> None:
        try:
            self._searcher = self._index = None
            self._folder.clear()
            self._progress = Progress()
            self._index = _open_index(self._folder.path)
            self._searcher = self._index.searcher()
        except (ValueError, OSError) as error:
            raise KnowledgeUnavailable(f"keyword index: {error}") from error

    def _apply(self, written: Sequence[Passage], deleted: Sequence[str], progress: Progress) -> None:
        """Commit first, then note the number: a crash in between applies the same page again, which changes nothing."""
        try:
            writer = self._index.writer(_WRITER_HEAP_BYTES, 1)
            for passage_id in (*deleted, *(passage.id for passage in written)):
                writer.delete_documents_by_term("id", passage_id)
            for passage in written:
                writer.add_document(_document(passage))
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()
            self._searcher = self._index.searcher()
            self._folder.write_progress(progress)
        except (ValueError, OSError) as error:
            raise KnowledgeUnavailable(f"keyword index: {error}") from error
        self._progress = progress


@dataclass(frozen=True, slots=True)
class _Place:
    schema: Any
    project_id: int
    within: frozenset[int] | None

    def term(self, text: str) -> str:
        return _own(self.project_id, text)


def _search(searcher: Any, place: _Place, text: str, limit: int) -> Sequence[Scored]:
    """Raises KnowledgeUnavailable."""

    def having(stem: str) -> int:
        return int(searcher.doc_freq("known", place.term(stem)))

    try:
        query = keyword_query(text, knows=lambda stem: having(stem) > 0)
        if not query.terms:
            return ()
        size = int(searcher.doc_freq("project", place.project_id))
        weighed = _as_if_alone(searcher, place, query.terms, size)
        found = searcher.search(_query(place, weighed), max(limit, _RANKED_ANEW), count=False).hits
        loudest = sorted(query.loudness.items(), key=lambda one: -one[1])[:_LONGEST_SENTENCE_QUERY]
        wanted = {stem: loud * rarity(size, max(having(stem), 1)) for stem, loud in loudest}
        best_thinkable = _PERFECT * sum(wanted.values()) or 1.0
        scored = []
        for score, address in found:
            document = searcher.doc(address)
            together = closeness(bytes(document["sentences"][0]).decode(), wanted)
            scored.append(Scored(document["id"][0], (float(score) + _CLOSENESS * together) / best_thinkable))
    except (ValueError, OSError) as error:
        raise KnowledgeUnavailable(f"keyword index: {error}") from error
    return sorted(scored, key=lambda one: -one.score)[:limit]


def _as_if_alone(
    searcher: Any, place: _Place, terms: Mapping[tuple[str, str], float], size: int
) -> Mapping[tuple[str, str], float]:
    """tantivy takes the rarity of a term from all passages that there are; here it should be that in the project."""
    everywhere = int(searcher.num_docs)
    if size >= everywhere:
        return terms
    having = {(field, term): int(searcher.doc_freq(field, place.term(term))) for field, term in terms}
    return {
        one: weight * rarity(size, having[one]) / rarity(everywhere, having[one])
        for one, weight in terms.items()
        if having[one]
    }


def _query(place: _Place, terms: Mapping[tuple[str, str], float]) -> Any:
    from tantivy import Occur, Query

    votes = Query.boolean_query(
        [
            (Occur.Should, Query.boost_query(Query.term_query(place.schema, field, place.term(term), "freq"), weight))
            for (field, term), weight in terms.items()
        ]
    )
    if place.within is None:
        return votes
    documents = Query.term_set_query(place.schema, "document", sorted(place.within))
    return Query.boolean_query([(Occur.Must, Query.const_score_query(documents, 0.0)), (Occur.Must, votes)])


def _own(project_id: int, text: str) -> str:
    return f"{project_id}/{text}"


def _own_lines(project_id: int, stems: Iterable[str]) -> str:
    return " ".join(_own(project_id, stem) for stem in stems)


def _document(passage: Passage) -> Any:
    from tantivy import Document

    heading, body = analyse(f"{passage.title} {passage.section}"), analyse(passage.text)
    lines = [" ".join(map(stem, words(sentence))) for sentence in sentences(passage.text)]
    lines.append(" ".join(body.codes))
    own = partial(_own_lines, passage.project_id)
    document = Document()
    document.add_text("id", passage.id)
    document.add_unsigned("project", passage.project_id)
    document.add_unsigned("document", passage.document_id)
    document.add_bytes("sentences", "\n".join(lines).encode())
    document.add_text("known", own(sorted({*body.stems, *heading.stems})))
    document.add_text("heading", own(heading.stems))
    document.add_text("stems", own(stem for line in lines for stem in line.split()))
    document.add_text("pairs", own(body.pairs))
    document.add_text("grams", own(body.grams))
    return document


def _open_index(path: Path | None) -> Any:
    from tantivy import Index, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("project", indexed=True)
    builder.add_unsigned_field("document", indexed=True)
    builder.add_text_field("known", tokenizer_name="spaces", index_option="basic")
    builder.add_bytes_field("sentences", stored=True)
    for field in sorted(WEIGHTS):  # fields are ordered: in every process the same way
        builder.add_text_field(field, tokenizer_name="spaces", index_option="freq")
    index = Index(builder.build(), path=str(path) if path else None)
    index.register_tokenizer("spaces", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    return index


def _mark_at(written: Sequence[Passage], change: int) -> str | None:
    passage = next((passage for passage in written if passage.change == change), None)
    return hashlib.sha256(f"{passage.id}\n{passage.text}".encode()).hexdigest()[:16] if passage else None
