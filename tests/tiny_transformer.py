"""A transformer of two small layers with random weights, made here, and its tokenizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.small_tokenizers import small_tokenizer


def tiny_transformer(folder: Path) -> Path:
    """A BERT of 32 dimensions in a folder, as `from_pretrained` reads it."""
    import torch
    import transformers

    fast: Any = transformers.PreTrainedTokenizerFast
    tokenizer = fast(
        tokenizer_object=small_tokenizer("wordpiece"),
        model_max_length=48,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    transformers.BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
