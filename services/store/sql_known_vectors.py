"""Which vectors there are: kept by their texts, confirmed by passage, complete by project."""

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, ScalarSelect, delete, exists, func, select

from services.store.sql_connection import SqlRepository, chunks
from services.store.tables import kept_vectors, notes, passage_embeddings, passages

VECTORS = "vectors:"
"""Keys of the notes which say that an index was complete begin so."""


class SqlKnownVectors(SqlRepository):
    async def kept(self, model: str, text_hashes: Sequence[str]) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        for batch in chunks(text_hashes):
            query = select(kept_vectors.c.text_hash, kept_vectors.c.vector).where(
                kept_vectors.c.model == model, kept_vectors.c.text_hash.in_(batch)
            )
            found |= {row.text_hash: row.vector for row in await self._sql.rows(query)}
        return found

    async def keep(self, model: str, vectors: Mapping[str, bytes]) -> None:
        if vectors:
            # In one order everywhere: two writers of the same texts cannot deadlock.
            rows = [{"model": model, "text_hash": key, "vector": vectors[key]} for key in sorted(vectors)]
            await self._sql.run(self._sql.insert(kept_vectors).on_conflict_do_nothing(), rows)

    async def drop_kept(self, project_id: int, model: str) -> None:
        of_project = select(passages.c.text_hash).where(passages.c.project_id == project_id)
        await self._sql.run(
            delete(kept_vectors).where(kept_vectors.c.model == model, kept_vectors.c.text_hash.in_(of_project))
        )

    async def drop_unneeded(self, text_hashes: Sequence[str]) -> None:
        """Of texts that no passage has any more."""
        needed = exists().where(passages.c.text_hash == kept_vectors.c.text_hash)
        for batch in chunks(text_hashes):
            await self._sql.run(delete(kept_vectors).where(kept_vectors.c.text_hash.in_(batch), ~needed))

    async def count_unembedded(self, project_id: int, model: str) -> int:
        mine = passages.c.project_id == project_id
        query = select(func.count().label("total")).where(mine, ~_is_confirmed(model))
        return int((await self._sql.the_row(query)).total)

    async def unmark(self, project_id: int, model: str) -> None:
        await self._sql.run(
            delete(passage_embeddings).where(
                passage_embeddings.c.model == model, passage_embeddings.c.passage_id.in_(_ids_of(project_id))
            )
        )

    async def is_built(self, project_id: int, model: str) -> bool:
        return await self._sql.row(select(notes.c.key).where(notes.c.key == _note(project_id, model))) is not None

    async def set_built(self, project_id: int, model: str, *, is_built: bool) -> None:
        key = _note(project_id, model)
        if not is_built:
            await self._sql.run(delete(notes).where(notes.c.key == key))
            return
        values = {"value": {"model": model}, "updated_at": self._sql.now()}
        await self._sql.run(
            self._sql.insert(notes).values(key=key, **values).on_conflict_do_update(index_elements=["key"], set_=values)
        )
        await self._forget_others(project_id, model)

    async def _forget_others(self, project_id: int, model: str) -> None:
        others = notes.c.key.startswith(_notes_of(project_id), autoescape=True)
        await self._sql.run(delete(notes).where(others, notes.c.key != _note(project_id, model)))
        await self._sql.run(
            delete(passage_embeddings).where(
                passage_embeddings.c.model != model, passage_embeddings.c.passage_id.in_(_ids_of(project_id))
            )
        )
        used = select(passage_embeddings.c.model).distinct()
        await self._sql.run(
            delete(kept_vectors).where(kept_vectors.c.model != model, kept_vectors.c.model.not_in(used))
        )


def _is_confirmed(model: str) -> ColumnElement[bool]:
    return exists().where(passage_embeddings.c.passage_id == passages.c.id, passage_embeddings.c.model == model)


def _ids_of(project_id: int) -> ScalarSelect[str]:
    return select(passages.c.id).where(passages.c.project_id == project_id).scalar_subquery()


def _notes_of(project_id: int) -> str:
    return f"{VECTORS}{project_id}:"


def _note(project_id: int, model: str) -> str:
    """A model may be named by a path."""
    return _notes_of(project_id) + hashlib.sha256(model.encode()).hexdigest()[:16]
