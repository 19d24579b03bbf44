"""What a transcription request carries for a model, and what a server turned out not to take."""

from typing import Any

from services.transcription.ports import ListenRequest

_CAN_BE_LEFT_OUT = ("include", "prompt", "language", "temperature")


class Options:
    """Of one model. gpt-4o-transcribe answers in plain JSON with logprobs; whisper-1 and most compatible servers in
    verbose JSON with segments (https://developers.openai.com/api/docs/guides/speech-to-text)."""

    def __init__(self, model: str) -> None:
        tells_segments = not (model.startswith("gpt-") and "transcribe" in model)
        self._format = "verbose_json" if tells_segments else "json"
        self._include = ["logprobs"] if model.startswith("gpt-4o") else None
        self._refused: set[str] = set()

    def body(self, request: ListenRequest) -> dict[str, Any]:
        """Arguments of the client's `transcriptions.create`."""
        wished = {
            "include": self._include if self._format == "json" else None,
            "prompt": request.prompt or None,
            "language": request.language,
            "temperature": 0.0 if self._format == "verbose_json" else None,
        }
        taken = {name: value for name, value in wished.items() if value is not None and name not in self._refused}
        return {
            "file": (request.file_name, request.audio),
            "model": request.model,
            "response_format": self._format,
            **taken,
        }

    def learn(self, status: int, error_body: object, sent: dict[str, Any]) -> bool:
        """True when the request should be made again without what this refusal names."""
        if status not in (400, 422):
            return False
        said = error_body if isinstance(error_body, str) else repr(error_body)
        if self._format == "verbose_json" and ("response_format" in said or "verbose_json" in said):
            self._format = "json"
            return True
        # The name in quotes, as servers write it: words like "language" also stand in sentences.
        named = next((name for name in _CAN_BE_LEFT_OUT if name in sent and _names(said, name)), None)
        if named is None:
            return False
        self._refused.add(named)
        return True


def _names(said: str, option: str) -> bool:
    quotes = ("'", '"', "`")
    return any(f"{quote}{option}{end}" in said for quote in quotes for end in (quote, "[", "."))
