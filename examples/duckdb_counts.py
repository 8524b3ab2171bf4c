"""A release in SQL, without any code of ours.

    python examples/duckdb_counts.py DATASET

Needs DuckDB alone. Classes are numbers, whose names are in `dataset.json`.
"""

import json
import sys
from pathlib import Path

import duckdb

folder = Path(sys.argv[1])
names = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))["classes"]["stance"]
rows = duckdb.sql(
    f"""
    SELECT split, target, label, count(*) AS pairs, round(avg(weight), 2) AS weight
    FROM '{folder}/stance/*.parquet'
    WHERE label > 0
    GROUP BY ALL ORDER BY ALL
    """
).fetchall()
for split, target, label, pairs, weight in rows:
    print(split, target, names[label], pairs, weight)
