"""Source files of every format, read into documents.

``find_sources`` looks through folders and files, ``read_source`` reads what it found, or ``read_stretch`` the
stretches that ``cut`` finds in a long file; ``unique`` keeps two documents from having one ``doc_id``. What
is wrong with the input is reported as a ``Problem``, never raised: the rest of the batch goes on. What is
missing on the machine (an extra that is not installed) is raised, since every file of that format would fail.
"""

from hashiya.corpus.sources.find import find_sources
from hashiya.corpus.sources.read import FirstProblems, cut, read_source, read_stretch, same_id, unique
from hashiya.corpus.sources.source import Format, Report, SourceDocument, SourceFile, Stretch

__all__ = [
    "FirstProblems",
    "Format",
    "Report",
    "SourceDocument",
    "SourceFile",
    "Stretch",
    "cut",
    "find_sources",
    "read_source",
    "read_stretch",
    "same_id",
    "unique",
]
