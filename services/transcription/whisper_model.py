"""A model of openai-whisper in this process: only the process that `muza models` starts for it uses it."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from services.domain.errors import ModelRefused
from services.transcription.free_cores import FreeCores
from services.transcription.whisper_names import folder_with
from services.transcription.whisper_wire import LADDER, Wanted

_PROMPT_TOKENS = 216
"""Of the 223 that the model takes in before its answer. Exactly as many would make whisper.transcribe lose them."""
_FIGURES = ("avg_logprob", "compression_ratio", "no_speech_prob")


class ModelUnreachable(ModelRefused):
    """It could not be fetched: that may heal by itself."""


class WhisperModel:
    """Not safe for use by several threads at once: its owner gives it one."""

    def __init__(self, name_or_path: str, folders: Sequence[Path], go_on: Callable[[], None]) -> None:
        """`go_on` is called between steps of the model and may raise: that ends a transcription. Nothing is loaded
        yet; `folders` as in whisper_wire.Setup."""
        self.name = name_or_path
        self._folders = folders
        self._go_on = go_on
        self._model: Any = None
        self._cores: FreeCores | None = None

    @property
    def device(self) -> str:
        """ "cpu" or "cuda"."""
        return str(self._model.device.type)

    def load(self, threads: int | None = None) -> None:
        """Takes seconds, or minutes for a model that has to be fetched. Raises ModelRefused with a reason that an
        operator can act on; ModelUnreachable where waiting may help."""
        try:
            import torch
            import whisper
        except ImportError as error:
            raise ModelRefused("openai-whisper is not installed: the extra `local` is missing") from error
        self._cores = FreeCores(threads or torch.get_num_threads(), torch.set_num_threads)
        path = Path(self.name).expanduser()
        is_name = self.name in whisper.available_models()
        if not is_name and not path.is_file():
            names = ", ".join(whisper.available_models())
            raise ModelRefused(f"{self.name} is neither a file nor a name that openai-whisper knows ({names})")
        try:
            self._model = whisper.load_model(self.name if is_name else str(path), download_root=str(self._folder()))
        except OSError as error:  # urllib's URLError is one
            raise self._not_fetched(error) if is_name else self._not_a_checkpoint(error) from error
        except Exception as error:
            raise self._not_a_checkpoint(error) from error
        for module in (*self._model.encoder.blocks, self._model.decoder):
            module.register_forward_pre_hook(self._between_steps)

    def transcribe(self, waveform: Any, wanted: Wanted, temperatures: Sequence[float] = LADDER) -> dict[str, Any]:
        """What whisper.transcribe gives for float32 mono of 16 kHz, ready for JSON. Raises ModelRefused for a language
        that this model does not know."""
        options = {
            "language": self._language(wanted.language),
            "temperature": wanted.temperature if wanted.temperature else tuple(temperatures),
            "initial_prompt": self._prompt(wanted.prompt),
            "carry_initial_prompt": bool(wanted.prompt.strip()),
            "fp16": self.device == "cuda",
        }
        if self._cores is not None:
            self._cores.begin()
        heard = self._model.transcribe(waveform, verbose=None, **options)
        return {
            "text": heard["text"].strip(),
            "language": heard["language"],
            "language_name": _names().get(heard["language"], heard["language"]),
            "segments": [_plain(segment) for segment in heard["segments"]],
        }

    def _between_steps(self, *_: Any) -> None:
        self._go_on()
        if self._cores is not None and self.device == "cpu":
            self._cores.step()

    def _folder(self) -> Path:
        """The first that has the checkpoint, else the last."""
        return folder_with(self.name, self._folders) or self._folders[-1]

    def _language(self, wanted: str | None) -> str | None:
        if not wanted or not self._model.is_multilingual:
            return None
        names = _names()
        code = next((code for code, name in names.items() if wanted.lower() in (code, name)), None)
        if code is None or code not in list(names)[: self._model.num_languages]:
            raise ModelRefused(f"unknown language: {wanted[:20]}")
        return code

    def _prompt(self, prompt: str) -> str | None:
        """Its end, as OpenAI's API does."""
        from whisper.tokenizer import get_tokenizer

        prompt = prompt.replace("<|", "< |")  # the tokenizer refuses texts with its control tokens
        if not prompt.strip():
            return None
        tokenizer = get_tokenizer(self._model.is_multilingual, num_languages=self._model.num_languages)
        tokens = tokenizer.encode(" " + prompt.strip())
        return str(tokenizer.decode(tokens[-_PROMPT_TOKENS:])).strip("\N{REPLACEMENT CHARACTER} ")

    def _not_fetched(self, error: Exception) -> ModelRefused:
        return ModelUnreachable(
            f"the model {self.name} is not on this machine and could not be fetched ({type(error).__name__}): give "
            "TRANSCRIPTION_MODEL the path of a checkpoint, or openai:<model>"
        )

    def _not_a_checkpoint(self, error: Exception) -> ModelRefused:
        return ModelRefused(f"{self.name} is no checkpoint of openai-whisper, or is damaged ({type(error).__name__})")


def _names() -> dict[str, str]:
    """Code → English name, in the order of the model's tokens."""
    from whisper.tokenizer import LANGUAGES

    return dict(LANGUAGES)


def _plain(segment: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no NaN."""
    told = {key: segment[key] for key in ("id", "seek", "start", "end", "text", "tokens", "temperature")}
    figures = {key: float(segment[key]) for key in _FIGURES}
    return told | {key: value if math.isfinite(value) else None for key, value in figures.items()}
