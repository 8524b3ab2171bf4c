"""Fits the aligner's second pass to known alignments: `python -m bench.fit DATA` writes the weights.

The likelihood of the right alignment among all that a document's candidates make is maximised (a conditional
random field, Lafferty et al. 2001). Sentence-aligned texts become documents by merging and leaving out
sentences at random, from a fixed seed; sets with a gold alignment of their own are taken as they are.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from bench.calibration import Judged, equal_mass, expected_calibration_error
from hashiya.corpus.alignment.align import consider
from hashiya.corpus.alignment.calibration import Floats
from hashiya.corpus.alignment.candidates import Candidates
from hashiya.corpus.alignment.features import FEATURES, PIECE
from hashiya.corpus.alignment.forward_backward import TRANSITIONS, Chain
from hashiya.corpus.alignment.precision_recall import BeadIndices, Score
from hashiya.corpus.alignment.settings import DEFAULTS
from hashiya.corpus.alignment.weights import BEAD_KINDS, FILE, Weights
from hashiya.corpus.encoders.use.encoder import default_encoder

Gold = list[BeadIndices]
Texts = list[tuple[str, str]]
Border = tuple[int, int]
Simulated = tuple[list[str], list[str], Gold]

LEVELS = {"easy": (0.07, 0.008, 0.08, 0), "hard": (0.2, 0.05, 0.2, 2)}
"""Chances of merging two sentences, three, of leaving one out; and passages left out."""
REPEATS, SEED, DOCUMENT, SHORT = 2, 7, 68, 62
RIDGE, FOLDS, FRAGMENT = 0.1, 3, 40


@dataclass(frozen=True, slots=True)
class Case:
    """A document, or a part of one between two right borders, with its right path among the candidates."""

    chain: Chain
    candidates: Candidates
    table: Floats
    right: list[int]
    steps: Floats
    group: int
    name: str

    @property
    def wanted(self) -> Floats:
        """The sum of the features on the right path."""
        wanted: Floats = self.table[self.right].sum(axis=0)
        return wanted


@dataclass(frozen=True, slots=True)
class Held:
    """What the aligner would choose in a case: places among the candidates, and their probabilities."""

    case: Case
    path: list[int]
    found: Floats

    @property
    def candidates(self) -> Candidates:
        """What was chosen."""
        return self.case.candidates.chosen(np.array(self.path))

    @property
    def right(self) -> Floats:
        """1 for each choice that is right, 0 for others."""
        return np.isin(self.path, self.case.right).astype(np.float64)


def main() -> None:
    """Fit on the sets of a folder and write the weights beside the aligner; print figures by set."""
    data = Path(sys.argv[1])
    cases: list[Case] = []
    wanted: Counter[str] = Counter()
    for name, ar, en, gold, group in documents(data):
        cases += prepare(name, ar, en, gold, group)
        wanted[name] += sum(1 for bead in gold if all(bead))
    print(f"{len(cases)} documents and parts, {sum(len(case.right) for case in cases):,} beads", flush=True)
    held: list[Held] = []
    for fold in range(FOLDS):
        weights = fit([case for case in cases if case.group % FOLDS != fold])
        held += [judged(case, weights) for case in cases if case.group % FOLDS == fold]
    calibration = calibrate(held)
    weights = replace(fit(cases), calibration=calibration)
    for line in figures(held, weights, wanted):
        print(line)
    target = Path(__file__).parents[1] / "corpus" / "alignment" / FILE
    target.write_text(written(weights), encoding="utf-8")
    print(f"{target} written")


def documents(data: Path) -> Iterator[tuple[str, list[str], list[str], Gold, int]]:
    """Yield the set's name, sentences of both sides, gold and the number that decides the fold."""
    chance = random.Random(SEED)
    texts: list[Texts] = []
    for path in sorted((data / "align").glob("*.json")):
        for number, found in enumerate(json.loads(path.read_text(encoding="utf-8"))):
            gold = [(tuple(ar), tuple(en)) for ar, en in found["gold"]]
            yield path.stem, found["ar"], found["en"], gold, number
            if all(len(ar) == len(en) == 1 for ar, en in gold):
                texts.append(list(zip(found["ar"], found["en"], strict=True)))
    for path in sorted((data / "align").glob("*.tsv")):
        rows = [line.split("\t")[-2:] for line in path.read_text(encoding="utf-8").splitlines()]
        pairs = [(ar, en) for ar, en in rows]
        texts += [pairs[at : at + DOCUMENT] for at in range(0, len(pairs), DOCUMENT)]
    short = [pair for text in texts for pair in text if len(pair[1]) < SHORT]
    for _ in range(REPEATS):
        for name, level in LEVELS.items():
            for number, text in enumerate(texts):
                yield f"simulated {name}", *simulated(text, level, chance), number
        chance.shuffle(short)
        for number in range(0, len(short) - SHORT, SHORT):
            made = simulated(short[number : number + SHORT], LEVELS["hard"], chance)
            yield "simulated short", *made, number // SHORT


