#!/usr/bin/env bash
# Resolve all versions: core, then the extra `local` and the development tools on top of it. torch is left out: which
# build fits depends on the machine (see install-local-models.sh).
set -euo pipefail
bin=$1
compile() {
    "$bin/uv" pip compile --quiet pyproject.toml --python-version 3.11 --python-platform linux \
        --generate-hashes --no-emit-index-url --no-annotate --no-header "$@"
}
compile -o requirements.lock
compile --extra local -c requirements.lock -o requirements-local.lock
compile --group dev -c requirements-local.lock -o requirements-dev.lock
