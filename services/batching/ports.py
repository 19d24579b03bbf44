"""A provider's batches, as the service sees them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class ProviderState(StrEnum):
    WORKING = "working"
    COMPLETED = "completed"
    EXPIRED = "expired"
    """Not all was done within the day; what was done is there."""
    CANCELLED = "cancelled"
    """The same, by our own wish."""
    REFUSED = "refused"
    """The file of requests is not as the provider wants it: nothing was done."""


@dataclass(frozen=True, slots=True)
class ProviderBatch:
    id: str
    state: ProviderState
    done: int = 0
    """Requests that are through, well or badly."""
    output_file_id: str | None = None
    error_file_id: str | None = None
    problem: str = ""
    """The provider's code of why it was refused."""


class BatchProvider(Protocol):
    """Raises BatchesNotOffered where the provider knows no batches, else the ModelError tree; never retries."""

    @property
    def provider(self) -> str:
        """For the ledger and the price list."""
        ...

    async def check(self) -> None:
        """Raises BatchesNotOffered. Costs nothing."""
        ...

    async def uploaded(self, name: str, since: datetime) -> str | None:
        """Id of a file of requests that is there already, and not older than `since`."""
        ...

    async def upload(self, name: str, content: bytes) -> str: ...
    async def create(self, file_id: str, key: str) -> ProviderBatch:
        """From here on it is paid for. `key` is found again by `find`."""
        ...

    async def find(self, key: str, since: datetime) -> ProviderBatch | None:
        """Of those created since then."""
        ...

    async def get(self, batch_id: str) -> ProviderBatch: ...
    async def cancel(self, batch_id: str) -> None:
        """Asks for it: the batch ends some minutes later. What has ended already stays as it is."""
        ...

    async def download(self, file_id: str) -> bytes: ...
    async def forget(self, file_id: str) -> None:
        """Gone already is as good."""
        ...
