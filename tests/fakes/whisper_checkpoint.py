"""Checkpoints of openai-whisper for tests: its real architecture, a few megabytes, and no training.

The decoder's positions are set so that the token at each place is known: the model says the same words whatever it
hears, surely and at once. Everything else is as in a real one: mel spectrogram, encoder, decoder, its rules and its
thresholds.
"""

from pathlib import Path
from typing import Any

_STATE, _HEADS, _LAYERS = 32, 2, 1
_VOCABULARY, _MELS, _AUDIO, _TEXT = 51865, 80, 1500, 448
_SURE = 6.0
"""Scale of the logits: the word that is meant gets nearly all of the probability."""
_LOUDER = 20.0
"""How much a place outweighs the token that stands on it."""


def build_speaking_whisper(path: Path, text: str, *, language: str = "ru", seconds: float = 2.0) -> Path:
    """Says `text` as one segment of `seconds`, and finds `language` when it is not told."""
    import torch
    from whisper.tokenizer import get_tokenizer

    tokenizer = get_tokenizer(multilingual=True, language=language, task="transcribe")
    ends = tokenizer.timestamp_begin + round(seconds / 0.02)
    # Places 0–2 are <|startoftranscript|>, language and task; what follows a place is decided by it.
    said = [tokenizer.timestamp_begin, *tokenizer.encode(" " + text), ends, tokenizer.eot]
    model = _model()
    with torch.no_grad():
        tokens = model.decoder.token_embedding.weight
        tokens.copy_(_directions(torch, tokens.shape))
        model.decoder.positional_embedding.copy_(_LOUDER * tokens[tokenizer.eot].expand(_TEXT, -1))
        model.decoder.positional_embedding[0] = _LOUDER * tokens[tokenizer.to_language_token(language)]
        for place, token in enumerate(said, start=len(tokenizer.sot_sequence) - 1):
            model.decoder.positional_embedding[place] = _LOUDER * tokens[token]
        model.decoder.ln.weight.fill_(_SURE)
        model.decoder.ln.bias.zero_()
    return _save(model, path)


def build_random_whisper(path: Path, *, state: int = _STATE, heads: int = _HEADS, layers: int = _LAYERS) -> Path:
    """Weights at random, always the same: talks nonsense until its breath is out. tiny is 384, 6, 4; base 512, 8, 6."""
    return _save(_model(state, heads, layers), path)


def _model(state: int = _STATE, heads: int = _HEADS, layers: int = _LAYERS) -> Any:
    import torch
    from whisper.model import ModelDimensions, Whisper

    torch.manual_seed(7)
    sizes = (state, heads, layers)
    model = Whisper(ModelDimensions(_MELS, _AUDIO, *sizes, _VOCABULARY, _TEXT, *sizes))
    with torch.no_grad():
        model.decoder.positional_embedding.normal_()  # is left as it lies in memory, otherwise
    return model


def _directions(torch: Any, shape: Any) -> Any:
    """Of equal length and without a mean, so that each token is nearest to itself."""
    drawn = torch.randn(shape)
    drawn -= drawn.mean(dim=1, keepdim=True)
    return drawn / drawn.norm(dim=1, keepdim=True)


def _save(model: Any, path: Path) -> Path:
    """As OpenAI saves its own: half precision."""
    import torch

    weights = {name: tensor.half() for name, tensor in model.state_dict().items()}
    torch.save({"dims": dict(vars(model.dims)), "model_state_dict": weights}, path)
    return path
