"""The rules of batches at a provider: nothing goes there twice, whatever died in between."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.batching.ports import BatchProvider, ProviderBatch
from services.batching.requests import LineAnswer, as_jsonl, read_answers
from services.domain.errors import BatchesNotOffered, ModelError


class BatchingService:
    def __init__(self, provider: BatchProvider | None, model: str) -> None:
        """`provider` None: no model is configured. `model`: of all requests, since a file may name only one."""
        self._provider = provider
        self.model = model

    @property
    def provider(self) -> str:
        return self._there.provider

    async def check(self) -> None:
        """Raises BatchesNotOffered, and the rest of the ModelError tree when the provider does not say."""
        await self._there.check()

    async def upload(self, key: str, since: datetime, bodies: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
        """Id of the file. What was uploaded under this key before is taken as it is. `since`: when the key was made."""
        name = f"muza-{key}.jsonl"
        return await self._there.uploaded(name, since) or await self._there.upload(name, as_jsonl(bodies))

    async def create(self, key: str, since: datetime, file_id: str) -> ProviderBatch:
        """The one of this key: created once, even when the one who asked for it died before it heard the answer."""
        return await self._there.find(key, since) or await self._there.create(file_id, key)

    async def find(self, key: str, since: datetime) -> ProviderBatch | None:
        return await self._there.find(key, since)

    async def get(self, batch_id: str) -> ProviderBatch:
        return await self._there.get(batch_id)

    async def cancel(self, batch_id: str) -> None:
        await self._there.cancel(batch_id)

    async def answers(self, batch: ProviderBatch) -> Sequence[LineAnswer]:
        """In no order. Requests that are not among them were not asked."""
        files = [one for one in (batch.output_file_id, batch.error_file_id) if one is not None]
        return [answer for one in files for answer in read_answers(await self._there.download(one))]

    async def forget(self, *file_ids: str | None) -> bool:
        """False: some may still be there."""
        try:
            for one in file_ids:
                if one is not None:
                    await self._there.forget(one)
        except ModelError:
            return False
        return True

    @property
    def _there(self) -> BatchProvider:
        if self._provider is None:
            raise BatchesNotOffered("no language model is configured")
        return self._provider
