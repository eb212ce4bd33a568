"""Measures `verify` of a ledger of a log, without prices and with them.

  run.py PROGRAM LOG FOLDER ROUNDS

The ledgers are made in FOLDER where they are not there. Prints wall and processor seconds and memory, the
least of the rounds each.
"""
import os
import sys
import time

SIZES = ["large-2026-01", "medium-2026-01", "small-2026-01", "reasoning-2", "nano"]
PROVIDERS = ["openai", "anthropic", "google", "mistral", "cohere", "bedrock", "azure", "local"]


def run(arguments):
    """Wall and processor seconds and the most memory in MB of a command that must succeed."""
    start = time.monotonic()
    child = os.posix_spawn(arguments[0], arguments, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status, used = os.wait4(child, 0)
    wall = time.monotonic() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"error: {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def catalogs(folder):
    """Prices that rise in mid-month, fees for every tenth tenant, and a negotiated price."""
    prices = ["provider,model,effective_from,input_usd_per_million,output_usd_per_million"]
    for place, (provider, size) in enumerate((p, s) for p in PROVIDERS for s in SIZES):
        for day, factor in (("2026-01-01", 1), ("2026-11-15", 2)):
            prices.append(f"{provider},{provider}-{size},{day},{factor * (0.1 + place / 10):.2f},"
                          f"{factor * (0.4 + place / 4):.2f}")
    tenants = ["tenant_id,effective_from,monthly_fee_usd"]
    tenants += [f"tenant-{number},2026-01-01,99.99" for number in range(0, 2_000, 10)]
    contracts = ["provider,effective_from,multiplier", "openai,2026-01-01,0.9"]
    for name, lines in (("prices", prices), ("tenants", tenants), ("contracts", contracts)):
        path = os.path.join(folder, f"{name}.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        command = ["tenants" if name == "tenants" else "prices", "import", path]
        yield command


def main():
    program, log, folder, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    plain = os.path.join(folder, os.path.basename(log) + ".sqlite")
    priced = plain.replace(".sqlite", "-priced.sqlite")
    for ledger, commands in ((plain, []), (priced, catalogs(folder))):
        if os.path.exists(ledger):
            continue
        part = ledger + ".part"
        for command in [*commands, ["ingest", log]]:
            run([program, *command, "--ledger", part])
        os.rename(part, ledger)
        os.remove(part + ".lock")
    print(f"{'verify':<24}{'wall s':>8}{'CPU s':>8}{'MB':>6}")
    for name, ledger in (("without prices", plain), ("with prices and fees", priced)):
        measured = [run([program, "verify", "--ledger", ledger]) for _ in range(rounds)]
        wall, processor, memory = (min(column) for column in zip(*measured))
        print(f"{name:<24}{wall:>8.1f}{processor:>8.1f}{memory:>6.0f}")


main()
