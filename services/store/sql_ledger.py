"""The ledger that every model call passes: a transaction of its own before the request leaves, and one after."""

from services.domain.generation import PromptRelease
from services.domain.usage import CallContext, CallReport
from services.store.ports import Store


class SqlLedger:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def start(self, context: CallContext, provider: str, model: str, prompt: PromptRelease | None) -> int:
        async with self._store.transaction() as tx:
            return await tx.calls.start(context, provider, model, prompt)

    async def finish(self, call_id: int, report: CallReport) -> None:
        async with self._store.transaction() as tx:
            await tx.calls.finish(call_id, report)
