from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx2
import pytest

from bot.doctor.finding import Finding
from bot.doctor.transcription import check_transcription
from bot.settings import Settings
from tests.unit.bot.doctor.conftest import Answers

NOWHERE = "http://127.0.0.1:1"
Make = Callable[..., Settings]


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(timeout=5) as client:
        yield client


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


async def test_nobody_listens_and_nobody_was_asked_to(make_settings: Make, http: httpx2.AsyncClient) -> None:
    assert codes(await check_transcription(make_settings(transcription_model="none"), http)) == ["transcription_none"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, {"data": [{"id": "whisper-1"}]}), "transcription_by_api"),
        ((200, {"data": [{"id": "other"}]}), "transcription_api_unknown"),
        ((404, {}), "transcription_by_api"),
        ((401, {}), "transcription_api"),
        ((200, {"data": 5}), "transcription_api"),
    ],
)
async def test_by_api(
    make_settings: Make, server: Answers, http: httpx2.AsyncClient, answer: tuple[int, object], code: str
) -> None:
    server["GET /v1/models"] = answer
    settings = make_settings(
        transcription_model="openai:whisper-1", openai_base_url=f"{server.url}/v1", openai_api_key="sk-key"
    )
    assert codes(await check_transcription(settings, http)) == [code]
    assert server.keys == ["Bearer sk-key"]


async def test_a_key_stays_with_the_server_it_was_given_for(
    make_settings: Make, server: Answers, http: httpx2.AsyncClient
) -> None:
    server["GET /models"] = (200, {"data": [{"id": "whisper-1"}]})
    settings = make_settings(
        transcription_model="openai:whisper-1", transcription_base_url=server.url, openai_api_key="sk-key"
    )
    assert codes(await check_transcription(settings, http)) == ["transcription_by_api"]
    assert server.keys == [None]


async def test_an_api_without_a_key_or_out_of_reach(make_settings: Make, http: httpx2.AsyncClient) -> None:
    asked = {"transcription_model": "openai:whisper-1"}
    assert codes(await check_transcription(make_settings(**asked), http)) == ["transcription_no_key"]
    away = make_settings(**asked, openai_base_url=NOWHERE)
    assert codes(await check_transcription(away, http)) == ["transcription_api"]


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"id": "small", "status": "ready", "reason": ""}, "transcription_here"),
        ({"id": "small", "status": "resting", "reason": ""}, "transcription_here"),
        ({"id": "small", "status": "loading", "reason": ""}, "transcription_loading"),
        ({"id": "small", "status": "failed", "reason": "not fetched"}, "transcription_failed"),
        ({"id": "other", "status": "ready", "reason": ""}, "transcription_not_served"),
    ],
)
async def test_a_running_models_process_is_asked(
    make_settings: Make, server: Answers, http: httpx2.AsyncClient, card: dict[str, str], code: str
) -> None:
    server["GET /v1/models"] = (200, {"data": [card]})
    settings = make_settings(transcription_model="small", models_url=server.url)
    (finding,) = await check_transcription(settings, http)
    assert finding.code == code
    assert finding.facts.get("why", card["reason"]) == card["reason"]


async def test_a_models_process_that_is_away(make_settings: Make, http: httpx2.AsyncClient) -> None:
    settings = make_settings(transcription_model="small", models_url=NOWHERE)
    assert codes(await check_transcription(settings, http)) == ["transcription_silent"]


async def test_before_the_first_start(
    make_settings: Make, server: Answers, http: httpx2.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.doctor.transcription.missing_for_listening", lambda settings: ())
    monkeypatch.setattr("bot.doctor.transcription.SOURCE", server.url)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    async def told(*models: str) -> list[str]:
        settings = make_settings(transcription_model=models[0], transcription_fallbacks=models[1:])
        return codes(await check_transcription(settings, http))

    own = tmp_path / "own.pt"
    own.touch()
    assert await told("turbo", str(own)) == ["transcription_to_download", "transcription_here"]
    monkeypatch.setattr("bot.doctor.transcription.SOURCE", NOWHERE)
    assert await told("turbo", str(tmp_path / "absent.pt")) == ["transcription_unreachable", "transcription_unknown"]
    (tmp_path / "cache" / "whisper").mkdir(parents=True)
    (tmp_path / "cache" / "whisper" / "large-v3-turbo.pt").touch()
    assert await told("turbo") == ["transcription_here"]
    monkeypatch.setattr("bot.doctor.transcription.missing_for_listening", lambda settings: ("openai-whisper",))
    assert await told("turbo") == ["transcription_not_installed"]
