"""/v1/batches. Every look at a batch takes it one step further: validating, in_progress, finalizing, completed.

Source: platform.openai.com/docs/guides/batch and /docs/api-reference/batch.
"""

import json
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from tests.emulators.openai.answers import answer
from tests.emulators.openai.batch_lines import BadFile, BatchRequest, answered, not_asked, read_requests
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.errors import ApiError
from tests.emulators.openai.files import FileShelf, a_page, admit

DAY_SECONDS = 24 * 3600
METADATA_PAIRS, METADATA_KEY, METADATA_VALUE = 16, 64, 512
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})


class BatchBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    input_file_id: str
    endpoint: Literal["/v1/chat/completions"]
    completion_window: Literal["24h"]
    metadata: dict[str, str] | None = None
    output_expires_after: dict[str, Any] | None = None


@dataclass(slots=True)
class RunningBatch:
    id: str
    body: BatchBody
    status: str = "validating"
    created_at: int = field(default_factory=lambda: int(time.time()))
    requests: list[BatchRequest] = field(default_factory=list)
    output: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    problem: dict[str, Any] | None = None
    files: dict[str, str] = field(default_factory=dict)
    """output and error, once it has ended."""
    ended_as: str = "completed"

    def as_json(self) -> dict[str, Any]:
        at: dict[str, Any] = {
            f"{status}_at": None for status in ("in_progress", "finalizing", *sorted(ENDED), "cancelling")
        }
        at[f"{self.status}_at"] = int(time.time())
        return at | {
            "id": self.id,
            "object": "batch",
            "endpoint": self.body.endpoint,
            "errors": {"object": "list", "data": [self.problem]} if self.problem else None,
            "input_file_id": self.body.input_file_id,
            "completion_window": self.body.completion_window,
            "status": self.status,
            "output_file_id": self.files.get("output"),
            "error_file_id": self.files.get("error"),
            "created_at": self.created_at,
            "expires_at": self.created_at + DAY_SECONDS,
            "request_counts": {
                "total": len(self.requests),
                "completed": len(self.output),
                "failed": len(self.errors),
            },
            "metadata": self.body.metadata,
        }


class BatchRoom:
    def __init__(self, emulator: OpenAIEmulator, shelf: FileShelf) -> None:
        self._emulator = emulator
        self._shelf = shelf
        self._numbers = count(1)
        self.batches: dict[str, RunningBatch] = {}

    def create(self, body: BatchBody) -> RunningBatch:
        """Raises ApiError."""
        file = self._shelf.get(body.input_file_id)
        if file.purpose != "batch":
            raise ApiError(400, "The file's purpose must be 'batch'.", param="input_file_id")
        pairs = body.metadata or {}
        too_long = any(len(key) > METADATA_KEY or len(value) > METADATA_VALUE for key, value in pairs.items())
        if len(pairs) > METADATA_PAIRS or too_long:
            raise ApiError(400, "Invalid 'metadata'.", param="metadata")
        batch = RunningBatch(f"batch_{next(self._numbers):06d}", body)
        self.batches[batch.id] = batch
        return batch

    def get(self, batch_id: str) -> RunningBatch:
        """Raises ApiError 404."""
        if batch_id not in self.batches:
            raise ApiError(404, f"No batch found with id '{batch_id}'.", param="batch_id")
        return self.batches[batch_id]

    def step(self, batch: RunningBatch) -> None:
        if batch.status == "validating":
            self._validate(batch)
        elif batch.status == "in_progress":
            self._work(batch)
        elif batch.status in ("finalizing", "cancelling"):
            self._end(batch)

    def cancel(self, batch: RunningBatch) -> None:
        """Raises ApiError."""
        if batch.status in ENDED:
            raise ApiError(409, f"Cannot cancel a batch with status '{batch.status}'.")
        batch.status, batch.ended_as = "cancelling", "cancelled"

    def _validate(self, batch: RunningBatch) -> None:
        try:
            content = self._shelf.get(batch.body.input_file_id).content
            batch.requests = read_requests(content, batch.body.endpoint)
            batch.status = "in_progress"
        except BadFile as bad:
            batch.status, batch.problem = "failed", bad.as_json

    def _work(self, batch: RunningBatch) -> None:
        """As many requests as one look allows; the last look finalizes."""
        settings = self._emulator.settings
        begun = len(batch.output) + len(batch.errors)
        most = settings.batch_expires_after
        end = len(batch.requests) if most is None else min(most, len(batch.requests))
        for number, request in list(enumerate(batch.requests))[begun : min(end, begun + settings.batch_lines_a_look)]:
            line = answered(self._emulator, request, number)
            (batch.output if line["response"]["status_code"] == 200 else batch.errors).append(line)
        if len(batch.output) + len(batch.errors) >= end:
            batch.status = "finalizing"
            batch.ended_as = "completed" if end == len(batch.requests) else "expired"

    def _end(self, batch: RunningBatch) -> None:
        code = {"cancelled": "batch_cancelled", "expired": "batch_expired"}.get(batch.ended_as)
        begun = len(batch.output) + len(batch.errors)
        rest = batch.requests[begun:] if code else []
        batch.errors += [not_asked(request, begun + at, code or "") for at, request in enumerate(rest)]
        for name, lines in (("output", batch.output), ("error", batch.errors)):
            if lines:
                content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
                batch.files[name] = self._shelf.add(f"{batch.id}_{name}.jsonl", "batch_output", content).id
        batch.status = batch.ended_as


def batches_router(emulator: OpenAIEmulator, shelf: FileShelf) -> APIRouter:
    router, room = APIRouter(), BatchRoom(emulator, shelf)

    @router.post("/v1/batches")
    async def create(body: BatchBody, request: Request) -> Response:
        with emulator.call(request, "batches", "", body.model_dump(exclude_none=True)) as call:
            fault = await admit(emulator, request, call)
            # Whatever becomes of the answer, it is created.
            return await answer(emulator, request, call, fault, room.create(body).as_json())

    @router.get("/v1/batches")
    async def list_batches(limit: int = 20, after: str | None = None) -> dict[str, Any]:
        if not emulator.settings.has_batches:
            raise ApiError(404, "Invalid URL (GET /v1/batches)")
        return a_page([batch.as_json() for batch in reversed(room.batches.values())], limit, after, most=100)

    @router.get("/v1/batches/{batch_id}")
    async def show(batch_id: str) -> dict[str, Any]:
        batch = room.get(batch_id)
        room.step(batch)
        return batch.as_json()

    @router.post("/v1/batches/{batch_id}/cancel")
    async def cancel(batch_id: str) -> dict[str, Any]:
        batch = room.get(batch_id)
        room.cancel(batch)
        return batch.as_json()

    return router
