"""A cross-encoder of sentence-transformers with random weights, made here: nothing is fetched."""

from pathlib import Path
from typing import Any

import pytest

from services.domain.errors import KnowledgeUnavailable
from services.retrieval.sentence_reranker import SentenceReranker

VOCABULARY = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "how", "much", "is", "tea", "blanket", "the", "a")


def test_a_cross_encoder_is_read_from_a_folder(tmp_path: Path) -> None:
    folder = tiny_cross_encoder(tmp_path)
    model = SentenceReranker(str(folder))
    model.load()
    texts = ["tea is tea", "the blanket " * 400, "a"]
    scores = model.scores("how much is the blanket", texts)
    assert len(scores) == 3
    assert model.scores("how much is the blanket", texts[::-1]) == pytest.approx(scores[::-1], abs=1e-4)


def test_a_folder_without_a_model_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeUnavailable, match="RERANK_MODEL"):
        SentenceReranker(str(tmp_path)).load()


def tiny_cross_encoder(folder: Path) -> Path:
    import transformers

    kit: Any = transformers

    (folder / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    config = kit.BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        max_position_embeddings=512,
        num_labels=1,
    )
    kit.BertForSequenceClassification(config).save_pretrained(folder)
    kit.BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), model_max_length=512).save_pretrained(folder)
    return folder
