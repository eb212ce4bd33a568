#!/usr/bin/env python3
"""The ledger's sums over logs that are too many for one machine, on Apache Spark 4.

    spark-submit scale/spark/ledger_job.py --program fallback-ledger \
      --logs s3a://logs/2026-10 --out s3a://ledger/2026-10 --prices prices.csv --policy policy.yaml

Spark reads the packed lines, sorts them by tenant and starts again what fails; the program alone says what
a line means and what it costs. It is called through SQL TRANSFORM, which heeds its exit code. What it
printed is published only if it accounts for every line that Spark counted. docs/scale.md has the whole way.
"""

import argparse
import os
import shlex
import sys
import uuid

from pyspark.sql import SparkSession

from linked_tenants import linked_tenants
from reconcile import problems

PACKED = (".jsonl.zst", ".jsonl.gz", ".ndjson.zst", ".ndjson.gz")


def arguments():
    parser = argparse.ArgumentParser(description="The ledger's sums, on Apache Spark 4.")
    parser.add_argument("--program", required=True, help="the static binary")
    parser.add_argument("--logs", required=True, help="a folder of *.jsonl.zst or .gz, walked")
    parser.add_argument("--out", required=True, help="runs go to OUT/runs/ID, OUT/LATEST names the last good one")
    parser.add_argument("--run", default=uuid.uuid4().hex, help="the run's name; its folder must be new")
    parser.add_argument("--policy", help="the policy in force")
    parser.add_argument("--prices", action="append", default=[], help="a price file; may be given again")
    parser.add_argument("--tenants", action="append", default=[], help="tenants' terms or payments")
    parser.add_argument("--replay", help="a policy to try; runs whole, in one task")
    parser.add_argument("--from-format", default="auto", help="as of `ingest`")
    parser.add_argument("--partitions", type=int, default=200, help="tasks over which tenants are spread")
    # For the tests: what a wrong key does.
    parser.add_argument("--distribute-by", default="home", help=argparse.SUPPRESS)
    return parser.parse_args()


class Failed(Exception):
    """The run is not published; the sentence says why."""


