"""What a journal in PostgreSQL is asked in PostgreSQL's own SQL, and how shared questions are put to it."""

from __future__ import annotations

import re
from functools import lru_cache

from hashiya.corpus.journal.database import JournalSql

_BODY = "FROM state JOIN event USING (position), as_json(body) AS said"

POSTGRES_SQL = JournalSql(
    every_event="event",
    among="""
event WHERE stream = :stream AND subject IN (SELECT json_array_elements_text(CAST(:subjects AS json)))
""",
    with_ids="event WHERE event_id IN (SELECT json_array_elements_text(CAST(:ids AS json)))",
    at_positions="""
event WHERE position IN (SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:positions AS json)))
""",
    missing="""
SELECT event_id, value FROM event, as_json(parents) AS ids,
    json_array_elements_text(CASE WHEN json_typeof(ids) = 'array' THEN ids ELSE '[]' END) AS value
WHERE NOT EXISTS (SELECT 1 FROM event AS other WHERE other.event_id = value)
""",
    summaries=f"""
SELECT subject, author, said #>> '{{annotation,status}}',
    CASE WHEN json_typeof(said #> '{{annotation,flags}}') = 'array'
        THEN json_array_length(said #> '{{annotation,flags}}') > 0 ELSE FALSE END,
    said #>> '{{annotation,scheme,name}}', said #>> '{{annotation,scheme,version}}'
{_BODY} WHERE said IS NOT NULL ORDER BY position
""",
    labelled=f"""
SELECT DISTINCT subject, author
{_BODY}, json_array_elements(
    CASE WHEN json_typeof(said #> ARRAY['annotation', CAST(:layer AS text)]) = 'array'
        THEN said #> ARRAY['annotation', CAST(:layer AS text)] ELSE '[]' END
) AS item WHERE item ->> CAST(:field AS text) = :label
""",
    names=f"""
SELECT item ->> 'lang', item ->> 'text', item ->> 'type', item ->> 'concept', count(*)
{_BODY}, json_array_elements(
    CASE WHEN json_typeof(said #> '{{annotation,entities}}') = 'array'
        THEN said #> '{{annotation,entities}}' ELSE '[]' END
) AS item WHERE item ->> 'concept' IS NOT NULL AND (
    author IN (SELECT json_array_elements_text(CAST(:own AS json)))
    OR said #>> '{{annotation,place,doc_id}}' NOT IN (SELECT json_array_elements_text(CAST(:hidden AS json)))
) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
""",
)

_VALUE = re.compile(r"\?|:([a-z_]+)|%")


@lru_cache(maxsize=256)
def in_psycopg(query: str) -> bytes:
    """Return a question with psycopg's marks for values in the place of SQLite's."""

    def mark(found: re.Match[str]) -> str:
        if found[0] == "%":
            return "%%"
        return "%s" if found[1] is None else f"%({found[1]})s"

    return _VALUE.sub(mark, query).encode()
