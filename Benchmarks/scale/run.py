"""CPU seconds of each filter of `scale` on one log, and of `ingest` beside them.

  run.py PROGRAM LOG FOLDER

Prints what docs/scale.md reckons with. CPU seconds (user and system of the process) hold on a busy machine.
"""
import os
import subprocess
import sys
import time

program, log, folder = sys.argv[1:4]


def measure(name, command, source, target):
    """Runs a filter from a file to a file; its CPU seconds, wall seconds and peak memory."""
    start = time.perf_counter()
    with open(source, "rb") as stdin, open(target, "wb") as stdout:
        process = subprocess.Popen(command, stdin=stdin, stdout=stdout)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        sys.exit(f"{command} failed")
    cpu, wall = usage.ru_utime + usage.ru_stime, time.perf_counter() - start
    print(f"{name:12}{cpu:8.2f}{wall:8.2f}{usage.ru_maxrss / 1024:9.0f}"
          f"{os.path.getsize(source) / 1e6:9.0f}{os.path.getsize(target) / 1e6:9.1f}")
    return cpu


def lines(path):
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


rows, figures, merged = (os.path.join(folder, name) for name in ("rows", "figures", "merged"))
ledger = os.path.join(folder, "ledger.sqlite")
for old in (ledger, ledger + "-wal", ledger + "-shm"):
    if os.path.exists(old):
        os.remove(old)
print(f"{log}; load {os.getloadavg()[0]:.1f}")
print(f"{'':12}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}{'in MB':>9}{'out MB':>9}")
one = measure("normalise", [program, "scale", "normalise", "--file", "log"], log, rows)
two = measure("partition", [program, "scale", "partition"], rows, figures)
measure("merge", [program, "scale", "merge"], figures, merged)
measure("ingest", [program, "ingest", "--ledger", ledger, log], os.devnull, os.devnull)
events = lines(rows) - 1
print(f"{events} events, {lines(figures)} figures: {(one + two) / events * 1e6:.1f} CPU seconds a million events")
