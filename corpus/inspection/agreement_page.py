"""The agreement of annotators as one page of HTML: plots as SVG, tables, the guidelines' rules. Pure.

The page needs nothing beside itself. Whatever comes from outside stands in it as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from hashiya.corpus.inspection.agreement import COEFFICIENT_TITLES, AgreementReport, figure_title
from hashiya.corpus.team.agreement.disagreements import Confusion, Contested
from hashiya.corpus.team.agreement.figures import AgreementFigure

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1b1b; background: #fff; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .2rem .7rem; border-bottom: 1px solid #ddd; text-align: start; vertical-align: top; }
td.n { text-align: end; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
svg { max-width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: #1b1b1b; }
pre { white-space: pre-wrap; font: inherit; }
"""
_ROW = 22
_CELL = 56
_LEFT = 330
_WIDTH = 420
_DARK = (0, 114, 178)


def agreement_page(report: AgreementReport) -> str:
    """Return the page."""
    title = f"Agreement: {report.name}"
    scheme = f"{report.scheme.name} {report.scheme.version}"
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_text(title)}</h1>",
        f"<p>Scheme {_text(scheme)}. {report.shared} of {report.pairs} pairs are done by two or more.</p>",
        f"<p>Intervals: 95%, by bootstrap over documents ({report.documents}), seed {report.seed}.</p>",
        *_table(["annotator", "pairs done"], [[who, n] for who, n in report.finished.items()]),
        *_figures(report),
        *_couples(report),
        *_disagreements(report),
        *_posteriors(report),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _figures(report: AgreementReport) -> Iterator[str]:
    """The figures of all annotators together, or of the first two: broad ones as a plot, all as a table."""
    if not report.figures:
        yield "<p>Agreement needs two annotators who have done pairs, or one and a gold key.</p>"
        return
    group = report.figures[0].annotators
    everybody = [figure for figure in report.figures if figure.annotators == group]
    broad = [
        item for item in everybody if item.channel is None and item.label is None and item.value is not None
    ]
    if broad:
        yield f"<h2>{_text(', '.join(group))}</h2>"
        yield _plot(broad)
    yield "<details><summary>Every figure</summary>"
    yield from _figure_table(everybody)
    yield "</details>"


def _figure_table(figures: Sequence[AgreementFigure]) -> Iterator[str]:
    yield from _table(
        ["", "coefficient", "value", "95% interval", "compared", "differ", "pairs", "documents"],
        [
            [
                figure_title(item),
                COEFFICIENT_TITLES[item.coefficient],
                item.undefined or "" if item.value is None else f"{item.value:.4f}",
                f"{item.low:.4f} to {item.high:.4f}"
                if item.low is not None and item.high is not None
                else item.interval_undefined or "",
                f"{item.items} {item.unit}",
                item.differing,
                item.pairs,
                item.documents,
            ]
            for item in figures
        ],
    )


def _plot(figures: Sequence[AgreementFigure]) -> str:
    """A dot a figure with its interval, on one scale from the lowest value, or 0, to 1."""
    lowest = min([0.0, *(end for item in figures for end in (item.value, item.low) if end is not None)])

    def x(value: float) -> float:
        return _LEFT + (value - lowest) / (1 - lowest) * _WIDTH

    height = (len(figures) + 2) * _ROW
    width = _LEFT + _WIDTH + 60
    shapes = [
        f'<line x1="{x(at):.1f}" x2="{x(at):.1f}" y1="{_ROW}" y2="{height - _ROW}" stroke="#ddd"/>'
        f'<text x="{x(at):.1f}" y="{height - 6}" text-anchor="middle">{at:g}</text>'
        for at in (0, 0.2, 0.4, 0.6, 0.8, 1)
    ]
    for row, item in enumerate(figures):
        y = (row + 1.5) * _ROW
        name = f"{figure_title(item)} ({COEFFICIENT_TITLES[item.coefficient]})"
        shapes.append(
            f'<text x="{_LEFT - 12}" y="{y + 4}" text-anchor="end">{escape(_shortened(name, 52))}</text>'
        )
        if item.low is not None and item.high is not None:
            shapes.append(
                f'<line x1="{x(item.low):.1f}" x2="{x(item.high):.1f}" y1="{y}" y2="{y}" '
                'stroke="#0072B2" stroke-width="2"/>'
            )
        value = item.value or 0.0
        shapes.append(f'<circle cx="{x(value):.1f}" cy="{y}" r="4.5" fill="#D55E00"/>')
        shapes.append(f'<text x="{width - 48}" y="{y + 4}">{value:.2f}</text>')
    return _svg(width, height, "Coefficients with their intervals", shapes)


def _couples(report: AgreementReport) -> Iterator[str]:
    """The broadest figures of each two, a row a couple."""
    rows: dict[tuple[str, ...], dict[str, AgreementFigure]] = {}
    for item in report.figures:
        if not (item.target or item.label or item.lang or item.channel):
            name = f"{figure_title(item)} ({COEFFICIENT_TITLES[item.coefficient]})"
            rows.setdefault(item.annotators, {})[name] = item
    if len(rows) < 2:
        return
    names = list(next(iter(rows.values())))
    yield '<h2>Each two</h2><div class="wide">'
    yield from _table(
        ["", *names],
        [
            [
                " · ".join(who),
                *("" if (value := found[name].value) is None else f"{value:.2f}" for name in names),
            ]
            for who, found in rows.items()
            if len(who) == 2
        ],
    )
    yield "</div>"


