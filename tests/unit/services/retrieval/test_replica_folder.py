from pathlib import Path

import pytest

from services.retrieval.replica_folder import Progress, ReplicaFolder


def test_progress_survives_and_another_layout_begins_anew(tmp_path: Path) -> None:
    folder = ReplicaFolder(tmp_path, layout=1)
    folder.acquire()
    folder.write_progress(Progress(7, "1:1:0"))
    assert ReplicaFolder(tmp_path, layout=1).read_progress() == Progress(7, "1:1:0")
    assert ReplicaFolder(tmp_path, layout=2).read_progress() == Progress()


@pytest.mark.parametrize("note", ["", "{", "[]", '{"layout": 1}', '{"layout": 1, "change": "x", "mark": null}'])
def test_a_damaged_note_counts_as_none(tmp_path: Path, note: str) -> None:
    (tmp_path / "progress.json").write_text(note, encoding="utf-8")
    assert ReplicaFolder(tmp_path, layout=1).read_progress() == Progress()


def test_a_folder_held_by_another_is_not_shared(tmp_path: Path) -> None:
    first, second = ReplicaFolder(tmp_path, 1), ReplicaFolder(tmp_path, 1)
    first.acquire()
    second.acquire()
    assert first.path == tmp_path / "index"
    assert second.path is None
    first.release()
    third = ReplicaFolder(tmp_path, 1)
    third.acquire()
    assert third.path == tmp_path / "index"


def test_clearing_forgets_everything(tmp_path: Path) -> None:
    folder = ReplicaFolder(tmp_path, 1)
    folder.acquire()
    folder.write_progress(Progress(7, None))
    (tmp_path / "index" / "old").write_text("x", encoding="utf-8")
    folder.clear()
    assert folder.read_progress() == Progress()
    assert list((tmp_path / "index").iterdir()) == []
