"""Files that are meant to harm: each is refused, or read without harm where it is legal, within memory and time."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.hostile_documents import HARMLESS, HOSTILE

MOST_SECONDS, MOST_MEGABYTES = 60, 512
ROOT = Path(__file__).parents[4]


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@pytest.mark.parametrize("name", sorted(HOSTILE))
async def test_a_hostile_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(HOSTILE[name]())
    before = files_of(tmp_path)
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.hostile_reading", str(file)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await reader.communicate()
    assert reader.returncode == 0
    told = json.loads(out)
    if name in HARMLESS:
        assert told["refused"] is None
        assert not told["leaks"]
        assert told["characters"] <= 5_000_000
    else:
        assert told["refused"] == name
    assert told["seconds"] <= MOST_SECONDS
    assert told["own_kilobytes"] < MOST_MEGABYTES * 1024, "else it could not tell what the child took"
    assert told["kilobytes"] <= MOST_MEGABYTES * 1024
    assert files_of(tmp_path) == before
