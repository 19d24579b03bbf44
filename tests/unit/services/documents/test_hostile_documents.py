"""Files that are meant to harm: each is refused, or read without harm where it is legal, within memory and time."""

import resource
import time
from pathlib import Path

import pytest

from services.documents.child_reader import ChildReader
from services.domain.errors import DocumentRefused
from tests.hostile_documents import HARMLESS, HOSTILE

MOST_SECONDS, MOST_MEGABYTES = 60, 512


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def most_memory() -> int:
    """Kilobytes, of any child of this process so far: other tests have children, too. A child begins as a copy of its
    parent, and Linux counts that: see `exec_mmap` in https://github.com/torvalds/linux/blob/master/fs/exec.c."""
    of_children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(of_children, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


@pytest.mark.parametrize("name", sorted(HOSTILE))
async def test_a_hostile_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(HOSTILE[name]())
    before, not_its_own = files_of(tmp_path), most_memory()
    started = time.monotonic()
    if name in HARMLESS:
        documents = await ChildReader().read(file, name)
        assert all("root:" not in document.text for document in documents)
        assert sum(len(document.text) for document in documents) <= 5_000_000
    else:
        with pytest.raises(DocumentRefused) as refused:
            await ChildReader().read(file, name)
        assert refused.value.facts["name"] == name
    assert time.monotonic() - started <= MOST_SECONDS
    assert most_memory() <= max(MOST_MEGABYTES * 1024, not_its_own)
    assert files_of(tmp_path) == before
