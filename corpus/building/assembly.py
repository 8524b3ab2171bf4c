"""Chunks -> the shards of a generation: those that are there already, and those that are made of parts.

Two passes and the memory of one shard, besides what surveys need: the first gathers that of all documents,
the second writes each shard as it was decided, unless there is one that is so.
"""

from __future__ import annotations

import secrets
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import ne
from typing import Any

import pyarrow as pa

from hashiya.corpus.building.build_report import RunningReport, ShardAccount
from hashiya.corpus.building.chunks import Chunk, ChunkPlace
from hashiya.corpus.building.known_files import KnownFiles
from hashiya.corpus.building.part_files import PartFolder, PartSummary
from hashiya.corpus.building.part_tables import LINES, WHERE, Part, joined
from hashiya.corpus.building.places import told_place
from hashiya.corpus.building.plan import PORTION, Portion, portions_of
from hashiya.corpus.building.run_plan import ReadyChunks
from hashiya.corpus.building.shard_state import (
    STATE,
    Kept,
    KnownShard,
    base_of,
    encoded_state,
    outcome_of,
    surveyed,
)
from hashiya.corpus.building.surveys import Findings, survey
from hashiya.corpus.duplicates.repeated_lines import Hashes, kind_of
from hashiya.corpus.sources.read import same_id
from hashiya.corpus.store.shard import DOCUMENTS, PAIRS
from hashiya.corpus.store.writer import GenerationWriter
from hashiya.schema.errors import ReportProblem


@dataclass(frozen=True, slots=True)
class PlannedShard:
    """A shard to be: its chunks, and where each is to be had, by number, or the one that is made of all."""

    chunks: tuple[Chunk, ...]
    known: KnownShard | None
    origins: tuple[tuple[KnownShard | Portion, int], ...] = ()


