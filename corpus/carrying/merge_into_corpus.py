"""Other journals merged into that of a corpus, and their labels carried to where the text stands now."""

from __future__ import annotations

from collections.abc import Iterable

from hashiya.corpus.carrying.carry_over import CarryReport, carry_over
from hashiya.corpus.journal.merge import MergeReport, merge_journals
from hashiya.corpus.journal.place import JournalPlace
from hashiya.corpus.store.folder import Corpus


def merge_into_corpus(
    corpus: Corpus, others: Iterable[str | JournalPlace], *, dry: bool = False
) -> tuple[MergeReport, CarryReport]:
    """Merge journals into that of a corpus as `merge_journals` does, carry, and return both reports."""
    with corpus.journal() as journal:
        merged = merge_journals(journal, others, dry=dry)
        carried = (
            CarryReport() if dry or corpus.manifest() is None else carry_over(journal, corpus.generation())
        )
    return merged, carried