def simulated(text: Texts, level: tuple[float, float, float, int], chance: random.Random) -> Simulated:
    """Return a document of neighbouring sentences, some merged on one side and some left out on one."""
    two, three, leave, passages = level
    left_out: dict[int, int] = {}
    for _ in range(passages):
        length, side = chance.randint(3, 8), chance.randrange(2)
        start = chance.randrange(max(1, len(text) - length))
        left_out |= {at: side for at in range(start, min(start + length, len(text))) if at not in left_out}
    for at in range(len(text)):
        if at not in left_out and chance.random() < leave:
            left_out[at] = chance.randrange(2)
    sides: tuple[list[str], list[str]] = ([], [])
    gold: Gold = []
    at = 0
    while at < len(text):
        drawn = chance.random()
        count = 3 if drawn < three else 2 if drawn < three + two else 1
        while count > 1 and (at + count > len(text) or any(at + k in left_out for k in range(count))):
            count -= 1
        chosen = text[at : at + count]
        if at in left_out:
            kept = 1 - left_out[at]
            numbers = (len(sides[kept]),)
            sides[kept].append(text[at][kept])
            gold.append(((), numbers) if kept else (numbers, ()))
        else:
            merged = chance.randrange(2) if count > 1 else 0
            found: list[tuple[int, ...]] = [(), ()]
            for side in (0, 1):
                parts = [pair[side] for pair in chosen]
                parts = [" ".join(parts)] if side == merged else parts
                found[side] = tuple(range(len(sides[side]), len(sides[side]) + len(parts)))
                sides[side].extend(parts)
            gold.append((found[0], found[1]))
        at += count
    return sides[0], sides[1], gold


def prepare(name: str, ar: Sequence[str], en: Sequence[str], gold: Gold, group: int) -> Iterator[Case]:
    """Yield a document as cases: whole, or in parts where a right bead is no candidate.

    What is long is cut anyway, so that parts of one document can be in different folds.
    """
    encoder = default_encoder()
    encoded = [encoder.encode(side, DEFAULTS.window, (PIECE,)) for side in (ar, en)]
    candidates, table = consider(ar, en, encoded[0], encoded[1])
    places = {border: at for at, border in enumerate(candidates.borders())}
    part: list[int] = []
    start = after = (0, 0)
    long = len(gold) > 4 * DOCUMENT
    for before, after, neighbours in steps(gold):
        taken = (after[0] - before[0], after[1] - before[1])
        place = places.get((*after, *taken)) if neighbours else None
        if place is not None:
            part.append(place)
        if place is None or (long and len(part) >= FRAGMENT and all(taken)):
            if part:
                stop = before if place is None else after
                yield _case(candidates, table, part, (start, stop), (group, name))
            part, group, start = [], group + 1, after
    if part:
        yield _case(candidates, table, part, (start, after), (group, name))


def steps(gold: Gold) -> Iterator[tuple[Border, Border, bool]]:
    """Yield the borders before and after each right bead or omission, omissions between beads Arabic first.

    The third tells whether the bead is of neighbouring sentences and begins where the last one ended; else
    no alignment of ours has it.
    """
    row = column = 0
    waiting: tuple[list[int], list[int]] = ([], [])
    for ar, en in [*gold, ((), ())]:
        if bool(ar) != bool(en):
            waiting[0].extend(ar)
            waiting[1].extend(en)
            continue
        for _ in waiting[0]:
            yield (row, column), (row + 1, column), True
            row += 1
        for _ in waiting[1]:
            yield (row, column), (row, column + 1), True
            column += 1
        waiting = ([], [])
        if ar and en:
            after = ar[-1] + 1, en[-1] + 1
            yield (
                (row, column),
                after,
                after
                == (row + len(ar), column + len(en))
                == (
                    ar[0] + len(ar),
                    en[0] + len(en),
                ),
            )
            row, column = after


def _case(
    candidates: Candidates,
    table: Floats,
    path: Sequence[int],
    borders: tuple[Border, Border],
    origin: tuple[int, str],
) -> Case:
    start, stop = borders
    rows, columns, ar, en = candidates.rows, candidates.columns, candidates.ar, candidates.en
    inside = (rows - ar >= start[0]) & (columns - en >= start[1]) & (rows <= stop[0]) & (columns <= stop[1])
    kept = np.flatnonzero(inside)
    chosen = candidates.chosen(kept)
    part = replace(chosen, rows=chosen.rows - start[0], columns=chosen.columns - start[1])
    right = np.searchsorted(kept, path).tolist()
    counts, before = np.zeros(len(TRANSITIONS)), 0
    for at in right:
        state = 0 if part.ar[at] and part.en[at] else 1 if part.ar[at] else 2
        if state == 1:
            counts[1 if before == 1 else 0] += 1
        elif state == 2:
            counts[2 + before] += 1
        before = state
    chain = Chain(part, stop[0] - start[0], stop[1] - start[1])
    return Case(chain, part, table[kept], right, counts, *origin)


