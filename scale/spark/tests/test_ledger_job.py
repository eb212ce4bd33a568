"""The Spark job against one machine's ledger, and what must not be published."""

import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import textwrap
import unittest
from pathlib import Path

import duckdb

from cluster import PROGRAM, Cluster, Local, executor_with_running, submit, wait_for

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "fixtures" / "demo"
CATALOGS = {"--prices": "prices.csv", "--tenants": "tenants.csv", "--policy": "policy.yaml"}


def program(*arguments, folder, stdin=None):
    return subprocess.run([PROGRAM, *map(str, arguments)], cwd=folder, input=stdin, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


def native(request, tenant, **more):
    line = {"request_id": request, "attempt": 0, "ts": "2026-10-07T08:00:00Z", "tenant_id": tenant,
            "primary": {"provider": "openai", "model": "gpt-5"},
            "route": {"provider": "openai", "model": "gpt-5"}, "outcome": "success", "cost_usd": "0.001"}
    return json.dumps(line | more).encode()


def demo_lines():
    packed = (DEMO / "events.jsonl.zst").read_bytes()
    return subprocess.run(["zstd", "-dc"], input=packed, check=True, stdout=subprocess.PIPE).stdout.splitlines()


def write_logs(folder, seed=1):
    """The demo's fortnight in four packed files below folders, and what engines get wrong in a fifth."""
    lines = demo_lines()
    random.Random(seed).shuffle(lines)
    late = [b"\xef\xbb\xbf" + lines[0], lines[7] + b"\r", b"", b"  ", native("q1", "!reject"),
            native("q2", "a\\b"), native("q4", "first", event_id="e1"), native("q5", "second", event_id="e1"),
            native("q6", "third"), native("q6", "fourth", event_id="e2"), native("q7", "fifth", event_id="e1"),
            b'{"request_id":"q10","att', b"{\xff}", b"[1]", native("q11", "sixth").replace(b" ", b"\t")]
    late += [line.replace(b'"attempt":', b'"latency_ms":77777,"attempt":') for line in lines[:400:20]]
    files = {"a/0.jsonl.zst": lines[0::4], "a/1 b.jsonl.zst": lines[1::4], "b/2.jsonl.zst": lines[2::4],
             "b/3%20.jsonl.zst": lines[3::4], "c/[4].jsonl.zst": late}
    for name, part in files.items():
        path = folder / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["zstd", "-q", "-o", path], input=b"\n".join(part) + b"\n", check=True)
    return sorted(files)


def one_machine(folder, files):
    """The figures of a ledger that took the same files in the same order."""
    program("prices", "import", DEMO / "prices.csv", folder=folder)
    program("tenants", "import", DEMO / "tenants.csv", folder=folder)
    program("policy", "apply", DEMO / "policy.yaml", folder=folder)
    program("ingest", *files, "--ledger", folder / "ledger.sqlite", folder=folder / "logs")
    return program("scale", "figures", folder=folder)


def figures(out, but=("run",)):
    """What a run published, as `scale figures` prints it."""
    run = (out / "LATEST").read_text().strip()
    rows = duckdb.sql(f"SELECT report, dimensions, measure, value FROM '{out}/runs/{run}/figures/*.parquet'")
    lines = ["\t".join(map(str, row)) for row in rows.fetchall() if row[0] not in but]
    places = [line.split("\t")[:3] for line in lines]
    assert len(places) == len(set(map(tuple, places)))
    # By the bytes of report, dimensions and measure.
    lines.sort(key=lambda line: [field.encode() for field in line.split("\t")[:3]])
    return "".join(line + "\n" for line in lines).encode()


class JobTest(unittest.TestCase):
    cluster = Local

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="ledger-spark-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.files = write_logs(self.folder)
        self.out = self.folder / "out"

    def job(self, spark, *more, run="one", program=PROGRAM):
        catalogs = [part for option, file in CATALOGS.items() for part in (option, DEMO / file)]
        process = submit(spark, "--program", program, "--logs", self.folder / "logs", "--out", self.out,
                         "--run", run, *catalogs, *more)
        # Nothing that was started is left behind; of one that has ended this does nothing.
        self.addCleanup(process.kill)
        return process

    def run_job(self, spark, *more, **options):
        process = self.job(spark, *more, **options)
        process.wait(600)
        return process.returncode, (spark.folder / "job.log").read_text()

    def wrapper(self, body):
        """A program in the place of ours, for what it does wrong."""
        path = self.folder / "wrapped" / "fallback-ledger"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/bash\nprogram={PROGRAM}\n" + textwrap.dedent(body))
        path.chmod(0o755)
        return path

    def assert_refused(self, outcome, *words):
        status, log = outcome
        self.assertNotEqual(status, 0)
        self.assertFalse((self.out / "LATEST").exists())
        for word in words:
            self.assertIn(word, log)


