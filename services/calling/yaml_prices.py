"""Prices of one's own from a YAML file: patterns of "provider/model", the first that fits holds.

openai/gpt-4.1*: {input: 2.00, cached: 0.50, output: 8.00}   # US dollars a million tokens
openai/whisper-1: {audio_hour: 0.36}
openai/tts-1: {million_characters: 15}
"gpu.lan:8000/*": {local: true}                              # a machine of ours: costs nothing
"""

from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from services.calling.price_book import PriceRule
from services.domain.price import Rates

_NUMBERS = tuple(field.name for field in fields(Rates) if field.name != "local")
_KNOWN = (*_NUMBERS, "local")


class PriceFileError(Exception):
    """Says where, and what is wrong there."""

    def __init__(self, path: Path, line: int | None, problem: str) -> None:
        super().__init__(f"{path}, line {line}: {problem}" if line else f"{path}: {problem}")


def read_prices(path: Path) -> tuple[PriceRule, ...]:
    """Raises PriceFileError for a file that is absent or wrong: a misread price is worse than none."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise PriceFileError(path, line, f"not YAML ({error.problem})") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PriceFileError(path, None, f"cannot be read ({type(error).__name__})") from None
    if root is None:
        return ()
    if not isinstance(root, yaml.MappingNode):
        raise PriceFileError(path, 1, 'expected lines like "openai/gpt-4.1: {input: 2, output: 8}"')
    return tuple(_rules(path, root))


def _rules(path: Path, root: yaml.MappingNode) -> Iterator[PriceRule]:
    seen: set[str] = set()
    for key, value in root.value:
        pattern = str(key.value).lower()
        if "/" not in pattern:
            raise PriceFileError(
                path, _line(key), f'"{pattern}" names no provider: write "provider/model" or "*/model"'
            )
        if pattern in seen:
            raise PriceFileError(path, _line(key), f'"{pattern}" is there twice')
        seen.add(pattern)
        yield PriceRule(pattern, _rates(path, key, value))


def _rates(path: Path, key: yaml.Node, value: yaml.Node) -> Rates:
    if not isinstance(value, yaml.MappingNode) or not value.value:
        raise PriceFileError(path, _line(key), f"expected some of {', '.join(_KNOWN)}")
    found: dict[str, Any] = {}
    for name, amount in value.value:
        if name.value not in _KNOWN:
            raise PriceFileError(path, _line(name), f'"{name.value}" is none of {", ".join(_KNOWN)}')
        found[name.value] = _flag(path, amount) if name.value == "local" else _dollars(path, amount)
    if found.get("local") and len(found) > 1:
        raise PriceFileError(path, _line(key), "what is local has no price")
    if not found.get("local") and found.keys() <= {"local", "cached"}:
        raise PriceFileError(path, _line(key), "no price is given")
    return Rates(**found)


def _flag(path: Path, node: yaml.Node) -> bool:
    if not isinstance(node, yaml.ScalarNode) or node.value.lower() not in ("true", "false"):
        raise PriceFileError(path, _line(node), "local must be true or false")
    return bool(node.value.lower() == "true")


def _dollars(path: Path, node: yaml.Node) -> Decimal:
    try:
        amount = Decimal(node.value)
    except (InvalidOperation, TypeError, ValueError):
        raise PriceFileError(path, _line(node), "a price must be a number of US dollars") from None
    if not amount.is_finite() or amount < 0:
        raise PriceFileError(path, _line(node), "a price must be a number of US dollars, zero or more")
    return amount


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
