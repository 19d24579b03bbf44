"""GET /v1/models."""

from typing import Any

from fastapi import APIRouter

from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.errors import ApiError

CREATED = 1_790_000_000


def models_router(emulator: OpenAIEmulator) -> APIRouter:
    router = APIRouter()

    @router.get("/v1/models")
    async def list_models() -> dict[str, Any]:
        return {"object": "list", "data": [_model(name) for name in emulator.settings.models]}

    @router.get("/v1/models/{name:path}")
    async def show_model(name: str) -> dict[str, Any]:
        if name not in emulator.settings.models:
            raise ApiError(404, f"The model '{name}' does not exist.", code="model_not_found", param="model")
        return _model(name)

    return router


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "demo-writer"}
