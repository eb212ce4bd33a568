"""Makes what `run.py` asks: a ledger of some logs, and DuckDB's flat table of the first.

  prepare.py PROGRAM LEDGER FLAT LOG...

The ledger has a policy, and prices of all models but every fourth: where the primary has none, means of
planned cost stand in. Both are left as they are where they are there.
"""
import os
import subprocess
import sys

import duckdb

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ingest"))
from generate import MODELS  # noqa: E402
from peer_columns import COLUMNS  # noqa: E402

program, ledger, flat, *logs = sys.argv[1:]


def run(*arguments, **more):
    subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE, **more)


def write(name, text):
    path = f"{ledger}.{name}"
    with open(path, "w") as file:
        file.write(text)
    return path


if not os.path.exists(ledger):
    for old in ("", "-wal", "-shm", ".lock"):
        if os.path.exists(ledger + ".part" + old):
            os.remove(ledger + ".part" + old)
    target = ["--ledger", ledger + ".part"]
    prices = "provider,model,effective_from,input_usd_per_million,output_usd_per_million\n" + "".join(
        f"{p},{m},2026-01-01,1.25,10\n" for n, (p, m) in enumerate(MODELS) if n % 4)
    run("prices", "import", write("prices.csv", prices), *target)
    preset = subprocess.run([program, "policy", "preset", "five-class"], check=True,
                            stdout=subprocess.PIPE, text=True).stdout
    run("policy", "apply", write("policy.yaml", preset), "--from", "2026-01-01", *target)
    for log in logs:
        print(f"taking in {log}", file=sys.stderr)
        run("ingest", log, *target)
    os.rename(ledger + ".part", ledger)

if not os.path.exists(flat):
    part = flat + ".part"
    if os.path.exists(part):
        os.remove(part)
    db = duckdb.connect(part)
    db.execute("SET threads=2")
    db.execute("SET preserve_insertion_order=false")
    db.execute(f"""CREATE TABLE line AS SELECT event_id, request_id, attempt, ts, tenant_id, tenant_tier,
      user_id, application, feature, workflow, assistant_id, thread_id, session_id, environment,
      traffic_class, "primary".provider AS primary_provider, "primary".model AS primary_model,
      route.provider AS provider, route.model AS model, action, outcome, failure.kind AS kind,
      latency_ms, usage.input_tokens AS tokens_in, usage.output_tokens AS tokens_out, cost_usd AS cost,
      revenue_usd AS revenue, budget.limit_usd AS budget_limit, budget.spent_usd AS budget_spent
      FROM read_ndjson('{logs[0]}', columns={COLUMNS}, compression='zstd')""")
    db.close()
    os.rename(part, flat)
