"""`python -m tests.hostile_reading FILE…`: each is read as the product reads it, from a small process, and a line of
JSON tells the refusal or the texts' length, the seconds, and the most memory that any child has taken so far.

A child begins as a copy of its parent, and Linux counts that: only a parent that takes less can tell what a child took.
"""

import asyncio
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from services.documents.child_reader import ChildReader
from services.domain.errors import DocumentRefused


async def reading(file: Path) -> dict[str, Any]:
    began, refused, texts = time.monotonic(), None, [""]
    try:
        texts = [document.text for document in await ChildReader().read(file, file.name)]
    except DocumentRefused as error:
        refused = error.facts["name"]
    return {
        "refused": refused,
        "characters": sum(map(len, texts)),
        "leaks": any("root:" in text for text in texts),
        "seconds": time.monotonic() - began,
        "kilobytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
        "own_kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


if __name__ == "__main__":
    for name in sys.argv[1:]:
        sys.stdout.write(json.dumps(asyncio.run(reading(Path(name)))) + "\n")
