"""The command `hashiya check`, and what it prints. Imports late."""

from __future__ import annotations

from hashiya.tui.cli.options import AsJson, CorpusFolder
from hashiya.tui.cli.output import tell
from hashiya.tui.cli.problems import leave


def check_command(corpus: CorpusFolder, *, as_json: AsJson = False) -> None:
    """Open everything in a corpus and verify it: files, offsets, quotes, ids, labels, versions.

    Says what is wrong with file and row; the exit code is 1 if anything is.
    """
    from hashiya.corpus.inspection.check import check as run
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output

    with output.working("checking"):
        report = run(Corpus.open(corpus))
    if as_json:
        output.print_json(report=report)
    else:
        for problem in report.problems:
            tell(problem)
        verdict = "all is well" if not report.problems else f"{len(report.problems)} problems"
        output.say(
            f"{corpus}: {report.documents} documents, {report.pairs} pairs, "
            f"{report.annotations} annotations checked: {verdict}"
        )
    leave(report.problems)
