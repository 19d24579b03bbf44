"""Which messages show an attempt, told to the database as soon as they exist."""

from collections.abc import Callable, Sequence
from functools import partial

from services.assistant.stages.patience import patiently
from services.domain.chat import ChatAddress
from services.domain.generation import Generation
from services.store.ports import Store

PATIENCE_SECONDS = 5.0
"""A message that cannot be recorded is not on its way to become the outcome; the outcome is tried again later."""


class StoredScreen:
    """Implements `services.assistant.ports.ScreenRecord` for one run, or one showing, of an attempt."""

    def __init__(self, store: Store, generation: Generation, may_preview: Callable[[], bool]) -> None:
        self.may_preview = may_preview
        self._store = store
        self._id = generation.id
        self._token = generation.lease_token

    async def placed(self, at: ChatAddress, *, instead_of: ChatAddress | None) -> bool:
        return await patiently(partial(self._placed, at, instead_of), PATIENCE_SECONDS)

    async def continued(self, message_ids: Sequence[int]) -> bool:
        return await patiently(partial(self._continued, message_ids), PATIENCE_SECONDS)

    async def _placed(self, at: ChatAddress, instead_of: ChatAddress | None) -> bool:
        async with self._store.transaction() as tx:
            return await tx.generations.set_placeholder(self._id, self._token, at, instead_of=instead_of)

    async def _continued(self, message_ids: Sequence[int]) -> bool:
        async with self._store.transaction() as tx:
            return await tx.generations.set_continuation(self._id, self._token, message_ids)
