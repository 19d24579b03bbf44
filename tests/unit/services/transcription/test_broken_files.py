"""200 broken files of all formats. In one child here, for the time it takes to start one; `python -m
benchmarks.decoding` gives each its own, as the product does."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from services.domain.errors import AudioUnreadable
from services.transcription.child_preparer import ENVIRONMENT, ChildAudioPreparer
from services.transcription.ports import Prepared
from tests.fakes.sound_files import SHAPES, VARIANTS, WAYS, broken, of_every_format, waves_of

DECODER = """
import json, sys
from pathlib import Path
from services.domain.errors import AudioUnreadable
from services.transcription.pyav_sound import Sound
from services.transcription.decoding_child import _limit

_limit(300)
for path in sorted(Path(sys.argv[1]).iterdir()):
    print(json.dumps([path.name, None]), flush=True)
    try:
        sound = Sound(path)
        outcome = sum(len(bit) for bit in sound.samples()) // 16
    except AudioUnreadable as error:
        outcome = error.code
    print(json.dumps([path.name, outcome]), flush=True)
"""


NAMES = [name for name, _ in broken({name: bytes(range(256)) * 9 for name in SHAPES})]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("broken")
    for name, content in broken(of_every_format(waves_of("ask-en.ogg"))):
        (folder / name).write_bytes(content)
    return folder


async def test_every_one_ends_in_sound_or_in_a_plain_error(files: Path) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", DECODER, str(files)),
        env=ENVIRONMENT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, complaints = await child.communicate()
    outcomes = dict(json.loads(line) for line in told.splitlines())
    assert child.returncode == 0, (list(outcomes.items())[-1:], complaints.decode()[-2000:])
    assert len(outcomes) == VARIANTS
    heard = [outcome for outcome in outcomes.values() if isinstance(outcome, int)]
    refused = {outcome for outcome in outcomes.values() if isinstance(outcome, str)}
    assert len(heard) > VARIANTS // 2, "most broken files can be heard in part"
    assert sum(1 for milliseconds in heard if milliseconds > 1_000) > VARIANTS // 3
    assert refused == {"audio_unreadable", "audio_unsupported"}
    assert max(heard) < 200_000, "none makes an hour of three seconds"


@pytest.mark.parametrize("number", range(0, len(SHAPES) * len(WAYS), 9))
async def test_the_whole_way_through_a_child(files: Path, number: int, tmp_path: Path) -> None:
    source = files / NAMES[number]
    try:
        said = [one async for one in ChildAudioPreparer().prepare(source, tmp_path, longest_ms=60_000)]
    except AudioUnreadable:
        return
    assert isinstance(said[-1], Prepared)
    assert said[-1].duration_ms > 0
