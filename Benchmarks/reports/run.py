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
# Days that cut both months, and as many as do without holding a whole one.
CUT, WIDE_CUT = ("2026-11-16", "2026-12-16"), ("2026-11-02", "2026-12-30")


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
print(f"\nCPU seconds; the month has {of_month:,} requests, `5 M` is what that makes for 5 million;\n"
      "sums are also asked of 30 and 58 days that cut both months; `wall` is the longest of a row\n")
print(f"{'question':27}{'a day':>6}{'a month':>8}{'30 days':>8}{'58 days':>8}{'all':>10}{'wall':>7}{'5 M':>6}"
      "  says, reads")
plans = []
for file in sorted(os.listdir(questions)):
    with open(os.path.join(questions, file)) as text:
        sql = text.read()
    head = dict(re.findall(r"^-- (name|reads|takes): +(.*)$", sql, re.M))
    kinds = re.findall(r"^-- param: +(\w+) ", sql, re.M)
    is_slow = "million" in head["takes"]
    spans = [None] * 4
    if "from" in kinds and "to" in kinds:
        spans = [(DAY, "2026-12-18"), MONTH] + [None if is_slow else cut for cut in (CUT, WIDE_CUT)]
    sets = [span and ["--set", f"from={span[0]}", "--set", f"to={span[1]}"] for span in spans]
    if "month" in kinds:
        sets[1] = ["--set", "month=2026-11"]
    figures = [span and measure(ours("query", head["name"], "--format", "csv", *span)) for span in sets]
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    before, start = usage.ru_utime + usage.ru_stime, time.perf_counter()
    everything = subprocess.run(ours("query", head["name"], "--format", "csv", "--timeout",
                                     str(PATIENCE)), stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = usage.ru_utime + usage.ru_stime - before
    times = [f"{figure[1]:.2f}" if figure else "" for figure in figures]
    times.append(f"> {PATIENCE} wall" if everything.returncode else f"{spent:.2f}")
    longest = "" if is_slow else f"{max([wall, *(figure[0] for figure in figures if figure)]):.2f}"
    scaled = f"{figures[1][1] * 5e6 / of_month:.1f}" if figures[1] and is_slow else ""
    print(f"{head['name']:27}{times[0]:>6}{times[1]:>8}{times[2]:>8}{times[3]:>8}{times[4]:>10}{longest:>7}"
          f"{scaled:>6}  {head['takes']}, {head['reads']}", flush=True)
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
