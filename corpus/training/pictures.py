"""The pictures of a report, as SVG that needs nothing beside itself. Pure.

On GitHub and the hub they stand on light and dark pages: each has a ground of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from hashiya.corpus.training.evaluation.evaluation import Evaluation, MistakenClass
from hashiya.corpus.training.evaluation.ranking import Reliability
from hashiya.corpus.training.report import CurvePoint, TrainingReport

_INK, _RULE, _BLUE, _ORANGE = "#1b1b1b", "#dddddd", "#0072B2", "#D55E00"
_ROW = 24
_SIDE = 320
_MOST_ROWS = 40
_MOST_CELLS = 14


def pictures(report: TrainingReport) -> dict[str, str]:
    """Return the pictures by the names of their files; what has nothing to show has no picture."""
    made = {
        "classes.svg": _classes(report.test),
        "reliability.svg": _reliability(report.test.calibration),
        "confusion.svg": _confusion(report.test.mistakes),
        "learning-curve.svg": _curve(report.curve, report.main_figure),
    }
    return {name: picture for name, picture in made.items() if picture is not None}


def _classes(evaluation: Evaluation) -> str | None:
    """The F1 of each class with its interval, the most frequent classes first."""
    shown = [item for item in evaluation.classes if item.f1.value is not None]
    shown = sorted(shown, key=lambda item: -item.examples)[:_MOST_ROWS]
    if not shown:
        return None
    left, width = 220, 380

    def x(value: float) -> float:
        return left + value * width

    height = (len(shown) + 2) * _ROW
    shapes = list(_scale(x, _ROW, height - _ROW))
    for number, item in enumerate(shown):
        y = (number + 1.5) * _ROW
        shapes.append(_label(left - 10, y + 4, f"{item.name} ({item.examples})", "end"))
        if item.f1.low is not None and item.f1.high is not None:
            shapes.append(_line(x(item.f1.low), y, x(item.f1.high), y, ink=_BLUE, width=2))
        shapes.append(_dot(x(item.f1.value or 0.0), y))
        shapes.append(_label(left + width + 14, y + 4, f"{item.f1.value or 0.0:.2f}"))
    return _svg(left + width + 60, height, "F1 of each class with its 95% interval", shapes)


def _reliability(found: Reliability) -> str | None:
    """How probable predictions were said to be, and how many are right; fuller bins have larger dots."""
    shown = [item for item in found.bins if item.count]
    if not shown or found.error.value is None:
        return None
    left, top = 60, 20

    def x(value: float) -> float:
        return left + value * _SIDE

    def y(value: float) -> float:
        return top + (1 - value) * _SIDE

    shapes = list(_scale(x, top, top + _SIDE))
    for at in (0, 0.2, 0.4, 0.6, 0.8, 1):
        shapes.append(_line(left, y(at), left + _SIDE, y(at)))
        shapes.append(_label(left - 8, y(at) + 4, f"{at:g}", "end"))
    shapes.append(_line(x(0), y(0), x(1), y(1), ink=_INK, dashed=True))
    most = max(item.count for item in shown)
    for item in shown:
        size = 3 + 9 * (item.count / most) ** 0.5
        title = f"{item.count} {found.of}, said {item.confidence or 0:.2f}, right {item.right or 0:.2f}"
        shapes.append(_dot(x(item.confidence or 0.0), y(item.right or 0.0), size, title))
    shapes.append(_label(left + _SIDE / 2, top + _SIDE + 42, "probability that was said", "middle"))
    return _svg(left + _SIDE + 30, top + _SIDE + 56, "Reliability: what was said and what is right", shapes)


def _confusion(mistakes: Sequence[MistakenClass]) -> str | None:
    """A square for each two classes, darker the more often one was predicted where the other is true."""
    if not any(item.truth != item.predicted for item in mistakes):
        return None
    names = list(dict.fromkeys(name for item in mistakes for name in (item.truth, item.predicted)))
    names = names[:_MOST_CELLS]
    counts = {(item.truth, item.predicted): item.count for item in mistakes}
    # Those that are right are many: the shade is of what is wrong.
    most = max(item.count for item in mistakes if item.truth != item.predicted)
    left, top, cell = 200, 40, 44
    shapes = [_label(left + len(names) * cell / 2, 20, "predicted", "middle")]
    for row, truth in enumerate(names):
        y = top + row * cell
        shapes.append(_label(left - 8, y + 27, truth, "end"))
        below = top + len(names) * cell + 14
        shapes.append(
            f'<text transform="translate({left + row * cell + 26} {below}) rotate(-40)" '
            f'text-anchor="end">{escape(truth)}</text>'
        )
        for column, said in enumerate(names):
            count = counts.get((truth, said), 0)
            share = min(1.0, count / most) if truth != said else 0.0
            fill = "#" + "".join(f"{round(255 - share * (255 - part)):02x}" for part in (213, 94, 0))
            x = left + column * cell
            shapes.append(
                f'<rect x="{x}" y="{y}" width="{cell - 2}" height="{cell - 2}" fill="{fill}" '
                f'stroke="{_INK if truth == said else _RULE}"/>'
                + _label(x + cell / 2 - 1, y + 27, str(count or ""), "middle")
            )
    size = len(names) * cell
    return _svg(left + size + 20, top + size + 130, "True classes in rows, predicted ones in columns", shapes)


def _curve(points: Sequence[CurvePoint], main: str) -> str | None:
    """The main figure by the number of documents that were learned from."""
    known = [
        (point.documents, value) for point in points if (value := getattr(point, main).value) is not None
    ]
    if len(known) < 2:
        return None
    left, top, most = 60, 20, max(documents for documents, _ in known)

    def x(documents: float) -> float:
        return left + documents / most * _SIDE

    def y(value: float) -> float:
        return top + (1 - value) * _SIDE * 0.7

    shapes: list[str] = []
    for at in (0, 0.2, 0.4, 0.6, 0.8, 1):
        shapes.append(_line(left, y(at), left + _SIDE, y(at)))
        shapes.append(_label(left - 8, y(at) + 4, f"{at:g}", "end"))
    path = " ".join(f"{x(documents):.1f},{y(value):.1f}" for documents, value in known)
    shapes.append(f'<polyline points="{path}" fill="none" stroke="{_BLUE}" stroke-width="2"/>')
    for documents, value in known:
        shapes.append(_dot(x(documents), y(value), 4.5, f"{documents} documents: {value:.3f}"))
        shapes.append(_label(x(documents), y(0) + 18, str(documents), "middle"))
    shapes.append(_label(left + _SIDE / 2, y(0) + 40, "documents learned from", "middle"))
    return _svg(left + _SIDE + 30, y(0) + 52, f"Learning curve: {main.replace('_', ' ')}", shapes)


def _scale(x: object, top: float, bottom: float) -> Iterator[str]:
    for at in (0, 0.2, 0.4, 0.6, 0.8, 1):
        place = x(at)  # type: ignore[operator]
        yield _line(place, top, place, bottom)
        yield _label(place, bottom + 18, f"{at:g}", "middle")


def _line(
    x1: float, y1: float, x2: float, y2: float, *, ink: str = _RULE, width: float = 1, dashed: bool = False
) -> str:
    dash = ' stroke-dasharray="4 4"' if dashed else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{ink}" '
        f'stroke-width="{width:g}"{dash}/>'
    )


def _dot(x: float, y: float, size: float = 4.5, title: str = "") -> str:
    inside = f"<title>{escape(title)}</title>" if title else ""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{_ORANGE}">{inside}</circle>'


def _label(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(width: float, height: float, label: str, shapes: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label)}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{_INK}">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(shapes)}</svg>\n'
    )
