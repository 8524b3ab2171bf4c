"""What a journal's SQLite file is asked in SQLite's own SQL."""

from __future__ import annotations

from hashiya.corpus.journal.database import JournalSql
from hashiya.corpus.journal.event import EVENT_FORMAT

SQLITE_SQL = JournalSql(
    # Whoever reads everything reads the table itself: an index may be damaged, and then hides events.
    every_event="event NOT INDEXED",
    among="event WHERE stream = :stream AND subject IN (SELECT value FROM json_each(:subjects))",
    with_ids="event WHERE event_id IN (SELECT value FROM json_each(:ids))",
    at_positions="event WHERE position IN (SELECT value FROM json_each(:positions))",
    missing="""
SELECT event_id, value FROM event, json_each(CASE WHEN json_valid(parents) THEN parents ELSE '[]' END)
WHERE NOT EXISTS (SELECT 1 FROM event AS other WHERE other.event_id = value)
""",
    # The plus keeps SQLite from its index, with which it would go through the file out of order.
    summaries="""
SELECT event.subject, event.author, json_extract(body, '$.annotation.status'),
    coalesce(json_array_length(body, '$.annotation.flags'), 0) > 0,
    json_extract(body, '$.annotation.scheme.name'), json_extract(body, '$.annotation.scheme.version')
FROM state JOIN event USING (position) WHERE json_valid(body) ORDER BY position
""",
    labelled="""
SELECT DISTINCT subject, author
FROM state JOIN event USING (position), json_each(body, '$.annotation.' || :layer)
WHERE json_valid(body) AND json_extract(value, '$.' || :field) = :label
""",
    names="""
SELECT json_extract(value, '$.lang'), json_extract(value, '$.text'), json_extract(value, '$.type'),
    json_extract(value, '$.concept'), count(*)
FROM state JOIN event USING (position), json_each(body, '$.annotation.entities')
WHERE json_valid(body) AND json_extract(value, '$.concept') IS NOT NULL AND (
    author IN (SELECT value FROM json_each(:own))
    OR json_extract(body, '$.annotation.place.doc_id') NOT IN (SELECT value FROM json_each(:hidden))
) GROUP BY 1, 2, 3, 4
""",
)

SEALED = f"""
SELECT found.position, found.subject, found.author, stored.checksum,
    CASE WHEN stored.v = {EVENT_FORMAT} AND stored.kind = 'set' AND stored.parents = '[]'
    AND typeof(stored.body) = 'text' THEN
        CAST(json_array(
            stored.event_id, stored.v, stored.stream, stored.subject, stored.author, json_array(),
            stored.replica, stored.seq, stored.prev, stored.kind, stored.created_at
        ) AS BLOB)
    END,
    CAST(stored.body AS BLOB)
FROM event AS found JOIN event AS stored ON stored.position = found.position
WHERE found.stream = :stream AND found.subject IN (SELECT value FROM json_each(:subjects))
ORDER BY found.subject, found.author
"""  # noqa: S608 - names only
"""What is sealed in the events of some pairs, as bytes, of those that set the labels of a pair first.

From the table itself: what SQLite finds by an index it reads from the index, which may say something else.
"""