class Job:
    def __init__(self, spark, options):
        self.spark, self.options = spark, options
        self.folder = f"{options.out.rstrip('/')}/runs/{options.run}"
        path = spark.sparkContext._jvm.org.apache.hadoop.fs.Path
        self.path = lambda name: path(name)
        self.files = path(self.folder).getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())

    def run(self):
        if self.files.exists(self.path(self.folder)):
            raise Failed(f"{self.folder} is there already; give another --run")
        program, catalogs = self.ship()
        inputs = self.read_lines()
        self.normalise(program)
        homes = self.homes()
        self.partition(program, catalogs, homes)
        if self.options.replay:
            self.replay(program, catalogs)
        self.merge()
        self.reconcile(inputs)
        self.publish()

    def ship(self):
        """Sends the program and its files to every worker; how to call it there, and its options."""
        context = self.spark.sparkContext
        names = {}

        def send(file):
            if os.path.basename(file) in names and names[os.path.basename(file)] != file:
                raise Failed(f"two files are called {os.path.basename(file)}; rename one")
            names[os.path.basename(file)] = file
            context.addFile(os.path.abspath(file))
            return os.path.basename(file)

        # Spark puts the folder of what it sent on the PATH of scripts.
        program = shlex.quote(send(self.options.program))
        beside = f'"$(dirname "$(command -v {program})")"/'
        self.candidate = beside + shlex.quote(send(self.options.replay)) if self.options.replay else None
        catalogs = []
        for option, files in (
            ("--prices", self.options.prices),
            ("--tenants", self.options.tenants),
            ("--policy", [self.options.policy] if self.options.policy else []),
        ):
            for file in files:
                catalogs += [option, beside + shlex.quote(send(file))]
        return program, " ".join(catalogs)

    def read_lines(self):
        """The lines by file, and how many each has by Spark's own count."""
        self.listed = self.list_inputs()
        names = self.spark.createDataFrame(sorted(self.listed.items()), "path STRING, name STRING")
        names.createOrReplaceTempView("name_of_path")
        reader = self.spark.read.option("lineSep", "\n").option("recursiveFileLookup", "true")
        lines = reader.option("pathGlobFilter", "*.{jsonl,ndjson}.{zst,gz}").text(self.options.logs)
        # By path alone: Hadoop and Spark write `file:` with other numbers of slashes.
        lines = lines.selectExpr("parse_url(_metadata.file_path, 'PATH') AS path", "value")
        lines.createOrReplaceTempView("raw_line")
        # A file is called by its path below the logs, as on one machine.
        self.spark.sql(
            "SELECT /*+ BROADCAST(name_of_path) */ coalesce(name, path) AS file, value "
            "FROM raw_line LEFT JOIN name_of_path USING (path)").createOrReplaceTempView("line")
        counts = self.spark.sql("SELECT file, count(*) AS lines FROM line GROUP BY file").collect()
        strange = {row.file for row in counts} - set(self.listed.values())
        if strange:
            raise Failed(f"{min(strange)} is none of the files that were listed; start again")
        return {row.file: row.lines for row in counts}

    def list_inputs(self):
        """The packed logs in the folder and below: names by their paths as Spark writes them."""
        base = self.path(self.options.logs)
        system = base.getFileSystem(self.spark.sparkContext._jsc.hadoopConfiguration())
        base = system.makeQualified(base).toUri().getPath().rstrip("/")
        walk, found = system.listFiles(self.path(self.options.logs), True), {}
        while walk.hasNext():
            uri = walk.next().getPath().toUri()
            name = uri.getPath()[len(base) + 1 :]
            if any(part.startswith((".", "_")) for part in name.split("/")):
                continue
            if name.endswith((".jsonl", ".ndjson", ".json")):
                raise Failed(f"{name} is not packed, so Spark would cut it; pack it with zstd")
            if name.endswith(PACKED):
                if any(ord(letter) < 32 for letter in name):
                    raise Failed(f"{name!r} has a control character; rename it")
                found[uri.getRawPath()] = name
        if not found:
            raise Failed(f"{self.options.logs} has no logs that end in {', '.join(PACKED)}")
        return found

    def transform(self, columns, source, command, names):
        fields = ", ".join(f"{name} STRING" for name in names)
        # Spark's SQL takes no backslashes or quotes unescaped in a literal.
        literal = command.replace("\\", "\\\\").replace("'", "\\'")
        # Left out, the separator would be another.
        tabs = r"ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'"
        return self.spark.sql(
            f"SELECT TRANSFORM({columns}) {tabs} USING '{literal}' AS ({fields}) {tabs} FROM {source}")

    def normalise(self, program):
        # A line that is no UTF-8 goes as its digits: between Spark and a script there is only text.
        columns = "file, IF(is_valid_utf8(value), '', 'hex'), IF(is_valid_utf8(value), value, hex(value))"
        command = f"exec {program} scale normalise --by-file --from-format {shlex.quote(self.options.from_format)}"
        rows = self.transform(columns, "line", command, ["tenant_key", "row"])
        # Written, so that a partition which is started again need not read the logs again.
        rows.write.parquet(f"{self.folder}/rows")
        self.spark.read.parquet(f"{self.folder}/rows").createOrReplaceTempView("row")

    def homes(self):
        """Where tenants go: home is the tenant, but one for all that share an id of an event or request."""
        homes = linked_tenants(self.spark)
        if homes:
            print(f"{len(homes)} tenants share ids with another; they are taken together", file=sys.stderr)
        frame = self.spark.createDataFrame(sorted(homes.items()) or [("", "")], "tenant_key STRING, linked STRING")
        frame.createOrReplaceTempView("linked")
        return """(SELECT /*+ BROADCAST(linked) */ row.tenant_key, row,
            CASE WHEN tenant_key IN ('!reject', '!file') THEN hex(xxhash64(row))
              ELSE coalesce(linked.linked, tenant_key) END AS home
          FROM row LEFT JOIN linked USING (tenant_key))"""

    def partition(self, program, catalogs, homes):
        source = f"(SELECT * FROM {homes} DISTRIBUTE BY {self.options.distribute_by})"
        self.figures(source, f"exec {program} scale partition {catalogs}", "parts")

    def replay(self, program, catalogs):
        print("the replay runs whole, in one task: tenants are one another's evidence", file=sys.stderr)
        source = "(SELECT /*+ REPARTITION(1) */ tenant_key, row FROM row)"
        command = f"exec {program} scale partition {catalogs} --replay {self.candidate} --replay-only"
        self.figures(source, command, "replay")

    def figures(self, source, command, folder):
        names = ["report", "dimensions", "measure", "value"]
        self.transform("tenant_key, row", source, command, names).write.parquet(f"{self.folder}/{folder}")

    def merge(self):
        parts = [f"{self.folder}/parts"] + ([f"{self.folder}/replay"] if self.options.replay else [])
        self.spark.read.parquet(*parts).createOrReplaceTempView("part")
        # Under ANSI rules, which hold in Spark 4, a sum that leaves 64 bits is an error.
        merged = self.spark.sql(
            "SELECT report, dimensions, measure, sum(CAST(value AS BIGINT)) AS value FROM part "
            "GROUP BY report, dimensions, measure HAVING sum(CAST(value AS BIGINT)) <> 0 "
            "ORDER BY report, dimensions, measure")
        merged.write.parquet(f"{self.folder}/figures")

    def reconcile(self, inputs):
        figures = self.spark.read.parquet(f"{self.folder}/figures")
        stats = figures.where("report IN ('run', 'stats')").collect()
        rows = self.spark.sql("SELECT count(*) AS n FROM row WHERE tenant_key <> '!file'").collect()[0].n
        found = problems(
            [(r.report, r.dimensions, r.measure, r.value) for r in stats], inputs, rows, len(self.listed))
        if found:
            raise Failed("nothing is published: " + "; ".join(found[:5]))

    def publish(self):
        """Names the run as the last good one; a reader sees it whole or the one before."""
        new, latest = f"{self.options.out}/.LATEST-{self.options.run}", f"{self.options.out}/LATEST"
        stream = self.files.create(self.path(new), True)
        stream.write(bytearray((self.options.run + "\n").encode()))
        stream.close()
        self.files.delete(self.path(latest), False)
        if not self.files.rename(self.path(new), self.path(latest)):
            raise Failed(f"{latest} cannot be written; {self.folder}/figures is whole")
        print(f"published {self.folder}/figures", file=sys.stderr)


def main():
    options = arguments()
    spark = (
        SparkSession.builder.appName("fallback-ledger")
        .config("spark.sql.shuffle.partitions", options.partitions)
        # Tenants stay whole whatever a plan is changed to while it runs.
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.files.ignoreMissingFiles", "false")
        .config("spark.sql.files.ignoreCorruptFiles", "false")
        .getOrCreate()
    )
    try:
        Job(spark, options).run()
    except Failed as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 65
    finally:
        spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