@dataclass(slots=True)
class Assembly:
    """The shards of a generation in the making; `kept` counts those of the generation before."""

    known: Sequence[KnownShard]
    work: PartFolder
    portion: int = PORTION
    kept: int = 0
    _planned: list[PlannedShard] = field(default_factory=list[PlannedShard])

    def plan(self, shards: Iterable[tuple[Chunk, ...]]) -> Iterator[Portion | ReadyChunks]:
        """Find where every chunk is to be had; yield the steps that make the missing ones, in order."""
        wanted = list(shards)
        by_base = {known.notes.base: known for known in self.known}
        same: list[KnownShard | None] = []
        for chunks in wanted:
            known = by_base.get(base_of(chunks))
            same.append(known if known is not None and known.is_made_of(chunks) else None)
        whole = {id(known) for known in same if known is not None}
        loose = _loose_chunks(known for known in self.known if id(known) not in whole)
        for chunks, known in zip(wanted, same, strict=True):
            if known is not None:
                self._planned.append(PlannedShard(chunks, known))
                rows = (known.shard.rows(DOCUMENTS), known.shard.rows(PAIRS))
                notes = () if known.is_clean else known.chunk_notes
                yield ReadyChunks(chunks, PartSummary(*rows, notes))
                continue
            origins: list[tuple[KnownShard | Portion, int]] = []
            for ready, some in _runs(chunks, loose):
                if ready:
                    found = [loose[chunk.key] for chunk in some]
                    origins += [(shard, number) for shard, number, _ in found]
                    notes = tuple(shard.chunk_notes[number] for shard, number, _ in found)
                    yield ReadyChunks(some, PartSummary(0, 0, notes))
                    continue
                for portion in portions_of(some, self.portion):
                    origins += [(portion, number) for number in range(len(portion.chunks))]
                    yield portion
            self._planned.append(PlannedShard(chunks, None, tuple(origins)))

    def distrust(self, failed: Container[str], files: KnownFiles) -> bool:
        """Give other keys to chunks whose files changed, or could not be read, while they were made.

        `failed` are the keys of those that could not be read. So the next build makes them again. Return
        whether there are any.
        """
        found = False
        for number, planned in enumerate(self._planned):
            chunks = list(planned.chunks)
            for place, (origin, _) in enumerate(planned.origins):
                paths = chunks[place].source.paths
                # A file that could not be read before either has a key that says so.
                refused = chunks[place].key in failed and all(map(files.hash, paths))
                if isinstance(origin, Portion) and (refused or any(map(files.has_changed, paths))):
                    chunks[place] = replace(chunks[place], key=secrets.token_hex(len(chunks[place].key) // 2))
                    found = True
            self._planned[number] = replace(planned, chunks=tuple(chunks))
        return found

    def findings(self, report: ReportProblem) -> Findings:
        """Return what the surveys find, once all parts are made; documents that are left out are reported."""
        tables = [
            planned.known.documents if planned.known else self._surveyed(number, self._part(planned))
            for number, planned in enumerate(self._planned)
        ]

        def tell(one: tuple[int, int], other: tuple[int, int]) -> None:
            wheres = [self._where(tables[shard], shard, row) for shard, row in (one, other)]
            report(same_id(str(tables[one[0]]["doc_id"][one[1]]), *wheres))

        return survey(tables, tell)

    def write(self, findings: Findings, writer: GenerationWriter) -> RunningReport:
        """Add all shards to a generation, and return the counts of them."""
        counts = RunningReport()
        for planned, kept, lines in zip(self._planned, findings.kept, findings.lines, strict=True):
            outcome = outcome_of(base_of(planned.chunks), kept, lines)
            if planned.known is not None and planned.known.notes.outcome == outcome:
                writer.add_shard(planned.known.entry)
                counts.add_account(planned.known.notes.account)
                self.kept += 1
                continue
            counts.add_account(self._write(planned, kept, lines, outcome, writer))
        return counts

    def _write(
        self, planned: PlannedShard, kept: Kept, lines: Hashes, outcome: str, writer: GenerationWriter
    ) -> ShardAccount:
        part = planned.known.part() if planned.known else self._part(planned)
        stays = part if kept.all() else part.only(kept)
        settled, changed = _with_kinds(stays, lines)
        report = RunningReport(repeated=changed)
        report.add(settled.documents.num_rows, settled.rows(), settled.pairs, settled.notes.by_hand)
        account = report.account()
        state = encoded_state(part, kept, outcome, planned.chunks, account)
        shard = writer.new_shard()
        try:
            shard.add_tables(settled.documents, settled.rows(), settled.pairs)
            del part, stays, settled  # which may be most of the memory, and are written
            writer.add_shard(shard.finish([(STATE, state)]))
        finally:
            shard.close()
        return account

    def _part(self, planned: PlannedShard) -> Part:
        """The part of a shard, put together from where its chunks are."""
        pieces: list[Part] = []
        before: dict[int, Part] = {}  # of a shard whose chunks stand between those of portions
        at = 0
        while at < len(planned.origins):
            origin, _ = planned.origins[at]
            end = at
            while end < len(planned.origins) and planned.origins[end][0] is origin:
                end += 1
            if isinstance(origin, KnownShard):
                whole = before[id(origin)] = before.get(id(origin)) or origin.part()
            else:
                whole = self.work.read(origin.key)
            pieces += whole.chunks([number for _, number in planned.origins[at:end]])
            at = end
        return joined(pieces)

    def _surveyed(self, number: int, part: Part) -> pa.Table:
        """What surveys need of a part, mapped from a file: that of a whole corpus would fill the memory."""
        path = self.work.folder / f"{number}.survey"
        table = surveyed(part)
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as file:
            file.write_table(table, max_chunksize=max(table.num_rows, 1))
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all()

    def _where(self, table: pa.Table, shard: int, row: int) -> str:
        chunk = self._planned[shard].chunks[table["chunk"][row].as_py()]
        return told_place(str(table[WHERE][row]), chunk)


def _loose_chunks(known: Iterable[KnownShard]) -> dict[str, tuple[KnownShard, int, ChunkPlace | None]]:
    """The chunks of shards, by key: the shard, the number in it, and the place that it is bound to."""
    found: dict[str, tuple[KnownShard, int, ChunkPlace | None]] = {}
    for shard in known:
        bound = shard.bound()
        for number, notes in enumerate(shard.chunk_notes):
            found[notes.key] = (shard, number, bound.get(number))
    return found


def _runs(
    chunks: Sequence[Chunk], loose: dict[str, tuple[KnownShard, int, ChunkPlace | None]]
) -> Iterator[tuple[bool, tuple[Chunk, ...]]]:
    """Neighbouring chunks that are all loose, or all missing."""
    run: list[Chunk] = []
    ready = False
    for chunk in chunks:
        found = loose.get(chunk.key)
        is_ready = found is not None and found[2] in {None, chunk.place}
        if run and is_ready != ready:
            yield ready, tuple(run)
            run = []
        ready = is_ready
        run.append(chunk)
    if run:
        yield ready, tuple(run)


def _with_kinds(part: Part, repeated: Hashes) -> tuple[Part, int]:
    """The part with the kinds that its pairs have because of repeated lines, and how many are others."""
    if not len(repeated):
        return part, 0
    among = frozenset(repeated.tolist())
    before: list[Any] = part.pairs["kind"].to_pylist()
    lines: list[Any] = part.pairs[LINES].to_pylist()
    kinds = [kind_of(kind, values, among) for kind, values in zip(before, lines, strict=True)]
    at = part.pairs.schema.get_field_index("kind")
    known = part.pairs.schema.field(at)
    pairs = part.pairs.set_column(at, known, pa.array(kinds, known.type))
    return replace(part, pairs=pairs), sum(map(ne, before, kinds))
