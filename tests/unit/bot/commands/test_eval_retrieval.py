"""`muza eval retrieval` as a person calls it: a throw-away database, words only."""

import json
from pathlib import Path

import pytest

from bot.commands.eval_retrieval import Wishes, eval_retrieval
from bot.commands.golden import export_golden
from bot.commands.open_for_command import open_for_command
from bot.settings import Settings
from services.domain.answer_mark import KnownQuestion
from services.domain.knowledge import Document, Passage
from services.domain.language import Language
from services.domain.member import MemberStatus, Role
from services.domain.project import BrandProfile
from services.retrieval.golden_set import read_golden_set

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


async def test_questions_kept_in_the_chat_are_asked_of_the_installation_itself(
    settings: Settings, docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_for_command(settings) as container, container.store.transaction() as tx:
        project = await tx.projects.ensure("brand", "Brand", BrandProfile())
        admin = await tx.members.add(1, "Марина", None, role=Role.ADMIN, status=MemberStatus.ACTIVE)
        for text, sources in (("How much is the blanket?", ("en/prices.md",)), ("Who won the cup?", ())):
            await tx.known_questions.put(KnownQuestion(project.id, text, sources, admin.id))
        document = Document(0, project.id, "en/prices.md", "Prices", "document", Language.ENGLISH, "h")
        text = "The blanket costs 29 euros."
        passage = Passage("", 0, project.id, 0, "", text, Language.ENGLISH, 0, len(text), "", "")
        await tx.documents.put(document, [passage])
    assert await eval_retrieval(settings, Wishes(as_json=True, from_chat=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["questions"], told["fused"]["recall@1"], told["fused"]["nothing_found"]) == (2, 1.0, 1.0)
    file = tmp_path / "chat.jsonl"
    assert await export_golden(settings, file, None) == 0
    assert [(one.text, set(one.sources), one.slice) for one in read_golden_set(file)] == [
        ("How much is the blanket?", {"en/prices.md"}, "chat"),
        ("Who won the cup?", set(), "chat"),
    ]


async def test_a_project_without_golden_questions_says_how_to_make_one(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_for_command(settings) as container, container.store.transaction() as tx:
        await tx.projects.ensure("brand", "Brand", BrandProfile())
    assert await export_golden(settings, tmp_path / "chat.jsonl", None) == 2
    assert await eval_retrieval(settings, Wishes(from_chat=True, project="brand")) == 2
    assert "no golden questions yet" in capsys.readouterr().err
