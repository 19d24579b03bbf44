"""Steering the emulator while it serves."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from pydantic import TypeAdapter, ValidationError

from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.errors import ApiError
from tests.emulators.openai.faults import FAULT_ADAPTER
from tests.emulators.openai.said import Said
from tests.emulators.openai.settings import EmulatorSettings, Personality

FIXED_AT_START = frozenset({"transcripts_dir", "seed"})
SENTENCES_ADAPTER = TypeAdapter(list[tuple[float, float, str]])


def admin_router(emulator: OpenAIEmulator) -> APIRouter:
    router = APIRouter()
    _add_reports(router, emulator)
    _add_faults(router, emulator)
    _add_steering(router, emulator)
    _add_recordings(router, emulator)
    return router


def _add_reports(router: APIRouter, emulator: OpenAIEmulator) -> None:
    @router.get("/healthz")
    async def report_health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/admin/meter")
    async def show_meter() -> dict[str, Any]:
        return emulator.meter.as_json()

    @router.get("/admin/journal")
    async def show_journal(bodies: bool = False) -> list[dict[str, Any]]:
        return [call.as_json(with_body=bodies) for call in emulator.meter.calls]


def _add_faults(router: APIRouter, emulator: OpenAIEmulator) -> None:
    @router.get("/admin/faults")
    async def show_faults() -> list[dict[str, Any]]:
        return emulator.faults.as_json()

    @router.post("/admin/faults")
    async def add_fault(request: Request) -> list[dict[str, Any]]:
        try:
            emulator.faults.add(FAULT_ADAPTER.validate_python(await request.json()))
        except ValidationError as error:
            raise ApiError(400, str(error)) from error
        return emulator.faults.as_json()

    @router.delete("/admin/faults")
    async def clear_faults() -> list[dict[str, Any]]:
        emulator.faults.clear()
        return []


def _add_steering(router: APIRouter, emulator: OpenAIEmulator) -> None:
    @router.post("/admin/personality")
    async def set_personality(personality: Personality, model_prefix: str = "") -> dict[str, Any]:
        if model_prefix:
            emulator.settings.personality_by_prefix[model_prefix] = personality
        else:
            emulator.settings.personality = personality
        return _settings_json(emulator)

    @router.post("/admin/settings")
    async def change_settings(request: Request) -> dict[str, Any]:
        _change(emulator.settings, await request.json())
        return _settings_json(emulator)

    @router.post("/admin/reset")
    async def reset() -> dict[str, str]:
        emulator.reset()
        return {"status": "ok"}


def _add_recordings(router: APIRouter, emulator: OpenAIEmulator) -> None:
    @router.post("/admin/recordings")
    async def add_recording(
        file: Annotated[UploadFile, File()],
        text: Annotated[str, Form()] = "",
        sentences: Annotated[str | None, Form(description="JSON: [[start, end, text], …], in seconds.")] = None,
    ) -> dict[str, int]:
        """What will be heard in this recording, however it is cut and encoded. No text: nobody speaks in it."""
        try:
            timed = None if sentences is None else [Said(*row) for row in SENTENCES_ADAPTER.validate_json(sentences)]
        except ValidationError as error:
            raise ApiError(400, str(error)) from error
        emulator.transcripts.add(await file.read(), text if timed is None else timed)
        return {"recordings": len(emulator.transcripts)}


def _change(settings: EmulatorSettings, changes: dict[str, Any]) -> None:
    """Raises ApiError 400, before anything is changed."""
    known = {name: value for name, value in asdict(settings).items() if name not in FIXED_AT_START}
    if unknown := set(changes) - set(known):
        raise ApiError(400, f"Unknown settings: {', '.join(sorted(unknown))}.")
    try:
        checked = TypeAdapter(EmulatorSettings).validate_python(known | changes)
    except ValidationError as error:
        raise ApiError(400, str(error)) from error
    for name in changes:
        setattr(settings, name, getattr(checked, name))


def _settings_json(emulator: OpenAIEmulator) -> dict[str, Any]:
    shown = asdict(emulator.settings)
    return {
        name: str(value) if isinstance(value, Path) else value for name, value in shown.items() if name != "api_key"
    }
