"""Frames between the models process and the process that holds Whisper."""

import asyncio
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.transcription.whisper_wire import Setup, frame, read_frame, read_header

HEADERS = st.dictionaries(st.text(max_size=9).filter(lambda key: key != "bytes"), st.integers() | st.text(), max_size=4)


@given(st.lists(st.tuples(HEADERS, st.binary(max_size=50)), max_size=4))
def test_what_was_written_is_read(frames: list[tuple[dict[str, Any], bytes]]) -> None:
    stream = io.BytesIO(b"".join(frame(header, payload) for header, payload in frames))
    for header, payload in frames:
        assert read_frame(stream) == ({**header, "bytes": len(payload)}, payload)
    assert read_frame(stream) is None


@given(HEADERS, st.binary(min_size=1, max_size=50), st.data())
def test_who_breaks_off_in_a_frame_is_gone(header: dict[str, Any], payload: bytes, data: st.DataObject) -> None:
    whole = frame(header, payload)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    assert read_frame(io.BytesIO(cut)) is None


async def test_the_other_side_reads_headers_and_passes_over_bytes() -> None:
    stream = asyncio.StreamReader()
    stream.feed_data(frame({"said": "heard", "id": 1}, b"12345") + frame({"said": "here"}) + b"\xff\xff\xff\xff")
    stream.feed_eof()
    assert await read_header(stream) == {"said": "heard", "id": 1, "bytes": 5}
    assert await read_header(stream) == {"said": "here", "bytes": 0}
    with pytest.raises(ValueError, match="not a frame"):
        await read_header(stream)


def test_a_setup_survives_the_command_line() -> None:
    setup = Setup("/модели/своя.pt", ("/a", "/b"), (0.0, 0.4), threads=2, niceness=7)
    assert Setup.from_json(setup.to_json()) == setup
