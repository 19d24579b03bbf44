"""Every setting of the product: the only place that reads the environment and `.env`."""

import os
from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.model_kinds import EmbeddingKind, TranscriptionKind
from services.domain.digest import DigestCadence, DigestPlan
from services.domain.failpoint import FailPoint
from services.domain.language import Language
from services.domain.quiet_hours import QuietHours, parse_quiet_hours
from services.domain.routing import RolePlan, parse_role_plan

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class Settings(BaseSettings):
    """Names are a contract with `.env.example`; lists are separated by commas."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        env_ignore_empty=True,
        hide_input_in_errors=True,  # a token pasted into the wrong variable must not be echoed
    )

    # Telegram
    telegram_bot_token: SecretStr | None = None
    telegram_api_base: str = "https://api.telegram.org"
    telegram_api_local: bool = False
    admin_ids: Annotated[tuple[int, ...], NoDecode] = ()

    # Webhooks (only `muza webhooks`)
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    webhook_host: str = "127.0.0.1"
    webhook_port: int = 8090

    # State
    data_dir: Path = Path("data")
    database_url: str | None = None
    redis_url: str | None = None
    chroma_url: str | None = None
    models_url: str | None = None
    files_url: str | None = None

    # Language models
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    model_smart: str = "gpt-4.1"
    model_fast: str = "gpt-4.1-mini"
    model_fallbacks: Annotated[tuple[str, ...], NoDecode] = ()
    model_timeout_seconds: float = Field(default=60.0, gt=0)
    model_context_tokens: int = Field(default=16_000, ge=1_000)
    model_max_tokens: int = Field(default=4_000, ge=100)
    model_roles: Annotated[RolePlan, NoDecode] = RolePlan()
    history_tokens: int = Field(default=1_500, ge=0)
    warm_up: bool = False
    max_running_generations: int = Field(default=100, ge=1)
    requests_per_minute: int = Field(default=6, ge=1)
    generations_per_person: int = Field(default=2, ge=1)

    # Knowledge
    embedding_model: str = "intfloat/multilingual-e5-small"
    translate_queries: bool = True
    rerank_model: str | None = None
    knowledge_dir: Path = Path("knowledge")
    link_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    default_project: str | None = None
    stale_digest: DigestCadence = DigestCadence.WEEKLY

    # Voice
    transcription_model: str = "small"
    transcription_fallbacks: Annotated[tuple[str, ...], NoDecode] = ()
    transcription_base_url: str | None = None
    transcription_api_key: SecretStr | None = None
    transcription_idle_minutes: int = Field(default=30, ge=0)
    voice_start_seconds: float = 5.0
    voice_note_seconds: int = Field(default=180, ge=1)
    recording_max_hours: float = Field(default=4.0, gt=0)
    recordings_keep_days: int = Field(default=30, ge=1)
    speech_model: str | None = None
    speech_voice: str = "alloy"
    speech_base_url: str | None = None
    speech_api_key: SecretStr | None = None

    # Money
    prices_file: Path | None = None
    unknown_price_per_million_tokens: Decimal = Field(default=Decimal(10), gt=0, le=10_000)
    batch_price_factor: Decimal = Field(default=Decimal("0.5"), gt=0, le=1)
    budget_team_month_usd: Decimal | None = Field(default=Decimal(50), ge=0, le=1_000_000, decimal_places=2)
    budget_person_day_usd: Decimal | None = Field(default=Decimal(5), ge=0, le=1_000_000, decimal_places=2)
    spend_digest: DigestCadence = DigestCadence.WEEKLY
    spend_digest_hour: int = Field(default=9, ge=0, le=23)
    admin_chat_id: int | None = None
    cache_hours: int = Field(default=24, ge=0, le=24 * 365)
    semantic_cache: str = "on"

    # Reviews
    quiet_hours: str | None = None
    timezone: str = "UTC"
    review_expires_days: int = Field(default=14, ge=1)

    # People
    default_language: Language = Language.RUSSIAN

    # Rehearsals of crashes; empty in production
    crash_at: str | None = None

    # Log
    log_level: LogLevel = "INFO"
    log_json: bool = False
    log_file: Path | None = None

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _numbers_by_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.replace(";", ",").split(",") if part.strip()]
        if not all(part.removeprefix("-").isdecimal() for part in parts):
            raise ValueError("must be Telegram ids: numbers separated by commas")
        return tuple(int(part) for part in parts)

    @field_validator("model_fallbacks", "transcription_fallbacks", "link_hosts", mode="before")
    @classmethod
    def _names_by_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("link_hosts")
    @classmethod
    def _hosts_with_ports(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for host in value:
            name, _, port = host.rpartition(":") if ":" in host else (host, "", "0")
            if not name or "/" in name or not port.isdecimal():
                raise ValueError("must be hosts separated by commas: wiki.example or wiki.example:8080")
        return value

    @field_validator("model_roles", mode="before")
    @classmethod
    def _pairs_by_commas(cls, value: object) -> object:
        return parse_role_plan(value) if isinstance(value, str) else value

    @field_validator("budget_team_month_usd", "budget_person_day_usd", "rerank_model", mode="before")
    @classmethod
    def _none_is_nothing(cls, value: object) -> object:
        return None if isinstance(value, str) and value.strip().lower() == "none" else value

    @field_validator("semantic_cache")
    @classmethod
    def _on_off_or_likeness(cls, value: str) -> str:
        if value in ("on", "off") or (value.startswith(("0.", "1")) and 0 < float(value) <= 1):
            return value
        raise ValueError("must be on, off, or the lowest likeness: a number up to 1")

    @field_validator("telegram_api_base")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be a time zone like Europe/Moscow") from None
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _two_times(cls, value: str | None) -> str | None:
        if value is not None:
            parse_quiet_hours(value, UTC)
        return value

    @field_validator("crash_at")
    @classmethod
    def _known_place(cls, value: str | None) -> str | None:
        if value is not None:
            name, _, hit = value.partition(":")
            FailPoint(name)
            if hit and not (hit.isdecimal() and int(hit) > 0):
                raise ValueError("must be a failpoint's name, or name:hit")
        return value

    @model_validator(mode="after")
    def _public_webhook_needs_a_secret(self) -> Self:
        if self.webhook_url and not self.webhook_secret:
            raise ValueError("WEBHOOK_SECRET must be set with WEBHOOK_URL: without it anyone could send updates")
        return self

    @property
    def cache_lowest_likeness(self) -> float:
        """Of two briefs that are answered with one draft, whatever the model's exam says."""
        return 0.0 if self.semantic_cache in ("on", "off") else float(self.semantic_cache)

    @property
    def sql_url(self) -> str:
        """SQLAlchemy URL with an async driver."""
        url = self.database_url or f"sqlite+aiosqlite:///{self.data_dir.absolute() / 'muza.db'}"
        for plain in ("postgresql://", "postgres://"):
            if url.startswith(plain):
                return "postgresql+asyncpg://" + url.removeprefix(plain)
        return url

    @property
    def files_address(self) -> str:
        """Where recordings are kept: a folder of DATA_DIR unless FILES_URL says otherwise."""
        return self.files_url or (self.data_dir.absolute() / "files").as_uri()

    @property
    def listening_dir(self) -> Path:
        """Files of recordings while this machine works on them."""
        return self.data_dir.absolute() / "listening"

    @property
    def learning_dir(self) -> Path:
        """Files on their way into the knowledge base while this machine works on them."""
        return self.data_dir.absolute() / "learning"

    @property
    def quiet(self) -> QuietHours | None:
        return parse_quiet_hours(self.quiet_hours, ZoneInfo(self.timezone)) if self.quiet_hours else None

    @property
    def stale_documents(self) -> DigestPlan:
        return DigestPlan(self.stale_digest, self.spend_digest_hour, ZoneInfo(self.timezone))

    @property
    def digest(self) -> DigestPlan:
        return DigestPlan(self.spend_digest, self.spend_digest_hour, ZoneInfo(self.timezone), self.admin_chat_id)

    @property
    def embedding_kind(self) -> EmbeddingKind:
        if self.embedding_model in ("", "none"):
            return EmbeddingKind.NONE
        if self.embedding_model.startswith("openai:"):
            return EmbeddingKind.API
        return EmbeddingKind.BUNDLED if self.embedding_model == "bundled" else EmbeddingKind.LOCAL

    @property
    def transcription_models(self) -> tuple[tuple[TranscriptionKind, str], ...]:
        """In the order in which they are asked; empty: voice is not understood."""
        named = [name for name in (self.transcription_model, *self.transcription_fallbacks) if name not in ("", "none")]
        return tuple(
            (TranscriptionKind.API, name.removeprefix("openai:"))
            if name.startswith("openai:")
            else (TranscriptionKind.LOCAL, name)
            for name in named
        )

    @property
    def whisper_folders(self) -> tuple[Path, ...]:
        """Where checkpoints are looked for by name: openai-whisper's own cache, then ours; into it they are fetched."""
        cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - needs no home
        return Path(cache) / "whisper", self.data_dir.absolute() / "models"

    @property
    def spoken_model(self) -> str | None:
        """Of the voice that reads answers aloud, as its provider calls it; None: nobody does."""
        name = (self.speech_model or "none").removeprefix("openai:")
        return None if name == "none" else name

    @property
    def run_dir(self) -> Path:
        """Locks, heartbeats and addresses of the processes that run on this DATA_DIR."""
        return self.data_dir.absolute() / "run"

    def secrets(self) -> tuple[str, ...]:
        """Values that must never be seen in a log, passwords inside URLs included."""
        fields = [value for name in type(self).model_fields if isinstance(value := getattr(self, name), SecretStr)]
        urls = [url for url in (self.database_url, self.redis_url, self.chroma_url, self.models_url) if url]
        passwords = [password for url in urls if (password := urlsplit(url).password)]
        return tuple(secret for secret in (*(field.get_secret_value() for field in fields), *passwords) if secret)

    @property
    def has_language_model(self) -> bool:
        """Local servers (Ollama, LM Studio) need a base URL only."""
        return self.openai_api_key is not None or self.openai_base_url is not None


def child_environment(overrides: Mapping[str, str]) -> dict[str, str]:
    """Environment of a process that we start: ours, with some settings replaced. onnxruntime, which the vector store
    brings along, reports to its makers since 1.29 unless told not to."""
    return {"ORT_DISABLE_TELEMETRY": "1", **os.environ, **overrides}
