"""Whatever is done in whatever order: only messages, no faults, and undo and redo lead back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hashiya.corpus.journal.journal import Journal
from hashiya.schema.errors import HashiyaError
from hashiya.schema.records import LANGS, Annotation, Implication, Span, Stance
from hashiya.schema.validate import faults
from hashiya.tui.bidi.layout import layout
from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.session.editor import Editor
from hashiya.tui.session.queue import STATES, Filter
from hashiya.tui.session.session import Session
from tests.corpora import Rows
from tests.strategies import texts
from tests.tui.session.corpora import BOILERPLATE, new

SIDES = texts(min_size=1).filter(lambda text: "\x00" not in text)
ROWS = st.tuples(SIDES, SIDES) | st.tuples(SIDES, st.none()) | st.tuples(st.none(), SIDES)
FIRST: Rows = [
    ("ولإنفيديا 630 مليار دولار، وDeepseek لأنّ الـشـركـة", "Nvidia lost $630bn.\r\nDeepseek 👩‍💻"),
    (f"{BOILERPLATE} حقوق", "Rights"),
]
TYPES = ["company", "money", "technology", "animal"]


def stands(session: Session) -> dict[str, Annotation]:
    with Journal.open(session.journal.path, write=False) as journal:
        return {item.pair_id: item.annotations[0] for item in journal.standing(annotator="layla")}


def act(session: Session, editor: Editor, data: st.DataObject) -> None:
    draw = data.draw
    small = st.integers(-1, 14)
    lang = draw(st.sampled_from(LANGS))
    kind = st.sampled_from(TYPES)
    draft = session.draft if session.row is not None else None

    def select_and_mark() -> None:
        editor.select(lang, draw(small), draw(small))
        editor.mark(draw(kind))

    acts: dict[str, Callable[[], object]] = {
        "move": lambda: editor.move(
            draw(st.sampled_from([-1, 1])), rows=draw(st.booleans()), grow=draw(st.booleans())
        ),
        "editor edge": lambda: editor.edge(end=draw(st.booleans())),
        "side": editor.other_side,
        "unit": editor.toggle_unit,
        "select": lambda: editor.select(lang, draw(small), draw(small)),
        "span": lambda: editor.select_span(lang, Span(draw(small), draw(small))),
        "screen": lambda: editor.layouts.update(
            {lang: layout(session.pair.text(lang) or "", draw(st.integers(8, 30)), DIRECTIONS[lang])}
        ),
        "hints": editor.hints,
        "toggle_particle": editor.toggle_particle,
        "mark": lambda: editor.mark(draw(kind)),
        "select and mark": select_and_mark,
        "delete": editor.delete,
        "link": editor.link,
        "link to": lambda: editor.link_to(draw(st.sampled_from(editor.counterparts() or (editor.link(),)))),
        "unlink": editor.unlink,
        "concept": lambda: editor.set_concept(draw(st.sampled_from([None, "nvidia", "Not One"]))),
        "stance": lambda: editor.take_stance(
            Stance(
                target=draw(st.sampled_from(["chips", "moon"])),
                stance="bullish",
                holder="source",
                holder_entity=editor.entity.id if editor.entity else None,
            )
        ),
        "imply": lambda: editor.imply(
            Implication(
                target="chips",
                channel="cost",
                direction=draw(st.sampled_from(["positive", "mixed"])),
                certainty="hedged",
            )
        ),
        "drop": lambda: editor.drop_stance(draft.stances[0]) if draft and draft.stances else None,
        "flag": lambda: editor.flag("garbled", draw(st.none() | texts())),
        "drop flag": editor.drop_flag,
        "comment": lambda: editor.comment(draw(texts())),
        "step": lambda: session.step(draw(st.sampled_from([-1, 1]))),
        "go": lambda: session.go(draw(small)),
        "edge": lambda: session.edge(end=draw(st.booleans())),
        "next": session.next_unfinished,
        "finish": lambda: session.finish(draw(st.sampled_from(["done", "skipped", "unsure"]))),
        "choose": lambda: session.choose(Filter(draw(st.sampled_from(STATES)))),
        "undo": session.undo,
        "redo": session.redo,
        "renew": session.renew,
        "arrive": editor.arrive,
    }
    often = ["select and mark"] * 6 + ["link"] * 3 + ["toggle_particle"] * 2 + ["undo"] * 2
    acts[draw(st.sampled_from([*acts, *often]))]()


@settings(max_examples=60)
@given(st.lists(ROWS, max_size=2), st.data())
def test_nothing_but_messages_no_faults_and_a_way_back(
    rows: list[tuple[str, str]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        corpus = new(Path(folder) / "c", {"first": FIRST, "second": rows})
        pairs = {pair.pair_id: pair for pair in corpus.generation().pairs()}
        with Session.open(corpus, "layla") as session:
            editor = Editor(session)
            for _ in range(data.draw(st.integers(1, 20))):
                with suppress(HashiyaError):
                    act(session, editor, data)
                for pair_id, annotation in stands(session).items():
                    assert faults(annotation, pairs[pair_id], session.scheme) == []
                if session.row is not None:
                    assert session.annotation == stands(session).get(session.pair.pair_id)
                    assert editor.cursor.span.end <= len(session.pair.text(editor.lang) or "")
            while session.redo():
                pass
            seen = [stands(session)]
            while session.undo():
                seen.append(stands(session))
            assert seen[-1] == {}
            for before in reversed(seen[:-1]):
                assert session.redo()
                assert stands(session) == before
            assert not session.redo()
