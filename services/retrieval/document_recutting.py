"""Documents cut anew when the rules change, one at a time: each is found all the while, by its old passages until the
vectors of the new ones are there."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from services.domain.chunk_rules import ChunkRules, is_cut_by, rules_for
from services.domain.document_history import DocumentContent
from services.domain.knowledge import Document, Passage
from services.retrieval.cutting import cut
from services.retrieval.document_ports import DocumentSource
from services.retrieval.near_duplicates import sketch
from services.retrieval.vector_building import VectorBuilding


class DocumentRecutting:
    """`building`: None where there is no search by meaning."""

    def __init__(
        self, source: DocumentSource, building: VectorBuilding | None, is_stopping: Callable[[], bool]
    ) -> None:
        self._source = source
        self._building = building
        self._is_stopping = is_stopping

    async def run(self, project_id: int) -> int:
        rules = await self._source.chunk_rules(project_id)
        kinds = await self._source.cuts(project_id)
        if all(is_cut_by(chunking, rules_for(rules, type_, format_)) for type_, format_, chunking in kinds):
            return 0
        done = 0
        for document in await self._source.list(project_id):
            own = rules_for(rules, document.type, document.format)
            if not is_cut_by(document.chunking, own) and not self._is_stopping():
                done += await self._recut(document, own)
        return done

    async def _recut(self, document: Document, rules: ChunkRules) -> bool:
        content = await self._source.content(document.id)
        if content is None:
            content = await self._from_passages(document)
        passages = await asyncio.to_thread(cut, document, content.text, content.page_starts, rules)
        if self._building is not None:
            await self._building.keep(document.project_id, passages)
        former = await self._source.passage_ids(document.id)
        written = await self._source.recut(replace(document, chunking=rules.signature), passages, content)
        if written is None:  # replaced or deleted meanwhile, and cut by the present rules if it is there
            return False
        if self._building is not None:
            await self._building.place(document.project_id, await self._source.passages_of(document.id))
            await self._building.remove(document.project_id, former)
        return True

    async def _from_passages(self, document: Document) -> DocumentContent:
        """Of a document from before texts were kept: passages hold every character that is not blank."""
        text = _joined(await self._source.passages_of(document.id))
        return DocumentContent(text, sketch=await asyncio.to_thread(sketch, text))


def _joined(passages: Sequence[Passage]) -> str:
    parts: list[str] = []
    end = 0
    for passage in passages:
        if passage.start > end:
            gap = passage.start - end
            parts.append(" " * (gap - 2) + "\n\n"[-gap:])
            end = passage.start
        parts.append(passage.text[end - passage.start :])
        end = max(end, passage.end)
    return "".join(parts)
