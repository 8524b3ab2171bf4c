"""Small tokenizers of each kind, trained here on a few lines of both languages."""

from __future__ import annotations

from functools import cache
from typing import Any

import tokenizers
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors, trainers

LINES = [
    "انخفضت أسهم إنفيديا بعد إطلاق نموذج جديد للذكاء الاصطناعي من الصين.",
    "وقال المحللون إن الطلب على الرقائق قوي، وبالذكاء الاصطناعي ترتفع الأسهم.",
    "Nvidia shares fell after the Chinese start-up DeepSeek released a new model.",
    "Analysts said demand for AI chips was strong; OpenAI's rivals are US-based.",
    "لـDeepSeek وOpenAI نماذج كبيرة، وتقول الشركة إنها ستنفق 1,299.99 دولارا.",
]
KINDS = ("bpe", "wordpiece", "unigram")


@cache
def _saved(kind: str) -> str:
    trainer: Any
    if kind == "bpe":  # of bytes, as GPT-2's and RoBERTa's
        made = tokenizers.Tokenizer(models.BPE())
        made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        made.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=500,
            special_tokens=["<pad>", "<s>", "</s>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        around = ("<s>", "</s>")
    elif kind == "wordpiece":  # as BERT's: lower case, without marks
        made = tokenizers.Tokenizer(models.WordPiece(unk_token="[UNK]"))
        made.normalizer = normalizers.BertNormalizer(lowercase=True)
        made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(
            vocab_size=300, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]"], show_progress=False
        )
        around = ("[CLS]", "[SEP]")
    else:  # as XLM-RoBERTa's
        made = tokenizers.Tokenizer(models.Unigram())
        made.normalizer = normalizers.NFKC()
        made.pre_tokenizer = pre_tokenizers.Metaspace()
        trainer = trainers.UnigramTrainer(
            vocab_size=200,
            special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
            unk_token="<unk>",
            show_progress=False,
        )
        around = ("<s>", "</s>")
    made.train_from_iterator(LINES, trainer)
    first, last = around
    made.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}",
        special_tokens=[(token, made.token_to_id(token)) for token in around],
    )
    return made.to_str()


def small_tokenizer(kind: str) -> tokenizers.Tokenizer:
    """A new tokenizer of a kind; the same at every call."""
    return tokenizers.Tokenizer.from_str(_saved(kind))
