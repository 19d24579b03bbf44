from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import constants

from bot.doctor.embedding import check_embedding
from bot.doctor.finding import Finding, Status
from bot.doctor.language_model import check_language_model
from bot.doctor.machine import check_machine
from bot.doctor.stores import check_chroma, check_redis, check_sql
from bot.doctor.telegram import check_telegram
from bot.embedded.valkey import embedded_valkey
from bot.settings import Settings
from tests.unit.bot.doctor.conftest import Answers

TOKEN = "7312345678:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
NOWHERE = "http://127.0.0.1:1"
Make = Callable[..., Settings]


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(timeout=5) as client:
        yield client


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


@pytest.fixture
def telegram(server: Answers) -> Answers:
    server[f"GET /bot{TOKEN}/getMe"] = (200, {"ok": True, "result": {"username": "muza_bot"}})
    server[f"GET /bot{TOKEN}/getWebhookInfo"] = (200, {"ok": True, "result": {"url": ""}})
    server.date = format_datetime(datetime.now(UTC), usegmt=True)
    return server


async def test_a_right_token_tells_the_name_of_the_bot(
    make_settings: Make, telegram: Answers, http: httpx2.AsyncClient
) -> None:
    settings = make_settings(telegram_bot_token=TOKEN, telegram_api_base=telegram.url, admin_ids=(7,))
    findings = await check_telegram(settings, http)
    assert codes(findings) == ["token", "privacy_mode", "clock_right"]
    assert findings[0].facts == {"username": "muza_bot"}


@pytest.mark.parametrize(
    ("info", "webhook_url", "expected"),
    [
        ({"url": "https://old.example"}, None, "webhook_set"),
        ({"url": ""}, "https://muza.example", "webhook_not_set"),
        ({"url": "https://muza.example", "last_error_message": "Wrong response: 502"}, "https://muza.example",
         "webhook_failing"),
    ],
)  # fmt: skip
async def test_polling_and_webhooks_exclude_each_other(
    make_settings: Make, telegram: Answers, http: httpx2.AsyncClient,
    info: dict[str, str], webhook_url: str | None, expected: str,
) -> None:  # fmt: skip
    telegram[f"GET /bot{TOKEN}/getWebhookInfo"] = (200, {"ok": True, "result": info})
    settings = make_settings(
        telegram_bot_token=TOKEN, telegram_api_base=telegram.url, webhook_url=webhook_url, webhook_secret="s" * 20
    )
    assert expected in codes(await check_telegram(settings, http))


async def test_a_clock_that_is_wrong_is_noticed(
    make_settings: Make, telegram: Answers, http: httpx2.AsyncClient
) -> None:
    telegram.date = format_datetime(datetime.now(UTC) - timedelta(minutes=5), usegmt=True)
    settings = make_settings(telegram_bot_token=TOKEN, telegram_api_base=telegram.url)
    clock = next(f for f in await check_telegram(settings, http) if f.code == "clock")
    assert abs(int(clock.facts["seconds"]) - 300) < 30


async def test_a_token_that_telegram_does_not_know(
    make_settings: Make, server: Answers, http: httpx2.AsyncClient
) -> None:
    server[f"GET /bot{TOKEN}/getMe"] = (401, {"ok": False, "description": "Unauthorized"})
    settings = make_settings(telegram_bot_token=TOKEN, telegram_api_base=server.url)
    assert codes(await check_telegram(settings, http)) == ["bad_token", "no_admins"]


async def test_without_network_or_token(make_settings: Make, http: httpx2.AsyncClient) -> None:
    assert codes(await check_telegram(make_settings(), http)) == ["no_token", "no_admins"]
    settings = make_settings(telegram_bot_token=TOKEN, telegram_api_base=NOWHERE)
    (unreachable, _) = await check_telegram(settings, http)
    assert unreachable.code == "telegram_unreachable"
    assert TOKEN not in str(unreachable)


def models(*names: str) -> tuple[int, object]:
    return 200, {"data": [{"id": name} for name in names]}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"GET /v1/models": models("big", "small", "other")}, "model"),
        ({"GET /v1/models": models("big:latest", "small:latest")}, "model"),
        ({"GET /v1/models": models("big")}, "model_unknown"),
        ({"GET /v1/models": (401, {})}, "bad_key"),
        ({"GET /v1/models": (503, {})}, "model_unreachable"),
        ({"GET /v1/models": (200, ["nonsense"])}, "model_unreachable"),
        ({"POST /v1/chat/completions": (200, {})}, "model"),
        ({"POST /v1/chat/completions": (403, {})}, "bad_key"),
        ({}, "model_unreachable"),
    ],
)
async def test_the_provider_of_models(
    make_settings: Make, server: Answers, http: httpx2.AsyncClient,
    answers: dict[str, tuple[int, object]], expected: str,
) -> None:  # fmt: skip
    server.answers.update(answers)
    settings = make_settings(
        openai_base_url=f"{server.url}/v1/", openai_api_key="sk-key", model_smart="big", model_fast="small"
    )
    assert codes(await check_language_model(settings, http)) == [expected]
    assert set(server.keys) == {"Bearer sk-key"}


