"""The keyword leg in tantivy: a replica of SQL's passages in a folder, caught up by change number, rebuilt at will.

Ranking is BM25 over stems, with weaker votes of titles and headings, pairs of stems and letter grams. Everything is
analysed in Python, so tantivy sees tokens only, and a query is built from terms: text of a person is never parsed as
query syntax.
"""

import asyncio
import hashlib
import threading
from collections.abc import Mapping, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from services.domain.errors import KnowledgeUnavailable
from services.domain.knowledge import Passage
from services.retrieval.analysis import analyse, grams, stem, subject_words, words
from services.retrieval.ports import PassageSource, Scored
from services.retrieval.replica_folder import Progress, ReplicaFolder

_LAYOUT = 1
"""Raise when the fields or the analysis change: replicas with another number are rebuilt."""
_WEIGHTS = {"stems": 1.0, "heading": 0.5, "pairs": 0.3, "grams": 0.2}
_WHISPER = 0.2
"""Weight of a word that carries no subject."""
_WRITER_HEAP_BYTES = 15_000_000
"""The least tantivy takes; it only decides how often segments are flushed."""
_PAGE = 1000
_LONGEST_QUERY_TERMS = 400
"""A brief of 10,000 characters is asked by its first words: more terms cost time and tell nothing."""


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

    async def search(self, project_id: int, query: str, limit: int) -> Sequence[Scored]:
        """Runs on the event loop: a quarter of a millisecond is less than the way to a thread and back."""
        if self._searcher is None:
            await asyncio.to_thread(self._open)
        terms = _query_terms(query)
        if not terms or limit < 1:
            return ()
        try:
            found = self._searcher.search(self._query(project_id, terms), limit, count=False).hits
            return [Scored(self._searcher.doc(address)["id"][0], float(score)) for score, address in found]
        except (ValueError, OSError) as error:
            raise KnowledgeUnavailable(f"keyword index: {error}") from error

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

    def _query(self, project_id: int, terms: Mapping[tuple[str, str], float]) -> Any:
        from tantivy import Occur, Query

        schema = self._index.schema
        votes = [
            (Occur.Should, Query.boost_query(Query.term_query(schema, field, term, "freq"), weight))
            for (field, term), weight in terms.items()
        ]
        project = Query.const_score_query(Query.term_query(schema, "project", project_id), 0.0)
        return Query.boolean_query([(Occur.Must, project), (Occur.Must, Query.boolean_query(votes))])


def _query_terms(query: str) -> dict[tuple[str, str], float]:
    """(field, term) → weight, by importance. Words without a subject whisper: in a small knowledge base "how much" is
    rarer, hence louder, than the product's name."""
    found = words(query)
    subject = frozenset(subject_words(query))
    loudness = {stem(word): 1.0 if word in subject else _WHISPER for word in found}
    wanted = {("stems", term): _WEIGHTS["stems"] * loud for term, loud in loudness.items()}
    wanted |= {("heading", stem(word)): _WEIGHTS["heading"] for word in found if word in subject}
    wanted |= {
        ("pairs", f"{first}_{second}"): _WEIGHTS["pairs"] * max(loudness[first], loudness[second])
        for first, second in pairwise(map(stem, found))
    }
    wanted |= {("grams", gram): _WEIGHTS["grams"] for word in found if word in subject for gram in grams(word)}
    return dict(islice(wanted.items(), _LONGEST_QUERY_TERMS))


def _document(passage: Passage) -> Any:
    from tantivy import Document

    heading, body = analyse(f"{passage.title} {passage.section}"), analyse(passage.text)
    document = Document()
    document.add_text("id", passage.id)
    document.add_unsigned("project", passage.project_id)
    document.add_text("heading", " ".join(heading.stems))
    document.add_text("stems", " ".join(body.stems))
    document.add_text("pairs", " ".join(body.pairs))
    document.add_text("grams", " ".join(body.grams))
    return document


def _open_index(path: Path | None) -> Any:
    from tantivy import Index, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("project", indexed=True)
    for field in _WEIGHTS:
        builder.add_text_field(field, tokenizer_name="spaces", index_option="freq")
    index = Index(builder.build(), path=str(path) if path else None)
    index.register_tokenizer("spaces", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    return index


def _mark_at(written: Sequence[Passage], change: int) -> str | None:
    passage = next((passage for passage in written if passage.change == change), None)
    return hashlib.sha256(f"{passage.id}\n{passage.text}".encode()).hexdigest()[:16] if passage else None
