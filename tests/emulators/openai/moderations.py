"""POST /v1/moderations: word stems decide, in Russian and English."""

import re
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from tests.emulators.openai import tokens
from tests.emulators.openai.answers import answer
from tests.emulators.openai.emulator import OpenAIEmulator

CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)
STEMS = {
    "violence": r"убью|убить|убийств|зареж|застрел|murder|\bkill|stab\b|shoot (?:him|her|them|you)",
    "self-harm": r"самоубийств|суицид|поконч\w+ с собой|suicide|self-harm|kill myself",
    "sexual": r"порно|порнограф|эротик|porn|erotic",
    "harassment": r"ненавижу тебя|ничтожество|\bidiot|worthless",
    "hate": r"\bвсе (?:они|эти) недочеловек|subhuman",
    "illicit": r"наркотик|взрывчатк|\bcocaine|make a bomb",
}


class ModerationBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    input: str | list[str] | list[dict[str, Any]]
    model: str = "omni-moderation-latest"


def moderations_router(emulator: OpenAIEmulator) -> APIRouter:
    router = APIRouter()

    @router.post("/v1/moderations")
    async def moderate(body: ModerationBody, request: Request) -> Response:
        with emulator.call(request, "moderations", body.model, body.model_dump()) as call:
            fault = await emulator.admit(request, call)
            results = [_judge(text) for text in _texts(body.input)]
            shown = {"id": f"modr-{call.id}", "model": body.model, "results": results}
            return await answer(emulator, request, call, fault, shown)

    return router


def _texts(given: str | list[str] | list[dict[str, Any]]) -> list[str]:
    if isinstance(given, str):
        return [given]
    plain = [item for item in given if isinstance(item, str)]
    parts = [item for item in given if isinstance(item, dict)]
    return plain + ([tokens.text_of(parts)] if parts else [])


def _judge(text: str) -> dict[str, Any]:
    hit = {name for name, stems in STEMS.items() if re.search(stems, text, re.IGNORECASE)}
    return {
        "flagged": bool(hit),
        "categories": {name: name in hit for name in CATEGORIES},
        "category_scores": {name: 0.97 if name in hit else 0.001 for name in CATEGORIES},
        "category_applied_input_types": {name: ["text"] for name in CATEGORIES},
    }
