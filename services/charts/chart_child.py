"""The process that draws: `python -m services.charts.chart_child`, a chart as JSON in, a PNG out.

matplotlib takes as much memory as half the bot, and drawing keeps a core busy: here both end with the picture.
"""

import json
import sys
from dataclasses import asdict
from typing import Any

from services.charts.ports import Chart, ChartSeries


def main() -> None:
    from services.charts.matplotlib_chart import paint

    picture = paint(read_chart(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(picture)


def chart_json(chart: Chart) -> bytes:
    return json.dumps(asdict(chart)).encode()


def read_chart(data: bytes) -> Chart:
    content: dict[str, Any] = json.loads(data)
    series = tuple(ChartSeries(one["name"], tuple(one["amounts"]), one["is_rest"]) for one in content.pop("series"))
    return Chart(**{**content, "steps": tuple(content["steps"])}, series=series)


if __name__ == "__main__":
    main()
