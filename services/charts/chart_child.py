"""The process that draws: `python -m services.charts.chart_child`, charts as JSON in, PNGs out, until its input ends.

matplotlib takes as much memory as half the bot, and drawing keeps a core busy: here both end with the process. On both
sides a message is its length, four bytes, and so many bytes more; an answer's first byte is PICTURE or TROUBLE.
"""

import json
import struct
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

from services.charts.ports import Chart, ChartSeries

LENGTH = struct.Struct(">I")
PICTURE, TROUBLE = b"P", b"T"


def main() -> None:
    answer = _Answers(sys.stdout.buffer)
    try:
        from services.charts.matplotlib_chart import paint
    except ImportError as error:
        answer.send(TROUBLE, type(error).__name__.encode())
        raise
    while (asked := _received(sys.stdin.buffer)) is not None:
        try:
            picture = paint(read_chart(asked))
        except Exception as error:  # noqa: BLE001 - whatever it is, the next chart may be a better one
            # The kind of error alone: its words may quote what was to be drawn.
            answer.send(TROUBLE, type(error).__name__.encode())
        else:
            answer.send(PICTURE, picture)


def framed(message: bytes) -> bytes:
    return LENGTH.pack(len(message)) + message


def chart_json(chart: Chart) -> bytes:
    return json.dumps(asdict(chart)).encode()


def read_chart(data: bytes) -> Chart:
    content: dict[str, Any] = json.loads(data)
    series = tuple(ChartSeries(one["name"], tuple(one["amounts"]), one["is_rest"]) for one in content.pop("series"))
    return Chart(**{**content, "steps": tuple(content["steps"])}, series=series)


class _Answers:
    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def send(self, kind: bytes, content: bytes) -> None:
        self._out.write(framed(kind + content))
        self._out.flush()


def _received(source: BinaryIO) -> bytes | None:
    """None: there is nothing more to come."""
    head = source.read(LENGTH.size)
    return source.read(*LENGTH.unpack(head)) if len(head) == LENGTH.size else None


if __name__ == "__main__":
    main()
