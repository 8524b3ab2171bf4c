"""The picture of `hashiya team` in the docs: made-up people label the seed article, each in their own way.

Their labels are the gold ones, some of them left out; how many, when and how fast follows a seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hashiya.corpus.journal.streams.assignments import record_assignment
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.presence import Labelling
from hashiya.corpus.team.team_watch import TeamWatch
from hashiya.schema.payloads import Assignment, Workload
from hashiya.schema.records import Annotation
from hashiya.tui.screens.picture import picture
from hashiya.tui.screens.team.app import TeamApp
from hashiya.tui.screens.team.screen import TeamScreen
from hashiya.tui.settings.settings import Settings
from hashiya.tui.widgets.bar import Bar

_SIZE = (112, 12)
_ENVIRON = {"TERM": "xterm", "XTERM_VERSION": "XTerm"}
_TODAY = date(2026, 3, 12)
_TEAM = """
[[person]]
name = "layla"
[[person]]
name = "سارة"
roles = ["annotator", "adjudicator"]
[[person]]
name = "yusuf"
[[person]]
name = "omar"
left = 2026-03-09
"""
_WORK = {"layla": (0, 29, 0.05), "سارة": (6, 24, 0.1), "yusuf": (0, 17, 0.25), "omar": (12, 20, 0.4)}
_KNOWN = 8
"""The first pairs, whose gold labels the people are compared with."""
"""Of which pairs each does labels, and the share of stances and names that are left out."""


async def draw_team(corpus: Corpus, labels: Iterable[Annotation]) -> str:
    """Return the picture of a corpus without labels, in which people label by the gold `labels`."""
    (corpus.folder / "team.toml").write_text(_TEAM, encoding="utf-8")
    with corpus.journal() as journal:
        rows = {pair_id: row for row, pair_id in enumerate(corpus.generation().pair_ids())}
        gold = sorted(labels, key=lambda item: rows[item.pair_id])
        journal.record(replace(item, annotator="known") for item in gold[:_KNOWN])
        documents = tuple(dict.fromkeys(item.place.doc_id for item in gold))
        workloads = tuple(
            Workload(annotator=name, documents=documents) for name in ("layla", "سارة", "yusuf")
        )
        record_assignment(journal, "work", "boss", Assignment(workloads=workloads, gold=documents[:1]))
        for number, name in enumerate(_WORK):
            journal.record(_labelled(gold, name, random.Random(number)))
    return await _drawn(corpus)


def _labelled(gold: list[Annotation], name: str, rng: random.Random) -> Iterator[Annotation]:
    start, end, slips = _WORK[name]
    begin = datetime(2026, 3, 1, 9, tzinfo=UTC)
    for number, item in enumerate(gold[start:end]):
        entities = tuple(entity for entity in item.entities if rng.random() >= slips)
        ids = {entity.id for entity in entities}
        yield replace(
            item,
            annotator=name,
            origin="human",
            entities=entities,
            stances=tuple(
                stance
                for stance in item.stances
                if rng.random() >= slips and stance.holder_entity in {None, *ids}
            ),
            links=tuple(link for link in item.links if {link.ar, link.en} <= ids),
            seconds=rng.uniform(20, 90),
            created_at=(begin + timedelta(days=int(rng.triangular(0, 11.9, 8)), minutes=number)).isoformat(),
        )


async def _drawn(corpus: Corpus) -> str:
    there = Labelling(annotator="سارة", host="desk", pid=1, since="2026-03-12T09:00:00+00:00")
    watch = TeamWatch(corpus, lambda: [there], lambda: _TODAY)
    app = TeamApp(watch, Settings(terminals={"xterm": "auto"}), ui="en", environ=_ENVIRON)
    async with app.run_test(size=_SIZE) as pilot:
        while not (isinstance(app.screen, TeamScreen) and app.screen.report):
            await pilot.pause()
        app.screen.query_one("#state", Bar).show([])  # it says what time it is
        await pilot.pause()
        return picture(app, title="hashiya team")
