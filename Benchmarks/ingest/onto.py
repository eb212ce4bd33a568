"""The rate onto a large ledger beside the rate into an empty one, with the same log."""
import os
import resource
import shutil
import subprocess
import sys
import time

program, base, more, work, rounds = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])


def ingest(log, ledger):
    """Wall and CPU seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([program, "ingest", log, "--ledger", ledger], check=True, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def remove(ledger):
    for suffix in ("", "-wal", "-shm", ".lock"):
        if os.path.exists(ledger + suffix):
            os.remove(ledger + suffix)


large, copy, empty = (os.path.join(work, f"onto-{name}.sqlite") for name in ("large", "copy", "empty"))
remove(large)
ingest(base, large)
print(f"{'':16}{'wall s':>8}{'CPU s':>8}")
for _ in range(rounds):
    for name, ledger in (("into an empty", empty), ("onto a large", copy)):
        remove(ledger)
        if ledger == copy:
            shutil.copyfile(large, copy)
        wall, cpu = ingest(more, ledger)
        print(f"{name:16}{wall:8.2f}{cpu:8.2f}", flush=True)
for ledger in (large, copy, empty):
    remove(ledger)
