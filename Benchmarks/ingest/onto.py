"""The rate onto ledgers that grow month by month, and of a smaller log into an empty and onto the largest one.

  onto.py PROGRAM FOLDER MORE MONTH...
"""
import os
import subprocess
import sys
import time

program, folder, more, months = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
large, empty = (os.path.join(folder, f"onto-{name}.sqlite") for name in ("large", "empty"))


def remove(ledger):
    for suffix in ("", "-wal", "-shm", ".lock"):
        if os.path.exists(ledger + suffix):
            os.remove(ledger + suffix)


def ingest(name, log, ledger):
    start = time.perf_counter()
    running = subprocess.Popen([program, "ingest", log, "--ledger", ledger], stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    if status:
        sys.exit(f"ingest of {log} ended with {os.waitstatus_to_exitcode(status)}")
    print(f"{name:32}{time.perf_counter() - start:8.1f}{used.ru_utime + used.ru_stime:8.1f}"
          f"{used.ru_maxrss / 1024:9.0f}{os.path.getsize(ledger) / 1e6:11.0f}", flush=True)


remove(large)
print(f"{'':32}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'ledger MB':>11}")
for number, log in enumerate(months):
    ingest(f"a month onto {number} of them", log, large)
for _ in range(2):
    remove(empty)
    ingest("the smaller log into an empty", more, empty)
ingest(f"the smaller log onto {len(months)} months", more, large)
for ledger in (large, empty):
    remove(ledger)