class LocalTests(JobTest):
    def test_figures_are_those_of_one_machine_byte_for_byte(self):
        expected = one_machine(self.folder, self.files)
        self.assertIn(b'stats\t{"code":"conflict"}\tnot_admitted', expected)
        with Local(self.folder) as spark:
            for partitions in (3, 6):
                status, log = self.run_job(spark, "--partitions", partitions, run=f"of-{partitions}")
                self.assertEqual(status, 0, log[-3000:])
                self.assertIn("tenants share ids with another", log)
                self.assertEqual(figures(self.out), expected)
                folder = self.out / "runs" / f"of-{partitions}" / "parts"
                self.assertGreater(len(list(folder.glob("*.parquet"))), 1)

    def test_replay_is_that_of_one_machine(self):
        one_machine(self.folder, self.files)
        candidate = self.folder / "candidate.yaml"
        # Classes stay, retries go: a policy that the demo's models bear.
        candidate.write_text((DEMO / "policy.yaml").read_text().replace("constrained: 0.80", "constrained: 0.75"))
        expected = json.loads(program(
            "replay", "--policy", candidate, "--format", "json", folder=self.folder))["replayed"]
        with Local(self.folder) as spark:
            status, log = self.run_job(spark, "--partitions", 3, "--replay", candidate)
        self.assertEqual(status, 0, log[-3000:])
        self.assertIn("the replay runs whole", log)
        lines = figures(self.out).decode().splitlines()
        replayed = dict(line.split("\t")[2:] for line in lines if line.startswith("replay\t"))
        for measure in ("cost_usd", "actual_margin_usd", "revenue_usd"):
            nano = int(replayed.get(measure.replace("_usd", "_nano_usd"), 0))
            self.assertEqual(nano, round(float(expected[measure]) * 1e9), measure)

    def test_a_wrong_key_is_told_by_the_stats(self):
        with Local(self.folder) as spark:
            outcome = self.run_job(spark, "--partitions", 3, "--distribute-by", "xxhash64(row)")
        self.assert_refused(outcome, "tenants were torn apart", "nothing is published")

    def test_a_missing_file_is_told_by_the_stats(self):
        wrapped = self.wrapper(r"""
            if [ "$2" = normalise ]; then grep -av '^b/2.jsonl.zst' | $program "$@"; exit; fi
            exec $program "$@"
            """)
        with Local(self.folder) as spark:
            outcome = self.run_job(spark, "--partitions", 3, program=wrapped)
        self.assert_refused(outcome, "b/2.jsonl.zst was counted, but no partition had it")

    def test_rows_that_are_lost_are_told_by_the_stats(self):
        wrapped = self.wrapper(r"""
            if [ "$2" = partition ]; then grep -av '"line":77,' | $program "$@"; exit; fi
            exec $program "$@"
            """)
        with Local(self.folder) as spark:
            outcome = self.run_job(spark, "--partitions", 3, program=wrapped)
        self.assert_refused(outcome, "rows were normalised and")

    def test_a_program_that_fails_fails_the_job(self):
        for mode in ("normalise", "partition"):
            # Even if it says all that it should before it does.
            wrapped = self.wrapper(f"""
                if [ "$2" = {mode} ]; then $program "$@"; exit 74; fi
                exec $program "$@"
                """)
            with self.subTest(mode), Local(self.folder) as spark:
                outcome = self.run_job(spark, "--partitions", 3, run=mode, program=wrapped)
                self.assert_refused(outcome, "Subprocess exited with status 74")

    def test_what_cannot_be_spread_is_refused_in_a_sentence(self):
        with Local(self.folder) as spark:
            (self.folder / "logs" / "plain.jsonl").write_bytes(b"{}\n")
            self.assert_refused(self.run_job(spark), "error: plain.jsonl is not packed")
            shutil.rmtree(self.folder / "logs")
            (self.folder / "logs").mkdir()
            self.assert_refused(self.run_job(spark), "has no logs that end in .jsonl.zst")


class ClusterTests(JobTest):
    def test_an_executor_that_is_killed_at_work_changes_nothing(self):
        expected = one_machine(self.folder, self.files)
        # Slow on its first attempt in each worker, so that it is seen at work; the next is as ever.
        mark = self.folder / "seen"
        wrapped = self.wrapper(f"""
            if [ "$2" = partition ] && mkdir {mark} 2>/dev/null; then
              (exec -a fallback-ledger $program "$@") & wait $!; sleep 60
            fi
            exec $program "$@"
            """)
        with Cluster(self.folder) as spark:
            process = self.job(spark, "--partitions", 3, program=wrapped)
            ours = {worker.pid for worker in spark.processes}
            found = []

            def seen():
                self.assertIsNone(process.poll(), (self.folder / "job.log").read_text()[-3000:])
                executor = executor_with_running("partition", ours) if mark.exists() else None
                return executor and not found.append(executor)

            wait_for(seen)
            os.kill(found[0], signal.SIGKILL)
            process.wait(600)
            log = (self.folder / "job.log").read_text()
        self.assertEqual(process.returncode, 0, log[-3000:])
        self.assertIn("Lost executor", log)
        self.assertEqual(figures(self.out), expected)


if __name__ == "__main__":
    unittest.main()
