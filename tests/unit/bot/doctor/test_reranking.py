"""What the doctor says of ranking anew."""

from pathlib import Path

import httpx2
import pytest

from bot.doctor.reranking import check_reranking
from bot.models.loaded_reranker import LoadedReranker
from bot.models.served import Served
from bot.models.server import create_app
from bot.settings import Settings
from services.domain.errors import KnowledgeUnavailable
from tests.fakes.embedding_servers import serving, wait_until
from tests.unit.bot.models.test_rerank import LongestFirst


async def told(folder: Path, **changes: str | None) -> str:
    settings = Settings(_env_file=None, data_dir=folder, **changes)  # type: ignore[arg-type]
    async with httpx2.AsyncClient(trust_env=False) as http:
        (finding,) = await check_reranking(settings, http)
    return finding.code


async def test_without_a_model_there_is_nothing_to_have(tmp_path: Path) -> None:
    assert await told(tmp_path) == "rerank_off"
    assert await told(tmp_path, rerank_model="none") == "rerank_off"


async def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    assert await told(tmp_path, rerank_model=str(tmp_path)) == "rerank_failed"
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert await told(tmp_path, rerank_model=str(tmp_path)) == "rerank_here"


@pytest.mark.parametrize(
    ("asked", "error", "code"),
    [
        ("longest", None, "rerank_here"),
        ("another", None, "rerank_failed"),
        ("longest", KnowledgeUnavailable("broken"), "rerank_failed"),
    ],
)
async def test_a_models_process_is_asked(tmp_path: Path, asked: str, error: Exception | None, code: str) -> None:
    loaded = LoadedReranker(LongestFirst(error))
    with serving(create_app(Served(reranker=loaded))) as url:
        wait_until(lambda: loaded.status != "loading")
        assert await told(tmp_path, rerank_model=asked, models_url=url) == code
