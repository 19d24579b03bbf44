"""The file of prices: read as it is meant, and told where it is wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from services.calling.price_book import PriceRule
from services.calling.yaml_prices import PriceFileError, read_prices
from services.domain.price import Rates

EXAMPLE = Path(__file__).parents[4] / "docs" / "prices.example.yaml"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "prices.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_prices_are_read_to_the_last_digit(tmp_path: Path) -> None:
    text = 'OpenAI/GPT-4.1: {input: 2.10, cached: 0.0025, output: 8}\n"gpu.lan:8000/*":\n  local: true\n'
    assert read_prices(written(tmp_path, text)) == (
        PriceRule("openai/gpt-4.1", Rates(Decimal("2.10"), Decimal("0.0025"), Decimal(8))),
        PriceRule("gpu.lan:8000/*", Rates(local=True)),
    )


def test_an_empty_file_has_no_prices(tmp_path: Path) -> None:
    assert read_prices(written(tmp_path, "# later\n")) == ()


def test_the_example_of_the_docs_is_one() -> None:
    rules = read_prices(EXAMPLE)
    assert [rule.pattern for rule in rules] == [
        "gpu.lan:8000/*",
        "openai/gpt-4.1",
        "openai/gpt-4o-mini-transcribe",
        "openai/gpt-audio-mini",
        "openai/whisper-1",
        "openai/tts-1*",
    ]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a/b: {input: 1}\na/c: {inptu: 1}\n", 2, '"inptu" is none of'),
        ("a/b:\n  input: 1\n  output: dear\n", 3, "must be a number"),
        ("a/b: {input: -1}\n", 1, "zero or more"),
        ("a/b: {input: .nan}\n", 1, "must be a number"),
        ("a/b: {input: NaN}\n", 1, "zero or more"),
        ("a/b: {input: [1]}\n", 1, "must be a number"),
        ("gpt-4: {input: 1}\n", 1, "names no provider"),
        ("a/b: {input: 1}\nA/B: {input: 2}\n", 2, "is there twice"),
        ("a/b: {local: perhaps}\n", 1, "true or false"),
        ("a/b: {local: true, input: 1}\n", 1, "what is local has no price"),
        ("a/b: {local: false}\n", 1, "no price is given"),
        ("a/b: {cached: 1}\n", 1, "no price is given"),
        ("a/b: 2\n", 1, "expected some of"),
        ("a/b: {input: 1\n", 2, "not YAML"),
        ("- a/b\n", 1, "expected lines like"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, problem: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PriceFileError) as told:
        read_prices(path)
    assert str(told.value).startswith(f"{path}, line {line}: ")
    assert problem in str(told.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PriceFileError, match=r"absent\.yaml: cannot be read \(FileNotFoundError\)"):
        read_prices(tmp_path / "absent.yaml")


def test_bytes_that_are_no_text_are_no_prices(tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_bytes(b"\xff\xfe\x00a/b: 1")
    with pytest.raises(PriceFileError, match="cannot be read"):
        read_prices(path)
