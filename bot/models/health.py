"""GET /healthz and GET /v1/models: what is served here, and can it be used?"""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from bot.models.embeddings import embedding_card
from bot.models.rerank import rerank_card
from bot.models.served import Served
from bot.models.transcriptions import transcription_card


def build_health_router(served: Served) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> Response:
        """200 also while loading: the process lives, and restarting it would not make it faster. 503 when nothing that
        is served here can be used."""
        states = []
        if (loaded := served.embedding) is not None:
            states.append(_state("embedding", loaded.model.name, loaded.status, loaded.reason, loaded.lanes.waiting))
        if (ranking := served.reranker) is not None:
            states.append(_state("rerank", ranking.model.name, ranking.status, ranking.reason, 0))
        for heard in served.listeners.values():
            states.append(_state("transcription", heard.name, heard.status, heard.reason, heard.waiting))
        status = overall(str(state["status"]) for state in states)
        return JSONResponse({"status": status, "models": states}, 503 if status == "failed" else 200)

    @router.get("/v1/models")
    async def models() -> dict[str, Any]:
        cards = [embedding_card(served.embedding)] if served.embedding else []
        cards += [rerank_card(served.reranker)] if served.reranker else []
        cards += [transcription_card(listener) for listener in served.listeners.values()]
        return {"object": "list", "data": cards}

    return router


def overall(statuses: Iterable[str]) -> str:
    """ "failed" when all have, "loading" while one is, "troubled" when some have failed, else "ready"."""
    told = set(statuses)
    if told == {"failed"}:
        return "failed"
    if "loading" in told:
        return "loading"
    return "troubled" if "failed" in told else "ready"


def _state(task: str, model: str, status: str, reason: str, waiting: int) -> dict[str, str | int]:
    return {"task": task, "model": model, "status": status, "reason": reason, "waiting": waiting}
