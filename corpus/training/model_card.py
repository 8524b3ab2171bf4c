"""A model's card: README.md with the metadata that the Hugging Face hub reads. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hashiya.corpus.training.evaluation.figure import Figure
from hashiya.corpus.training.report import TrainingReport
from hashiya.corpus.training.report_markdown import in_markdown, report_title, summary_table

_PIPELINES = {
    "stance": "text-classification",
    "implications": "text-classification",
    "entities": "token-classification",
}
_WHAT = {
    "stance": "says which stance a sentence takes on a target",
    "implications": "says for which targets, and through which channels, a sentence states a consequence",
    "entities": "marks the names in a sentence",
}
_METRICS = {"macro_f1": "F1 (macro)", "micro_f1": "F1 (micro)", "average_precision": "average precision"}


def model_card(report: TrainingReport, name: str) -> str:
    """Return the card of a model."""
    return "\n".join(["---", *_metadata(report, name), "---", "", *_text(report, name)]).rstrip() + "\n"


def _metadata(report: TrainingReport, name: str) -> Iterator[str]:
    """YAML, whose scalars are written as JSON, which YAML reads."""
    licences = report.dataset.licences
    known = len(licences) == 1 and licences[0].lower() in _HUB_LICENCES
    yield f"license: {licences[0].lower() if known else 'other'}"
    if not known:
        yield "license_name: by-document"
        yield f"license_details: {json.dumps('; '.join(licences) or 'unknown', ensure_ascii=False)}"
    yield "language:"
    yield from (f"- {lang}" for lang in report.langs)
    yield f"library_name: {'transformers' if report.base else 'hashiya'}"
    if report.base:
        yield f"base_model: {json.dumps(report.base, ensure_ascii=False)}"
    yield f"pipeline_tag: {_PIPELINES[report.task.name]}"
    yield "tags:"
    yield from (f"- {tag}" for tag in ("hashiya", report.task.name, report.model))
    figures = [(metric, getattr(report.test, metric)) for metric in _METRICS]
    known_figures = [(metric, figure) for metric, figure in figures if figure.value is not None]
    if not known_figures:
        return
    yield "model-index:"
    yield f"- name: {json.dumps(name, ensure_ascii=False)}"
    yield "  results:"
    yield "  - task:"
    yield f"      type: {_PIPELINES[report.task.name]}"
    yield "    dataset:"
    yield f"      name: {json.dumps(report.dataset.name, ensure_ascii=False)}"
    yield f"      type: {json.dumps(report.dataset.name, ensure_ascii=False)}"
    yield f"      config: {report.task.name}"
    yield "      split: test"
    yield "    metrics:"
    for metric, figure in known_figures:
        yield f"    - type: {'f1' if 'f1' in metric else metric}"
        yield f"      name: {_METRICS[metric]}"
        yield f"      value: {_value(figure)}"


def _text(report: TrainingReport, name: str) -> Iterator[str]:
    title = in_markdown(name)
    yield f"# {title}\n"
    sides = " and ".join({"ar": "Arabic", "en": "English"}[lang] for lang in report.langs)
    yield (
        f"This model {_WHAT[report.task.name]}, in {sides} on the AI market. It is {report_title(report)}, "
        "made by `hashiya train`.\n"
    )
    yield "```sh"
    yield "hashiya predict MODEL texts.jsonl   # lines with ar, en or both"
    yield "hashiya predict MODEL corpus        # suggestions into a corpus"
    yield "```\n"
    yield "## How good it is\n"
    yield (
        "On the split test, which no choice was made by, beside what needs no text at all. Intervals are 95% "
        "(bootstrap over documents). [The report](report.md) has everything.\n"
    )
    yield from summary_table([report.test, *report.apart, *report.baselines])
    yield "\n## Classes\n"
    pairs = zip(report.task.numbers, report.task.classes, strict=True)
    yield ", ".join(f"{number} {in_markdown(label)}" for number, label in pairs) + ".\n"
    yield "The numbers are those of the dataset's ledger; what each class means is in its guidelines.\n"
    yield "## Limits\n"
    yield (
        "- It learned from sentences of articles on the AI market, and says nothing of other texts.\n"
        "- The dataset's card says where its texts and labels are from. Where these are synthetic, so is "
        "what the model learned, and figures on synthetic texts say little of real ones.\n"
        "- Its probabilities are calibrated as the report says, and no better.\n"
        "- It is no advice on what to buy or sell."
    )
    yield from (f"- {in_markdown(note)}" for note in (*report.notes, *report.test.notes))


_HUB_LICENCES = frozenset(
    {"apache-2.0", "mit", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0"}
)


def _value(figure: Figure) -> str:
    return f"{figure.value or 0.0:.4f}"
