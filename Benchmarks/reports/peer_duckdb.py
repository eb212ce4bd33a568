"""The three reports of a month by DuckDB over one flat table of lines, as one would ask them by hand.

  peer_duckdb.py DATABASE FROM TO

It knows no planned cost, no grades, no retries as such: it is the floor, not the same answer.
"""
import sys

import duckdb

path, first, end = sys.argv[1:4]
db = duckdb.connect(path, read_only=True)
db.execute("SET threads=2")
WITHIN = f"ts >= '{first}' AND ts < '{end}'"
OTHER = "outcome = 'success' AND (model <> primary_model OR provider <> primary_provider)"
for sql in (
    f"""SELECT workflow, count(*) FILTER (attempt = 0), count(*), sum(cost),
        sum(cost) FILTER (outcome = 'failure') FROM line WHERE {WITHIN} GROUP BY 1 ORDER BY 4 DESC""",
    f"""SELECT workflow, traffic_class, count(*) FILTER (attempt = 0), count(*) FILTER ({OTHER})
        FROM line WHERE {WITHIN} GROUP BY 1, 2 ORDER BY 1, 2""",
    f"""SELECT tenant_id, sum(revenue) FILTER (outcome = 'success'), sum(cost),
        sum(cost) FILTER (outcome = 'failure'), sum(revenue - cost) FILTER ({OTHER})
        FROM line WHERE {WITHIN} GROUP BY 1 ORDER BY 2 - 3""",
):
    print(len(db.execute(sql).fetchall()), "rows")