async def test_a_provider_that_is_away_or_not_configured(make_settings: Make, http: httpx2.AsyncClient) -> None:
    assert codes(await check_language_model(make_settings(), http)) == ["no_model"]
    away = make_settings(openai_base_url=NOWHERE)
    assert codes(await check_language_model(away, http)) == ["model_unreachable"]


async def test_sqlite(make_settings: Make, tmp_path: Path) -> None:
    settings = make_settings()
    assert codes(await check_sql(settings)) == ["sql_new"]
    settings.data_dir.mkdir()
    (settings.data_dir / "muza.db").write_bytes(b"this is no database, whatever its name says" * 100)
    assert codes(await check_sql(settings)) == ["sql"]
    (settings.data_dir / "muza.db").write_bytes(b"")
    assert codes(await check_sql(settings)) == ["sql_sqlite"]


async def test_a_postgresql_that_is_away_shows_no_password(make_settings: Make) -> None:
    (finding,) = await check_sql(make_settings(database_url="postgresql://muza:db-password@127.0.0.1:1/muza"))
    assert (finding.code, finding.status) == ("sql", Status.FAILURE)
    assert "db-password" not in str(finding.facts)


async def test_redis(make_settings: Make, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = make_settings(data_dir=tmp_path_factory.mktemp("d"))
    assert codes(await check_redis(settings)) == ["redis_embedded"]
    service = embedded_valkey(settings)
    child = await service.start()
    try:
        await service.wait_until_ready(10)
        assert codes(await check_redis(settings)) == ["redis_embedded_running"]
        assert codes(await check_redis(make_settings(redis_url=service.url))) == ["redis_ok"]
    finally:
        await child.stop(5)
    assert codes(await check_redis(make_settings(redis_url="redis://127.0.0.1:1"))) == ["redis"]


async def test_chroma(make_settings: Make, server: Answers, http: httpx2.AsyncClient) -> None:
    assert await check_chroma(make_settings(embedding_model="none"), http) == []
    assert codes(await check_chroma(make_settings(), http)) == ["chroma_embedded"]
    server["GET /api/v2/heartbeat"] = (200, {})
    assert codes(await check_chroma(make_settings(chroma_url=server.url), http)) == ["chroma_ok"]
    (away,) = await check_chroma(make_settings(chroma_url=NOWHERE), http)
    assert (away.code, away.status) == ("chroma", Status.WARNING)


async def test_embedding_by_api(make_settings: Make, server: Answers, http: httpx2.AsyncClient) -> None:
    settings = make_settings(embedding_model="openai:small", openai_base_url=server.url)
    assert codes(await check_embedding(settings, http)) == ["embedding_api"]
    server["POST /embeddings"] = (200, {"data": []})
    assert codes(await check_embedding(settings, http)) == ["embedding_here"]
    assert codes(await check_embedding(make_settings(embedding_model="none"), http)) == ["embedding_none"]


async def test_embedding_served_elsewhere(make_settings: Make, server: Answers, http: httpx2.AsyncClient) -> None:
    settings = make_settings(models_url=server.url)
    assert codes(await check_embedding(settings, http)) == ["models_unreachable"]
    server["GET /healthz"] = (200, {})
    assert codes(await check_embedding(settings, http)) == ["embedding_here"]


async def test_embedding_by_a_local_model(
    make_settings: Make, server: Answers, http: httpx2.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.doctor.embedding.missing_packages", lambda settings: ())
    monkeypatch.setattr(constants, "ENDPOINT", server.url)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    named = make_settings(embedding_model="muza-tests/small-model")
    assert codes(await check_embedding(named, http)) == ["embedding_unknown"]
    server["HEAD /muza-tests/small-model/resolve/main/modules.json"] = (200, {})
    assert codes(await check_embedding(named, http)) == ["embedding_to_download"]
    monkeypatch.setattr(constants, "ENDPOINT", NOWHERE)
    assert codes(await check_embedding(named, http)) == ["embedding_unreachable"]
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "modules.json").write_text("[]")
    folder = make_settings(embedding_model=str(tmp_path / "model"))
    assert codes(await check_embedding(folder, http)) == ["embedding_here"]
    monkeypatch.setattr("bot.doctor.embedding.missing_packages", lambda settings: ("sentence_transformers",))
    assert codes(await check_embedding(folder, http)) == ["embedding_not_installed"]


def test_disk_and_permissions(make_settings: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = make_settings()
    assert codes(check_machine(settings))[1:] == ["data_dir_new"]
    settings.data_dir.mkdir(mode=0o755)
    (tmp_path / ".env").touch(mode=0o644)
    assert codes(check_machine(settings))[1:] == ["data_dir", "readable_by_others", "readable_by_others"]
    settings.data_dir.chmod(0o700)
    (tmp_path / ".env").chmod(0o600)
    assert codes(check_machine(settings))[1:] == ["data_dir"]


@pytest.mark.parametrize(("free_mb", "expected"), [(50, "disk_full"), (500, "disk_small"), (5000, "disk")])
def test_little_disk_space(make_settings: Make, monkeypatch: pytest.MonkeyPatch, free_mb: int, expected: str) -> None:
    usage = type("Usage", (), {"free": free_mb * 1024 * 1024})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    assert codes(check_machine(make_settings()))[0] == expected
