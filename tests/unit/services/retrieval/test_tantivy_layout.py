"""The replica of words is laid out alike in every process: else each start would build it anew."""

import json
import subprocess
import sys
from pathlib import Path

SEEDS = ("0", "1", "2", "3")
_OPEN = """
import asyncio, sys
from pathlib import Path
from services.retrieval.tantivy_keyword import TantivyKeywordIndex
index = TantivyKeywordIndex(Path(sys.argv[1]))
asyncio.run(index.search(1, "tea", 1))
"""


def test_fields_have_the_same_order_whatever_the_seed_of_hashes(tmp_path: Path) -> None:
    orders = set()
    for seed in SEEDS:
        folder = tmp_path / seed
        subprocess.run(
            [sys.executable, "-c", _OPEN, str(folder)], check=True, env={"PYTHONHASHSEED": seed}, cwd=Path.cwd()
        )
        meta = json.loads((folder / "index" / "meta.json").read_text(encoding="utf-8"))
        orders.add(tuple(field["name"] for field in meta["schema"]))
    assert len(orders) == 1
