from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.model_kinds import EmbeddingKind
from bot.settings import Settings, child_environment
from bot.startup_problems import settings_problems
from services.domain.prompt import ModelRole
from services.domain.routing import RoleChoice, TaskClass


def test_lists_are_separated_by_commas(make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_IDS", " 11, 22 ,-33,")
    monkeypatch.setenv("MODEL_FALLBACKS", "gpt-4o, llama3 ")
    settings = make_settings()
    assert settings.admin_ids == (11, 22, -33)
    assert settings.model_fallbacks == ("gpt-4o", "llama3")


def test_roles_are_pairs(make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_ROLES", "idea:smart, minutes:fast")
    plan = make_settings().model_roles
    assert (plan.of(TaskClass.IDEA), plan.of(TaskClass.ASK)) == (RoleChoice.SMART, RoleChoice.AUTO)
    assert plan.of_prompts() == {"minutes": ModelRole.FAST}
    monkeypatch.setenv("MODEL_ROLES", "idea:cleverest")
    with pytest.raises(ValidationError, match="pairs task:role"):
        make_settings()


def test_an_empty_variable_means_its_default(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = make_settings()
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "")
    assert make_settings() == defaults


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("none", EmbeddingKind.NONE),
        ("openai:text-embedding-3-small", EmbeddingKind.API),
        ("bundled", EmbeddingKind.BUNDLED),
        ("intfloat/multilingual-e5-small", EmbeddingKind.LOCAL),
        ("/srv/models/e5", EmbeddingKind.LOCAL),
    ],
)
def test_the_form_of_the_embedding_model_tells_where_vectors_come_from(
    make_settings: Callable[..., Settings], model: str, kind: EmbeddingKind
) -> None:
    assert make_settings(embedding_model=model).embedding_kind is kind


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://u:p@db/muza", "postgresql+asyncpg://u:p@db/muza"),
        ("postgresql://u:p@db/muza", "postgresql+asyncpg://u:p@db/muza"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite:///x.db"),
    ],
)
def test_database_urls_get_an_async_driver(make_settings: Callable[..., Settings], url: str, expected: str) -> None:
    assert make_settings(database_url=url).sql_url == expected


def test_sqlite_lives_in_the_data_folder(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    assert make_settings().sql_url == f"sqlite+aiosqlite:///{tmp_path}/data/muza.db"


def test_problems_name_the_variable_and_never_show_its_value(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "7312345678:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
    for name in ("ADMIN_IDS", "WEBHOOK_PORT", "LOG_LEVEL", "MODEL_TIMEOUT_SECONDS"):
        monkeypatch.setenv(name, secret)
    with pytest.raises(ValidationError) as refusal:
        make_settings()
    assert secret not in str(refusal.value)
    problems = "\n".join(settings_problems(refusal.value))
    assert secret not in problems
    for name in ("ADMIN_IDS: ", "WEBHOOK_PORT: ", "LOG_LEVEL: ", "MODEL_TIMEOUT_SECONDS: "):
        assert name in problems


def test_a_public_webhook_without_a_secret_is_refused(make_settings: Callable[..., Settings]) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_settings(webhook_url="https://muza.example/telegram")
    assert list(settings_problems(refusal.value)) == [
        "WEBHOOK_SECRET must be set with WEBHOOK_URL: without it anyone could send updates"
    ]


def test_secrets_are_all_secret_fields_and_passwords_in_urls(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(
        telegram_bot_token="token-value",
        openai_api_key="key-value",
        webhook_secret="hook-value",
        database_url="postgresql://muza:db-password@db/muza",
        redis_url="redis://:redis-password@cache",
    )
    assert set(settings.secrets()) == {"token-value", "key-value", "hook-value", "db-password", "redis-password"}
    assert not any(secret in repr(settings) for secret in ("token-value", "key-value", "hook-value"))


def test_children_get_our_environment_with_some_values_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://old")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    environment = child_environment({"REDIS_URL": "unix:///run/redis.sock"})
    assert environment["REDIS_URL"] == "unix:///run/redis.sock"
    assert environment["LOG_LEVEL"] == "DEBUG"
    assert environment["ORT_DISABLE_TELEMETRY"] == "1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quiet_hours", "21-9"),
        ("quiet_hours", "21:00-21:00"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../etc"),
        ("review_expires_days", 0),
    ],
)
def test_settings_of_reviews_that_mean_nothing_are_refused(
    make_settings: Callable[..., Settings], name: str, value: object
) -> None:
    with pytest.raises(ValidationError):
        make_settings(**{name: value})


def test_quiet_hours_go_by_the_time_zone(make_settings: Callable[..., Settings]) -> None:
    quiet = make_settings(quiet_hours="21:00-09:00", timezone="Europe/Moscow").quiet
    assert quiet is not None
    night = datetime(2026, 3, 1, 22, 0, tzinfo=ZoneInfo("Europe/Moscow"))
    assert quiet.until(night) == datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    assert make_settings().quiet is None


def test_recordings_are_kept_in_the_data_folder_or_where_an_operator_says(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    assert make_settings().files_address == (tmp_path / "data" / "files").as_uri()
    assert make_settings(files_url="s3://bucket/muza").files_address == "s3://bucket/muza"
