#!/usr/bin/env bash
# Core and development libraries into a virtual environment, exactly as the lock files say. Safe to run again after an
# interruption: what is there is kept, a half-made environment is made anew.
set -euo pipefail
python=$1 venv=$2 uv=$3
if [ -z "$python" ] || ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'; then
    echo "Muza needs Python 3.11, 3.12 or 3.13. Name yours: make PYTHON=/path/to/python3.11 …" >&2
    exit 1
fi
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    rm -rf "$venv"
    "$python" -m venv "$venv" ||
        { rm -rf "$venv"; echo "No virtual environment: on Debian and Ubuntu, apt install python3-venv" >&2; exit 1; }
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$uv"
echo "Installing Muza's libraries (a few minutes the first time)…"
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --require-hashes \
    -r requirements-dev.lock -r requirements.lock
# The command `muza` itself, from this folder.
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --editable .
