"""Who listens, as the settings name them."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bot.container import build_services, open_adapters
from bot.settings import Settings
from bot.transcription import transcription_routes

MODELS = {"models_url": "http://127.0.0.1:8092/"}
KEY = {"openai_api_key": "sk-ours"}


async def routes(settings: Settings) -> list[tuple[str, str]]:
    async with AsyncExitStack() as stack:
        return [(route.provider, route.model) for route in transcription_routes(settings, stack)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        (KEY, []),
        (MODELS, [("local", "small")]),
        ({**MODELS, "transcription_model": "none"}, []),
        ({**KEY, "transcription_model": "openai:whisper-1"}, [("openai", "whisper-1")]),
        (
            {**KEY, **MODELS, "transcription_fallbacks": "openai:gpt-4o-transcribe,small"},
            [("local", "small"), ("openai", "gpt-4o-transcribe")],
        ),
        (
            {
                "transcription_model": "openai:whisper-large-v3",
                "transcription_base_url": "https://api.groq.com/openai/v1",
            },
            [("groq", "whisper-large-v3")],
        ),
        ({"transcription_model": "openai:w", "openai_base_url": "http://gpu.lan:8000/v1"}, [("gpu.lan:8000", "w")]),
    ],
)
async def test_those_who_can_be_reached_are_asked_in_order(
    make_settings: Callable[..., Settings], values: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert await routes(make_settings(**values)) == expected


async def test_a_key_goes_to_the_server_it_was_given_for(make_settings: Callable[..., Settings]) -> None:
    asked = {"transcription_model": "openai:w", "transcription_base_url": "http://other.example/v1", **KEY}
    async with AsyncExitStack() as stack:
        (elsewhere,) = transcription_routes(make_settings(**asked), stack)
        (given,) = transcription_routes(make_settings(**asked, transcription_api_key="sk-theirs"), stack)
        (own,) = transcription_routes(make_settings(transcription_model="openai:w", **KEY), stack)
        keys = [getattr(route.listener, "_api_key") for route in (elsewhere, given, own)]  # noqa: B009
    assert keys == ["none", "sk-theirs", "sk-ours"]


async def test_the_service_is_built_with_everything_else(make_settings: Callable[..., Settings]) -> None:
    async with AsyncExitStack() as stack:
        services = build_services(await open_adapters(make_settings(**MODELS), "command", stack))
        assert services.transcription.is_configured
        silent = build_services(await open_adapters(make_settings(), "command", stack))
        assert not silent.transcription.is_configured
