"""`muza eval retrieval` as a person calls it: a throw-away database, words only."""

import json
from pathlib import Path

import pytest

from bot.commands.eval_retrieval import Wishes, eval_retrieval
from bot.settings import Settings

QUESTIONS = (
    '{"question": "How much is the blanket?", "relevant": ["en/prices.md"], "slice": "plain"}',
    '{"question": "Кто основал марку?", "contains": ["две сестры"], "slice": "plain"}',
    '{"question": "blnaket cost", "relevant": ["en/prices.md"], "slice": "typo"}',
    '{"question": "Which football club won the cup?", "relevant": [], "slice": "unanswerable"}',
)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    for name, text in {
        "en/prices.md": "# Prices\n\nThe blanket costs 29 euros.",
        "en/story.md": "# Story\n\nNo plan, no office, no alarm clocks.",
        "ru/story.md": "# История\n\nМарку основали две\nсестры в гараже.",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    file = tmp_path / "golden.jsonl"
    file.write_text("\n".join(QUESTIONS), encoding="utf-8")
    return file


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path / "data", embedding_model="none")


async def test_everything_is_told_and_nothing_of_the_team_is_touched(
    settings: Settings, golden: Path, docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, plot = tmp_path / "baseline.json", tmp_path / "plot.png"
    wishes = Wishes(golden, docs, as_json=True, save_baseline=kept, plot=plot)
    assert await eval_retrieval(settings, wishes) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["questions"] == 4
    assert told["fused"] == told["keyword"]
    assert told["fused"]["recall@1"] == told["fused"]["mrr"] == told["fused"]["nothing_found"] == 1.0
    assert told["dense"] is None
    assert set(told["by_lang"]) == {"ru", "en"}
    assert set(told["by_slice"]) == {"plain", "typo", "unanswerable"}
    assert told["latency_ms"]["fused"]["p95"] >= told["latency_ms"]["fused"]["p50"] > 0
    assert told["degraded"] == {"dense: no model": 4}
    assert json.loads(kept.read_text(encoding="utf-8"))["fused"] == told["fused"]
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert not settings.data_dir.exists()


async def test_worse_than_the_baseline_is_exit_code_1(
    settings: Settings, golden: Path, docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = tmp_path / "baseline.json"
    baseline.write_text(json.dumps({"fused": {"recall@1": 1.0, "mrr": 1.0}}), encoding="utf-8")
    assert await eval_retrieval(settings, Wishes(golden, docs, baseline=baseline)) == 0
    (docs / "ru" / "story.md").write_text("# История\n\nЗдесь теперь другое.", encoding="utf-8")
    assert await eval_retrieval(settings, Wishes(golden, docs, baseline=baseline)) == 1
    assert "worse than the baseline: fused recall@1: 0.6667, was 1.0000" in capsys.readouterr().out


async def test_input_that_is_not_understood_is_exit_code_2(
    settings: Settings, golden: Path, docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (broken := tmp_path / "broken.json").write_text("{}", encoding="utf-8")
    assert await eval_retrieval(settings, Wishes(golden, docs, baseline=broken)) == 2
    assert "--save-baseline" in capsys.readouterr().err
    assert await eval_retrieval(settings, Wishes(broken, docs)) == 2
    assert '"question"' in capsys.readouterr().err
