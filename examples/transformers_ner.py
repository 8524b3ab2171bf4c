"""Names with any encoder of the hub.

    python examples/transformers_ner.py DATASET MODEL

Needs `hashiya` and the extra `transformers`; MODEL is a name on the hub or a folder.
"""

import sys

import torch
from torch.utils.data import DataLoader
from transformers import AutoModelForTokenClassification, AutoTokenizer, DataCollatorForTokenClassification

from hashiya.corpus import load

data, base = load(sys.argv[1]), sys.argv[2]
tokenizer = AutoTokenizer.from_pretrained(base)
# Subwords and tags, made from the text alone; what no subword can say is counted.
train = data["train"].entities(lang="both", tokenizer=tokenizer, max_length=48, stride=8)
test = data["test"].entities(lang="both", tokenizer=tokenizer, max_length=48, stride=8)

model = AutoModelForTokenClassification.from_pretrained(base, num_labels=len(train.classes["labels"]))
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-5)
pad = DataCollatorForTokenClassification(tokenizer)


def collate(rows):
    """Return a batch of rows, padded."""
    return pad([{name: row[name] for name in ("input_ids", "attention_mask", "labels")} for row in rows])


for _ in range(3):
    for batch in DataLoader(train.to_torch(), batch_size=16, shuffle=True, collate_fn=collate):
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

model.eval()
predictions = []
with torch.inference_mode():
    for batch in DataLoader(test.to_torch(), batch_size=16, collate_fn=collate):
        batch.pop("labels")
        predictions += list(model(**batch).logits.numpy())
sides = test.decode(predictions)  # back to characters of each side
print(sum(len(side["spans"]) for side in sides), "names in", len(sides), "sides")
