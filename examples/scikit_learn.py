"""A stance classifier of your own with scikit-learn.

    python examples/scikit_learn.py DATASET

Needs `hashiya` and scikit-learn (the extra `train`).
"""

import sys

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report
from sklearn.pipeline import make_pipeline

from hashiya.corpus import load

data = load(sys.argv[1])
names = data.info.classes["stance"]
train = data["train"].stance(lang="en").to_pandas()
test = data["test"].stance(lang="en").to_pandas()

# The target is an input, as the text is: here it stands before it.
model = make_pipeline(
    TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10, class_weight="balanced", max_iter=500)
)
model.fit(train["target"] + " " + train["text"], train["label"])
said = model.predict(test["target"] + " " + test["text"])
labels = list(range(len(names)))
print(classification_report(test["label"], said, labels=labels, target_names=names, zero_division=0))
