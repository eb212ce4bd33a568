"""Times reports, a night and every worked question on a large ledger, and shows the questions' plans.

  run.py PROGRAM LEDGER FLAT QUESTIONS [ROUNDS]

Seconds are those of whole processes. CPU seconds (user and system) hold on a busy machine, wall seconds
on a quiet one. Medians of the rounds, which go through all contestants in turn.
"""
import os
import re
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

program, ledger, flat, questions = sys.argv[1:5]
rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 3
here = os.path.dirname(os.path.abspath(__file__))
MONTH, DAY = ("2026-11-01", "2026-12-01"), "2026-12-17"


# Wall seconds for a question over all days.
PATIENCE = int(os.environ.get("PATIENCE", "300"))


def measure(*commands):
    """Wall and CPU seconds and peak MB of some processes, one after the other."""
    wall = cpu = peak = 0
    for command in commands:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = process.stderr.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        if status:
            sys.exit(f"{command} failed: {said}")
        wall += time.perf_counter() - start
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss / 1024)
    return wall, cpu, peak


def ours(*arguments):
    return [program, *arguments, "--ledger", ledger]


def report(name):
    return ours("report", name, "--from", MONTH[0], "--to", MONTH[1], "--format", "csv")


def nightly():
    folder = ledger + ".nights"
    shutil.rmtree(folder, ignore_errors=True)
    return ours("nightly", "--date", DAY, "--out", folder)


CORE = ["workflow-cost", "downgrades", "margin"]
contestants = {
    "DuckDB, flat table, three reports": lambda: [
        [sys.executable, f"{here}/peer_duckdb.py", flat, *MONTH]],
    "ours, three reports": lambda: [report(name) for name in CORE],
    **{f"  {name}": lambda name=name: [report(name)] for name in CORE},
    "a night, every report": lambda: [nightly()],
}
results = {name: [] for name in contestants}
for _ in range(rounds):
    for name, commands in contestants.items():
        results[name].append(measure(*commands()))

db = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)
requests, files = db.execute(
    "SELECT (SELECT sum(requests) FROM daily_by_workflow), (SELECT sum(lines) FROM ingested_files)"
).fetchone()
print(f"{requests:,} requests of {files:,} lines, {os.path.getsize(ledger) / 1e6:,.0f} MB; "
      f"{rounds} rounds, medians; load {os.getloadavg()[0]:.1f}\n")
print(f"{'':36}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}")
for name, figures in results.items():
    wall, cpu, peak = (statistics.median(f[k] for f in figures) for k in range(3))
    print(f"{name:36}{wall:8.2f}{cpu:8.2f}{peak:9.0f}")

# One month's share of what a slow question says it takes: it names a month of 5 million requests.
of_month = db.execute("SELECT sum(requests) FROM daily_by_workflow WHERE day >= ? AND day < ?",
                      MONTH).fetchone()[0]
print(f"\nCPU seconds; the month has {of_month:,} requests, `5 M` is what that makes for 5 million\n")
print(f"{'question':30}{'a day':>7}{'a month':>9}{'all':>11}{'5 M':>7}  says, reads")
plans = []
for file in sorted(os.listdir(questions)):
    with open(os.path.join(questions, file)) as text:
        sql = text.read()
    head = dict(re.findall(r"^-- (name|reads|takes): +(.*)$", sql, re.M))
    spans = {"from": ([DAY, "2026-12-18"], list(MONTH)), "month": (None, ["2026-11"])}
    kinds = re.findall(r"^-- param: +(\w+) ", sql, re.M)
    times = []
    for place in range(2):
        values = None
        if "from" in kinds and "to" in kinds:
            values = list(zip(("from", "to"), spans["from"][place]))
        elif "month" in kinds and spans["month"][place]:
            values = [("month", spans["month"][place][0])]
        sets = [word for name, value in values or [] for word in ("--set", f"{name}={value}")]
        times.append(f"{measure(ours('query', head['name'], '--format', 'csv', *sets))[1]:.2f}"
                     if values else "")
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    before = usage.ru_utime + usage.ru_stime
    everything = subprocess.run(ours("query", head["name"], "--format", "csv", "--timeout",
                                     str(PATIENCE)), stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = usage.ru_utime + usage.ru_stime - before
    times.append(f"> {PATIENCE} wall" if everything.returncode else f"{spent:.2f}")
    scaled = ""
    if times[1] and "million" in head["takes"]:
        scaled = f"{float(times[1]) * 5e6 / of_month:.1f}"
    print(f"{head['name']:30}{times[0]:>7}{times[1]:>9}{times[2]:>11}{scaled:>7}  "
          f"{head['takes']}, {head['reads']}", flush=True)
    plans.append((head["name"], db.execute("EXPLAIN QUERY PLAN " + sql,
                                           dict.fromkeys(kinds)).fetchall()))

# The full cross, which is made when it is asked for.
for what, sql in (
    ("a day", f"SELECT tenant_id, sum(cost_nano_usd) FROM daily WHERE day = '{DAY}' GROUP BY 1"),
    ("a day, every row", f"SELECT * FROM daily WHERE day = '{DAY}'"),
    ("a month", "SELECT tenant_id, sum(cost_nano_usd) FROM daily "
     f"WHERE day >= '{MONTH[0]}' AND day < '{MONTH[1]}' GROUP BY 1"),
):
    cpu = measure(ours("sql", sql, "--format", "csv", "--rows", "0"))[1]
    print(f"{'daily, ' + what:30}{cpu:7.2f}  {sql}", flush=True)
    plans.append(("daily, " + what, db.execute("EXPLAIN QUERY PLAN " + sql).fetchall()))

print("\nPlans\n")
for name, steps in plans:
    print(name)
    depth = {0: 0}
    for number, parent, _, what in steps:
        depth[number] = depth.get(parent, 0) + 1
        print("  " * depth[number] + what)
