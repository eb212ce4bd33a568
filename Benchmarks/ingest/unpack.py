"""CPU seconds of `zstd -dc` on a log: the floor under its reading.

  unpack.py FILE
"""
import os
import subprocess
import sys

process = subprocess.Popen(["zstd", "-dcq", sys.argv[1]], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
process.returncode = status
print(f"zstd -dc: CPU {usage.ru_utime + usage.ru_stime:.2f} s")
sys.exit(status != 0)
