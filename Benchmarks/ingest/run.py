"""Runs the program and its peers in turn on the same file, and prints medians and ratios.

  run.py PROGRAM FILE FOLDER [ROUNDS]

CPU seconds (user and system of the process) and ratios within a round hold on a busy machine; wall
seconds hold on a quiet one.
"""
import glob
import os
import statistics
import subprocess
import sys
import time

here = os.path.dirname(os.path.abspath(__file__))
program, file, folder = sys.argv[1:4]
rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 3
python = sys.executable


def peer(name, target):
    return [python, f"{here}/peer_{name}.py", file, target]


contestants = {
    "zstd -dc": lambda target: ["zstd", "-dcq", file],
    "fallback-ledger": lambda target: [program, "ingest", "--ledger", target, file],
    "fallback-ledger again": lambda target: [program, "ingest", "--ledger", target, file],
    "DuckDB, 2 threads": lambda target: peer("duckdb", target),
    "Python, sqlite3": lambda target: peer("python", target),
}
if os.environ.get("WITHOUT_PYTHON"):
    del contestants["Python, sqlite3"]


def measure(command):
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    last = b""
    while block := process.stdout.read(1 << 20):
        last = (last + block)[-500:] if command[0] != "zstd" else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        sys.exit(f"{command} failed: {last.decode(errors='replace')}")
    return (time.perf_counter() - start, usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss / 1024), last.decode(errors="replace").strip()


results = {name: [] for name in contestants}
sizes = {}
for turn in range(rounds):
    for name, command in contestants.items():
        target = os.path.join(folder, name.removesuffix(" again").replace(" ", "-") + ".db")
        if not name.endswith(" again"):
            for old in glob.glob(target + "*"):
                os.remove(old)
        figures, said = measure(command(target))
        results[name].append(figures)
        if os.path.exists(target):
            sizes[name] = os.path.getsize(target) / 1e6
        if turn == 0 and said:
            print(f"{name}: {said}", file=sys.stderr)

ours = results["fallback-ledger"]
print(f"{file}, {rounds} rounds in turn, medians; load {os.getloadavg()[0]:.1f}")
print(f"{'':24}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'file MB':>9}{'our wall':>10}{'our CPU':>9}")
for name, figures in results.items():
    wall, cpu, peak = (statistics.median(f[k] for f in figures) for k in range(3))
    by = [statistics.median(o[k] / f[k] for o, f in zip(ours, figures)) for k in range(2)]
    size = f"{sizes[name]:9.0f}" if name in sizes else f"{'':9}"
    print(f"{name:24}{wall:8.2f}{cpu:8.2f}{peak:9.0f}{size}{by[0]:10.2f}{by[1]:9.2f}")