def fit(cases: Sequence[Case]) -> Weights:
    """Return the weights of the greatest likelihood, with a ridge penalty; scores are left as they are."""
    count = len(FEATURES)
    wanted = [case.wanted for case in cases]

    def loss(point: Floats) -> tuple[float, Floats]:
        value, slope = RIDGE * float(point @ point), 2 * RIDGE * point
        for case, sums in zip(cases, wanted, strict=True):
            found = case.chain.marginals(case.table @ point[:count], point[count:])
            value += found.log_total - float(sums @ point[:count] + case.steps @ point[count:])
            slope[:count] += case.table.T @ found.candidates - sums
            slope[count:] += found.transitions - case.steps
        return value, slope

    best = minimize(
        loss, np.zeros(count + len(TRANSITIONS)), jac=True, method="L-BFGS-B", options={"maxiter": 70}
    ).x
    return Weights(best[:count], best[count:], np.tile([1.0, 0.0], (len(BEAD_KINDS), 1)))


def judged(case: Case, weights: Weights) -> Held:
    """Return what the aligner would choose with these weights."""
    found = case.chain.marginals(case.table @ weights.features, weights.transitions).candidates
    path = case.chain.best(np.where(case.candidates.paired, found, found / 2))
    return Held(case, path, found[path])


def calibrate(held: Sequence[Held]) -> Floats:
    """Slope and offset of each kind by logistic regression on what is right."""
    kinds: list[Floats] = []
    odds: list[Floats] = []
    for each in held:
        bounded = np.clip(each.found, 1e-6, 1 - 1e-6)
        odds.append(np.log(bounded / (1 - bounded)))
        chosen = each.candidates
        kinds.append(np.where(chosen.paired, (chosen.ar + chosen.en > 2).astype(np.float64), 2.0))
    kind, x, y = (np.concatenate(column) for column in (kinds, odds, [each.right for each in held]))
    return np.array([_slope(x[kind == k], y[kind == k]) for k in range(len(BEAD_KINDS))])


def _slope(odds: Floats, right: Floats) -> Floats:
    """Slope and offset that fit log-odds to what is right, drawn a little towards (1, 0)."""

    def loss(point: Floats) -> float:
        z = point[0] * odds + point[1]
        return float(np.logaddexp(0, z).sum() - z @ right + (point[0] - 1) ** 2 + point[1] ** 2)

    best: Floats = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return best


def figures(held: Sequence[Held], weights: Weights, gold: Mapping[str, int]) -> Iterator[str]:
    """Yield a line a set: F1 of beads with two sides and of sentences left alone, and calibration error.

    `gold` is how many beads with two sides each set wants, also those that are no candidates.
    """
    yield f"{'held out':28} {'beads':>7} {'F1':>6} {'alone':>7} {'F1':>6} {'ECE':>6}"
    for name, wanted in gold.items():
        beads, alone = Score(0, 0, wanted), Score(0, 0, 0)
        scored: list[Judged] = []
        for each in (each for each in held if each.case.name == name):
            chosen, right = each.candidates, each.right > 0
            paired = chosen.paired
            beads += Score(int((right & paired).sum()), int(paired.sum()), 0)
            found, omitted = (
                _omitted(chosen),
                _omitted(each.case.candidates.chosen(np.array(each.case.right))),
            )
            alone += Score(len(found & omitted), len(found), len(omitted))
            scores = weights.calibrated(each.found, chosen)
            pairs = zip(scores[paired].tolist(), right[paired].tolist(), strict=True)
            scored += [Judged(score, is_right, both_sides=True) for score, is_right in pairs]
        error = expected_calibration_error(equal_mass(scored))
        yield f"{name:28} {wanted:7,} {beads.f1:6.3f} {alone.wanted:7,} {alone.f1:6.3f} {error:6.3f}"


def _omitted(candidates: Candidates) -> set[tuple[str, int]]:
    return {
        ("ar", row) if x else ("en", column) for row, column, x, y in candidates.borders() if not x or not y
    }


def written(weights: Weights) -> str:
    """Return the weights as the file that ships."""
    told = "written by `python -m bench.fit DATA`. docs/alignment.md says what each stands for."
    lines = [f"# Log-odds; {told}", ""]
    for title, names, values in (
        ("features", FEATURES, weights.features),
        ("transitions", TRANSITIONS, weights.transitions),
    ):
        lines += [f"[{title}]", *(f'"{n}" = {v:.3f}' for n, v in zip(names, values, strict=True)), ""]
    pairs = zip(BEAD_KINDS, weights.calibration, strict=True)
    lines += ["[calibration]", *(f"{kind} = [{slope:.3f}, {offset:.3f}]" for kind, (slope, offset) in pairs)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
