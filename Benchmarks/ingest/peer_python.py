"""What one would write in Python: zstandard, orjson, sqlite3 with executemany, doubles removed.

  peer_python.py FILE DATABASE

One process and thread, dictionaries in memory for every name, one transaction.
"""
import hashlib
import io
import sqlite3
import sys
from datetime import datetime

import orjson
import zstandard
from schema import NAMES, NUMBERS, OF_ATTEMPT, OF_REQUEST

BATCH = 50_000


def milliseconds(text):
    return int(datetime.fromisoformat(text).timestamp() * 1000 + 0.5)


def nano(text):
    whole, _, fraction = text.partition(".")
    return int(whole) * 10**9 + int((fraction + "000000000")[:9])


path, target = sys.argv[1:3]
db = sqlite3.connect(target, isolation_level=None)
run = db.execute
for pragma in ("journal_mode=wal", "synchronous=normal", "cache_size=-512000"):
    run(f"PRAGMA {pragma}")
tables = [*NAMES, "model"]
for name in tables:
    run(f"CREATE TABLE IF NOT EXISTS {name} (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
run("CREATE TABLE IF NOT EXISTS request (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, ts INT, "
    + ", ".join(OF_REQUEST) + ", primary_model)")
run("CREATE TABLE IF NOT EXISTS attempt (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, request INT, "
    "number INT, ts INT, model, " + ", ".join(OF_ATTEMPT) + ", " + ", ".join(NUMBERS) + ")")
known = {name: dict(run(f"SELECT name, id FROM {name}")) for name in tables}
fresh = {name: [] for name in tables}
requests = dict(run("SELECT key, id FROM request"))
new_requests, attempts = [], []


def number(table, name):
    if name is None:
        return None
    ids = known[table]
    found = ids.get(name)
    if found is None:
        found = ids[name] = len(ids) + 1
        fresh[table].append((found, name))
    return found


def flush():
    for table, rows in fresh.items():
        db.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)
        rows.clear()
    places = ", ".join("?" * (len(OF_REQUEST) + 4))
    db.executemany(f"INSERT OR IGNORE INTO request VALUES ({places})", new_requests)
    places = ", ".join("?" * (len(OF_ATTEMPT) + len(NUMBERS) + 5))
    db.executemany(f"INSERT OR IGNORE INTO attempt VALUES (NULL, {places})", attempts)
    new_requests.clear()
    attempts.clear()


run("BEGIN")
with open(path, "rb") as file:
    lines = file
    if path.endswith(".zst"):
        unpacked = zstandard.ZstdDecompressor().stream_reader(file, read_size=1 << 20)
        lines = io.BufferedReader(unpacked, 1 << 20)
    for line in lines:
        e = orjson.loads(line)
        ts = milliseconds(e["ts"])
        key = hashlib.md5(e["request_id"].encode()).digest()
        request = requests.get(key)
        if request is None:
            request = requests[key] = len(requests) + 1
            p = e["primary"]
            new_requests.append((
                request, key, ts, *(number(n, e.get(NAMES[n])) for n in OF_REQUEST),
                number("model", p["provider"] + "/" + p["model"])))
        failure, usage, route = e["failure"] or {}, e["usage"], e["route"]
        budget, decision = e["budget"], e["decision"]
        attempts.append((
            hashlib.md5(e["event_id"].encode()).digest(), request, e["attempt"], ts,
            number("model", route["provider"] + "/" + route["model"]),
            number("action", e["action"]), number("outcome", e["outcome"]),
            number("kind", failure.get("kind")), number("message", failure.get("message")),
            number("reason", decision["reason"]), failure.get("http_status"), e["latency_ms"],
            usage["input_tokens"], usage["cached_input_tokens"], usage["cache_write_tokens"],
            usage["output_tokens"], usage["reasoning_tokens"], nano(e["cost_usd"]),
            nano(e["revenue_usd"]), nano(budget["limit_usd"]), nano(budget["spent_usd"]),
            decision["step"]))
        if len(attempts) >= BATCH:
            flush()
flush()
run("COMMIT")
run("PRAGMA wal_checkpoint(TRUNCATE)")
print(run("SELECT (SELECT count(*) FROM attempt), (SELECT count(*) FROM request), "
          "(SELECT sum(cost) FROM attempt)").fetchone())
