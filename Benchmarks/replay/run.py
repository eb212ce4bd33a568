"""Times `replay` on a simulated month, for a policy that changes nothing and for ones that do.

  run.py PROGRAM REQUESTS FOLDER [ROUNDS]

Seconds are those of the whole command: start, reading the ledger, identity, the replay, with intervals some twenty more
replays, the report. Without intervals it is a sweep over a single candidate. Beside it stands SQLite alone, stepping the same
columns on one thread.
"""
import os
import re
import statistics
import subprocess
import sys
import time

program, requests, folder = sys.argv[1:4]
rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 3
world, ledger = f"{folder}/world-{requests}", f"{folder}/ledger-{requests}.sqlite"


def run(*arguments):
    start = time.perf_counter()
    process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    said = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{arguments}: {said}")
    return (time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


if not os.path.exists(ledger):
    run("simulate", "--seed", "9", "--days", "31", "--requests", requests, "--tenants", "200",
        "--out", world)
    for command in (["prices", "import", f"{world}/prices.csv"],
                    ["tenants", "import", f"{world}/tenants.csv"],
                    ["policy", "apply", f"{world}/policy.yaml"],
                    ["ingest", f"{world}/events.jsonl.zst"]):
        run(*command, "--ledger", ledger + ".part")
    os.rename(ledger + ".part", ledger)

text = open(f"{world}/policy.yaml").read()
changes = {
    "changes nothing": [],
    "other stages": [("constrained: 0.80", "constrained: 0.75")],
    "another model first": [
        ("steps: [{model: primary}, {model: openai/gpt-5-mini}, {action: cached_response}]",
         "steps: [{model: openai/gpt-5-mini}, {model: primary}, {action: cached_response}]")],
}
print(f"{requests} requests, {rounds} rounds, medians; load {os.getloadavg()[0]:.1f}")
step = f"{folder}/step"
subprocess.run(["cc", "-O2", "-o", step, os.path.join(os.path.dirname(__file__), "step.c"), "-lsqlite3"], check=True)
stepped = [subprocess.run([step, ledger], capture_output=True, text=True, check=True).stdout.split() for _ in range(rounds)]
seconds = statistics.median(float(s[1]) for s in stepped)
print(f"{'':38}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'requests/s':>12}{'per CPU s':>12}")
print(f"{'SQLite alone':38}{'':8}{seconds:8.2f}{'':9}{'':12}{int(stepped[0][0]) / seconds:12.0f}")
for name, edits in changes.items():
    policy = text
    for old, new in edits:
        assert old in policy, old
        policy = policy.replace(old, new)
    file = f"{folder}/{re.sub('[^a-z]', '-', name)}.yaml"
    open(file, "w").write(policy)
    for title, options in {"": ["--sweep", "budget.stages.watch=0.70"], ", intervals": []}.items():
        figures = [run("replay", "--policy", file, *options, "--format", "json", "--ledger", ledger)
                   for _ in range(rounds)]
        wall, cpu, peak = (statistics.median(f[k] for f in figures) for k in range(3))
        print(f"{name + title:38}{wall:8.2f}{cpu:8.2f}{peak:9.0f}{int(requests) / wall:12.0f}{int(requests) / cpu:12.0f}")
