"""DuckDB reading the file with an explicit schema into normalised tables, doubles removed.

  peer_duckdb.py FILE DATABASE [THREADS]

The best of the ways that were tried: identities as 16-byte md5 numbers, one row of each by a hash
aggregation and an anti join against the table, no index.
"""
import sys

import duckdb
from peer_columns import COLUMNS
from schema import NAMES, NUMBERS, OF_ATTEMPT, OF_REQUEST

READ = """CREATE TEMP TABLE line AS SELECT md5_number(event_id) event_key, md5_number(request_id) request_key,
 attempt, ts, tenant_id, tenant_tier, user_id, application, feature, workflow, assistant_id, thread_id,
 session_id, environment, traffic_class, "primary".provider pp, "primary".model pm, route.provider rp,
 route.model rm, action, outcome, failure.kind fkind, failure.http_status http,
 failure.message fmessage, latency_ms latency, usage.input_tokens tokens_in,
 usage.cached_input_tokens tokens_cached, usage.cache_write_tokens tokens_written,
 usage.output_tokens tokens_out, usage.reasoning_tokens tokens_reasoning, cost_usd "cost",
 revenue_usd revenue, budget.limit_usd budget_limit, budget.spent_usd budget_spent,
 decision.step step, decision.reason reason
 FROM read_ndjson('{file}', columns={columns}, compression='{packing}')"""

path, target = sys.argv[1:3]
db = duckdb.connect(target)
run = db.execute
run(f"SET threads={sys.argv[3] if len(sys.argv) > 3 else 2}")
run("SET preserve_insertion_order=false")
ids = ", ".join
for name in NAMES:
    run(f"CREATE TABLE IF NOT EXISTS {name} (id INTEGER, name VARCHAR)")
run("CREATE TABLE IF NOT EXISTS model (id INTEGER, provider VARCHAR, name VARCHAR)")
run("CREATE TABLE IF NOT EXISTS request (id BIGINT, key UHUGEINT, ts TIMESTAMP, "
    + ids(f"{n} INTEGER" for n in OF_REQUEST) + ", primary_model INTEGER)")
run("CREATE TABLE IF NOT EXISTS attempt (key UHUGEINT, request BIGINT, number UTINYINT, ts TIMESTAMP, "
    "model INTEGER, " + ids(f"{n} INTEGER" for n in OF_ATTEMPT) + ", http SMALLINT, latency INTEGER, "
    + ids(f"{n} INTEGER" for n in NUMBERS[2:7]) + ", "
    + ids(f"{n} DECIMAL(18,9)" for n in NUMBERS[7:11]) + ", step INTEGER)")
run("BEGIN")
run(READ.format(file=path, columns=COLUMNS, packing="zstd" if path.endswith(".zst") else "none"))
for name, column in NAMES.items():
    run(f"INSERT INTO {name} SELECT (SELECT coalesce(max(id), 0) FROM {name}) + row_number() OVER (), n "
        f"FROM (SELECT DISTINCT {column} n FROM line WHERE {column} IS NOT NULL) "
        f"WHERE NOT EXISTS (SELECT 1 FROM {name} WHERE name = n)")
run("INSERT INTO model SELECT (SELECT coalesce(max(id), 0) FROM model) + row_number() OVER (), p, m FROM "
    "(SELECT DISTINCT pp p, pm m FROM line UNION SELECT DISTINCT rp, rm FROM line) "
    "WHERE NOT EXISTS (SELECT 1 FROM model WHERE provider = p AND name = m)")
joins = " ".join(f"JOIN {n} ON {n}.name = line.{NAMES[n]}" for n in OF_REQUEST)
run("INSERT INTO request SELECT (SELECT coalesce(max(id), 0) FROM request) + row_number() OVER (), "
    "request_key, ts, " + ids(f"{n}.id" for n in OF_REQUEST) + ", m.id FROM (SELECT min(rowid) place "
    "FROM line WHERE NOT EXISTS (SELECT 1 FROM request r WHERE r.key = request_key) GROUP BY request_key) "
    f"JOIN line ON line.rowid = place {joins} JOIN model m ON m.provider = pp AND m.name = pm")
joins = " ".join(f"LEFT JOIN {n} ON {n}.name = line.{NAMES[n]}" for n in OF_ATTEMPT)
run("INSERT INTO attempt SELECT event_key, r.id, attempt, line.ts, m.id, "
    + ids(f"{n}.id" for n in OF_ATTEMPT) + ", " + ids(f"line.{n}" for n in NUMBERS)
    + " FROM (SELECT min(rowid) place FROM line WHERE NOT EXISTS (SELECT 1 FROM attempt a "
    "WHERE a.key = event_key) GROUP BY event_key) JOIN line ON line.rowid = place "
    f"{joins} JOIN model m ON m.provider = rp AND m.name = rm JOIN request r ON r.key = request_key")
run("COMMIT")
print(run("SELECT (SELECT count(*) FROM attempt), (SELECT count(*) FROM request), "
          "(SELECT sum(cost) FROM attempt)").fetchone())
db.close()