def _disagreements(report: AgreementReport) -> Iterator[str]:
    found = report.disagreements
    if not any(item.one != item.other for item in found.confusions):
        return
    yield "<h2>What they disagree about</h2>"
    for layer in dict.fromkeys(item.layer for item in found.confusions):
        some = [item for item in found.confusions if item.layer == layer]
        if not any(item.one != item.other for item in some):
            continue
        yield f"<h3>{_text(layer.capitalize())}</h3>"
        yield _heat_map(some)
        for item in some:
            if item.one != item.other:
                yield f"<details><summary>{_text(item.one)} / {_text(item.other)}: {item.count}</summary>"
                yield from (f'<pre dir="auto">{escape(rule.text)}</pre>' for rule in item.rules)
                yield "</details>"
    for heading, contested in (
        ("By label", found.labels),
        ("By target", found.targets),
        ("By document", found.documents),
    ):
        if contested:
            yield f"<h3>{heading}</h3>"
            yield from _contested(contested)
    yield "<h3>The pairs with the most</h3>"
    yield from _table(
        ["pair", "document", "differ", "compared", "in"],
        [
            [
                pair.pair_id,
                pair.doc_id,
                pair.differing,
                pair.compared,
                ", ".join(f"{layer} {count}" for layer, count in pair.layers.items()),
            ]
            for pair in found.pairs
        ],
    )


def _posteriors(report: AgreementReport) -> Iterator[str]:
    """The abilities of the annotators, and the cells that are least sure, pair by pair."""
    found = report.posteriors
    if not found.abilities:
        return
    yield "<h2>Abilities, and what is hard</h2>"
    yield "<p>By Dawid and Skene's model: what is probably true follows from the votes alone.</p>"
    yield from _table(
        ["annotator", "layer", "ability", "95% interval", "of what is there", "votes"],
        [
            [
                item.annotator,
                item.layer,
                f"{item.ability:.3f}",
                f"{item.low:.3f} to {item.high:.3f}"
                if item.low is not None and item.high is not None
                else "",
                "" if item.found is None else f"{item.found:.3f}",
                item.votes,
            ]
            for item in found.abilities
        ],
    )
    yield from _table(
        ["pair", "document", "cells", "errors to expect"],
        [[pair.pair_id, pair.doc_id, pair.cells, f"{pair.expected_errors:.2f}"] for pair in found.hardest],
    )


def _contested(items: Iterable[Contested]) -> Iterator[str]:
    yield from _table(
        ["layer", "", "differ", "compared", "share"],
        [
            [item.layer, item.what, item.differing, item.compared, f"{item.differing / item.compared:.0%}"]
            for item in items
        ],
    )


def _heat_map(items: Sequence[Confusion]) -> str:
    """A square for each two values, darker the more often they stand beside each other; not nothing twice."""
    counts = {(item.one, item.other): item.count for item in items if {item.one, item.other} != {"nothing"}}
    values = list(dict.fromkeys(value for both in counts for value in both))
    most = max(counts.values())
    left, top = 220, 20
    shapes: list[str] = []
    for row, one in enumerate(values):
        y = top + row * _CELL
        shapes.append(
            f'<text x="{left - 8}" y="{y + 32}" text-anchor="end">{escape(_shortened(one, 32))}</text>'
        )
        shapes.append(
            f'<text x="{left + row * _CELL + 28}" y="{top + len(values) * _CELL + 16}" '
            f'text-anchor="middle">{escape(_shortened(one, 9))}<title>{escape(one)}</title></text>'
        )
        for column, other in enumerate(values):
            count = counts.get((one, other), 0) + (counts.get((other, one), 0) if one != other else 0)
            share = count / most
            fill = "#" + "".join(f"{round(255 - share * (255 - part)):02x}" for part in _DARK)
            ink = "#fff" if share > 0.5 else "#1b1b1b"
            x = left + column * _CELL
            shapes.append(
                f'<rect x="{x}" y="{y}" width="{_CELL - 2}" height="{_CELL - 2}" fill="{fill}" '
                f'stroke="#ddd"/><text x="{x + 27}" y="{y + 32}" text-anchor="middle" '
                f'style="fill:{ink}">{count or ""}</text>'
            )
    size = len(values) * _CELL
    return _svg(left + size + 10, top + size + 28, "How often one value stands beside another", shapes)


def _svg(width: float, height: float, label: str, shapes: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label)}">{"".join(shapes)}</svg>'
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    yield "<table><thead><tr>" + "".join(f"<th>{_text(name)}</th>" for name in head) + "</tr></thead><tbody>"
    for row in rows:
        cells = (
            f'<td class="n">{value}</td>' if isinstance(value, int) else f"<td>{_text(value)}</td>"
            for value in row
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table>"


def _text(text: str) -> str:
    """A text, in its own direction whatever stands around it."""
    return f"<bdi>{escape(text)}</bdi>"


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
