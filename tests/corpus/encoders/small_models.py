"""Sentence-transformers models small enough to be made by a test: real architectures, random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

TEXT = """
the museum opened its doors on sunday hundreds of people came ticket costs five dinars shares in nvidia rose
monday company said that demand for chips was strong what next
فتح المتحف أبوابه للزوار صباح يوم الأحد وحضر مئات من السكان سعر التذكرة خمسة دنانير فقط ارتفعت أسهم شركة
إنفيديا الاثنين وقالت الشركة إن الطلب على رقائقها قوي ماذا بعد
"""
WORDS = list(dict.fromkeys(TEXT.split()))
LETTERS = sorted({letter for word in WORDS for letter in word})


def write_bert(folder: Path, seed: int = 0) -> Path:
    """A BERT of 2 layers and 32 dimensions with mean pooling and words and letters as its vocabulary."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast  # type: ignore[attr-defined]  # lazy

    made = folder.with_name(f"{folder.name}-bert")
    made.mkdir(parents=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", "؟", "?"]
    vocabulary += [*LETTERS, *(f"##{letter}" for letter in LETTERS), *WORDS]
    vocabulary = list(dict.fromkeys(vocabulary))
    (made / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    tokenizer = BertTokenizerFast(vocab=str(made / "vocab.txt"), do_lower_case=True)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=128,
        initializer_range=0.5,
    )
    BertModel(config).save_pretrained(made)
    tokenizer.save_pretrained(made)
    transformer: Any = Transformer(str(made))
    SentenceTransformer(modules=[transformer, Pooling(32)], device="cpu").save(str(folder))
    return folder


def write_nllb(folder: Path) -> Path:
    """The encoder of an NLLB of 1 layer and 32 dimensions, as the port of SONAR has it: no pooling named."""
    import torch
    from transformers import M2M100Config, NllbTokenizer
    from transformers.models.m2m_100.modeling_m2m_100 import M2M100Encoder

    special = ["<s>", "<pad>", "</s>", "<unk>"]
    vocabulary = {word: number for number, word in enumerate([*special, "▁", *LETTERS])}
    tokenizer = NllbTokenizer(
        vocab=vocabulary, merges=[], extra_special_tokens=["arb_Arab", "eng_Latn"], src_lang="eng_Latn"
    )
    torch.manual_seed(1)
    config = M2M100Config(
        vocab_size=len(tokenizer),
        d_model=32,
        encoder_layers=1,
        encoder_attention_heads=4,
        encoder_ffn_dim=64,
        decoder_layers=1,
        decoder_attention_heads=4,
        decoder_ffn_dim=64,
        max_position_embeddings=128,
        init_std=0.5,
    )
    M2M100Encoder(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
