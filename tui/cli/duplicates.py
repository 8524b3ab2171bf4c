"""The command `hashiya duplicates`, and what it prints. Imports late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hashiya.tui.cli.options import AsJson, CorpusFolder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hashiya.corpus.duplicates.near_duplicates import DuplicateLink, Group

_SHOWN = 50
_LANGUAGES = {"ar": "Arabic", "en": "English"}


def duplicates_command(
    corpus: CorpusFolder,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help=f"Every group, not just the first {_SHOWN}.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the documents that are copies or near-duplicates of each other, and how alike they are.

    Two documents are near-duplicates if the Arabic sides are, or the English sides are; likeness is
    estimated (see docs/duplicates.md). A release keeps a group in one split. Nothing is changed.
    """
    from hashiya.corpus.duplicates.near_duplicates import count_groups, groups, links_of
    from hashiya.corpus.store.folder import Corpus
    from hashiya.corpus.store.shard import DOCUMENTS
    from hashiya.tui.cli import output
    from hashiya.tui.cli.build_report import duplicates_text

    with output.working("comparing"):
        generation = Corpus.open(corpus).generation()
        all_groups = groups(links_of(generation))
        table = generation.table(DOCUMENTS, ["doc_id", "title"]).to_pydict()
    titles = dict(zip(table["doc_id"], table["title"], strict=True))
    counts = count_groups(all_groups)
    if as_json:
        output.print_json(
            documents=len(titles), counts=counts, groups=tuple(_parts(group, titles) for group in all_groups)
        )
        return
    output.say(f"{corpus}: {duplicates_text(counts)}, of {len(titles)} in all")
    if not all_groups:
        return
    for group in all_groups if everything else all_groups[:_SHOWN]:
        output.say()
        output.say(_named(group.first, titles))
        for doc_id, links in _by_document(group).items():
            output.say(f"    {_named(doc_id, titles)}")
            for link in links:
                output.say(f"        {_likeness(link)}")
    if not everything and len(all_groups) > _SHOWN:
        output.say()
        output.say(f"{len(all_groups) - _SHOWN} more groups: --all lists them")
    output.say()
    output.say(
        "A release keeps each group in one split. To choose it, write split = 'test' (or another) into the"
    )
    output.say("metadata of one of its documents; to be rid of a copy, delete its source; then build again.")


def _parts(group: Group, titles: Mapping[str, str | None]) -> dict[str, object]:
    return {
        "first": group.first,
        "title": titles.get(group.first),
        "members": [
            {
                "doc_id": link.doc_id,
                "title": titles.get(link.doc_id),
                "like": link.like,
                "lang": link.lang,
                "similarity": link.similarity,
                "shared": link.shared,
                "exact": link.exact,
            }
            for link in group.members
        ],
    }


def _by_document(group: Group) -> dict[str, list[DuplicateLink]]:
    links: dict[str, list[DuplicateLink]] = {}
    for link in group.members:
        links.setdefault(link.doc_id, []).append(link)
    return links


def _named(doc_id: str, titles: Mapping[str, str | None]) -> str:
    title = titles.get(doc_id)
    return f"{doc_id}  {title}" if title else doc_id


def _likeness(link: DuplicateLink) -> str:
    of = "" if link.like == link.group else f", of {link.like}"
    if link.exact:
        return f"{_LANGUAGES[link.lang]}: a copy{of}"
    return f"{_LANGUAGES[link.lang]}: {link.similarity:.2f} alike, {link.shared:.0%} of it shared{of}"
