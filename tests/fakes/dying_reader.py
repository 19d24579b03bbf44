"""A reading child that ends as its file is named: `python -m tests.fakes.dying_reader FILE NAME LIMITS`."""

import os
import subprocess
import sys
import time
from pathlib import Path


def main(file: str) -> None:
    how = Path(file).stem
    Path(file).with_suffix(".pid").write_text(str(os.getpid()))
    if how == "crash":
        os.kill(os.getpid(), 11)
    elif how == "hang":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        Path(file).with_suffix(".children").write_text(str(child.pid))
        time.sleep(60)
    elif how == "mumble":
        sys.stdout.write('{"kind": "document", "na')
    elif how == "flood":
        while True:
            sys.stdout.write("x" * 2**16)
    elif how == "panic":
        sys.stderr.write("thread panicked at src/lib.rs\n")
        sys.exit(101)
    elif how == "environment":
        sys.stderr.write(" ".join(sorted(os.environ)))  # noqa: TID251 - what it inherits is what is asked
        sys.exit(3)


if __name__ == "__main__":
    main(sys.argv[1])
