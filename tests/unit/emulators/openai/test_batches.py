"""The emulator refuses a file of requests as OpenAI does."""

import json
from typing import Any

import pytest

from tests.emulators.openai.batch_lines import BadFile, read_requests

ENDPOINT = "/v1/chat/completions"
LINE = {
    "custom_id": "1",
    "method": "POST",
    "url": ENDPOINT,
    "body": {"model": "gpt-4.1", "messages": [{"role": "user", "content": "tea"}]},
}


def jsonl(*lines: dict[str, Any]) -> bytes:
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"{not json}\n", "invalid_json_line"),
        (jsonl(LINE) + b"\n" + jsonl(LINE), "invalid_json_line"),
        (jsonl({**LINE, "extra": 1}), "invalid_request"),
        (jsonl({**LINE, "custom_id": 1}), "missing_required_parameter"),
        (jsonl({**LINE, "method": "GET"}), "invalid_method"),
        (jsonl({**LINE, "url": "/v1/embeddings"}), "mismatched_endpoint"),
        (jsonl({**LINE, "body": {}}), "missing_required_parameter"),
        (jsonl({**LINE, "body": {**LINE["body"], "stream": True}}), "invalid_request"),  # type: ignore[dict-item]
        (jsonl(LINE, LINE), "duplicate_custom_id"),
        (jsonl(LINE, {**LINE, "custom_id": "2", "body": {"model": "other"}}), "mismatched_model"),
    ],
)
def test_a_bad_file_is_refused_by_its_first_bad_line(content: bytes, code: str) -> None:
    with pytest.raises(BadFile) as bad:
        read_requests(content, ENDPOINT)
    assert bad.value.as_json["code"] == code


def test_a_good_file_is_taken_with_or_without_its_last_line_feed() -> None:
    content = jsonl(LINE, {**LINE, "custom_id": "2"})
    for given in (content, content.rstrip(b"\n")):
        assert [request.custom_id for request in read_requests(given, ENDPOINT)] == ["1", "2"]
