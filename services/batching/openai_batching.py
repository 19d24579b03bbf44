"""The calls of the Files and Batch APIs. Imports the openai client."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import openai
from openai.types import Batch

from services.batching.ports import ProviderBatch, ProviderState
from services.batching.requests import ENDPOINT
from services.calling.openai_errors import as_model_error
from services.domain.errors import BatchesNotOffered

_KEY = "muza_batch"
_OVER = {
    "completed": ProviderState.COMPLETED,
    "expired": ProviderState.EXPIRED,
    "cancelled": ProviderState.CANCELLED,
    "failed": ProviderState.REFUSED,
}
_NO_SUCH_ADDRESS = frozenset({404, 405, 501})
_A_PAGE = 100
_CLOCKS_DIFFER_SECONDS = 3600
"""The provider's and ours, at most."""


def build_client(api_key: str, base_url: str | None, timeout_seconds: float) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(api_key=api_key, base_url=base_url, timeout=timeout_seconds, max_retries=0)


class OpenAIBatching:
    def __init__(self, client: openai.AsyncOpenAI) -> None:
        self._client = client

    async def aclose(self) -> None:
        await self._client.close()

    async def check(self) -> None:
        with _errors(may_be_absent=True):
            page = await self._client.batches.list(limit=1)
            if not isinstance(getattr(page, "data", None), list):
                raise BatchesNotOffered("something else answers there")

    async def uploaded(self, name: str, since: datetime) -> str | None:
        with _errors(may_be_absent=True):
            async for file in self._client.files.list(purpose="batch", order="desc", limit=_A_PAGE):
                if file.created_at < since.timestamp() - _CLOCKS_DIFFER_SECONDS:
                    return None
                if file.filename == name and file.status != "error":
                    return file.id
        return None

    async def upload(self, name: str, content: bytes) -> str:
        with _errors(may_be_absent=True):
            file = await self._client.files.create(file=(name, content, "application/jsonl"), purpose="batch")
        return file.id

    async def create(self, file_id: str, key: str) -> ProviderBatch:
        with _errors():
            created = await self._client.batches.create(
                input_file_id=file_id, endpoint=ENDPOINT, completion_window="24h", metadata={_KEY: key}
            )
        return _batch(created)

    async def find(self, key: str, since: datetime) -> ProviderBatch | None:
        with _errors():
            async for batch in self._client.batches.list(limit=_A_PAGE):  # the newest first
                if batch.created_at < since.timestamp() - _CLOCKS_DIFFER_SECONDS:
                    return None
                if (batch.metadata or {}).get(_KEY) == key:
                    return _batch(batch)
        return None

    async def get(self, batch_id: str) -> ProviderBatch:
        with _errors():
            return _batch(await self._client.batches.retrieve(batch_id))

    async def cancel(self, batch_id: str) -> None:
        with _errors():
            try:
                await self._client.batches.cancel(batch_id)
            except (openai.BadRequestError, openai.ConflictError):
                return  # it has ended, or is ending: `get` will say how

    async def download(self, file_id: str) -> bytes:
        with _errors():
            content = await self._client.files.content(file_id)
            return content.content

    async def forget(self, file_id: str) -> None:
        with _errors():
            try:
                await self._client.files.delete(file_id)
            except openai.NotFoundError:
                return


def _batch(batch: Batch) -> ProviderBatch:
    counts, errors = batch.request_counts, (batch.errors.data if batch.errors else None) or []
    return ProviderBatch(
        id=batch.id,
        state=_OVER.get(batch.status, ProviderState.WORKING),
        done=counts.completed + counts.failed if counts else 0,
        output_file_id=batch.output_file_id,
        error_file_id=batch.error_file_id,
        problem=next((error.code for error in errors if error.code), ""),
    )


@contextmanager
def _errors(*, may_be_absent: bool = False) -> Iterator[None]:
    """Of the client, as ours. `may_be_absent`: the address itself may be unknown there."""
    try:
        yield
    except openai.APIStatusError as error:
        if may_be_absent and error.status_code in _NO_SUCH_ADDRESS:
            raise BatchesNotOffered(f"HTTP {error.status_code}") from None
        raise as_model_error(error) from None
    except (openai.OpenAIError, ValueError) as error:
        raise as_model_error(error) from None
