"""A run's figures in DuckDB and in ClickHouse's embedded engine, against the ledger's own views."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import duckdb
from chdb import session

ROOT = Path(__file__).resolve().parents[3]
DEMO, QUESTIONS, HANDOVER = ROOT / "fixtures" / "demo", ROOT / "queries" / "questions", ROOT / "scale" / "handover"
PROGRAM = os.environ["FALLBACK_LEDGER_PROGRAM"]
VIEWS = ("daily_by_workflow", "daily_by_tenant", "daily_by_model")
# Those that read nothing but these views.
ASKED = ("cost_per_served_request", "days_at_a_glance", "dearest_tenants", "downgrades_by_tier",
         "fallbacks_that_made_money", "rescued_by_model", "tenants_below_zero_margin", "who_stood_in")


def program(folder, *arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], cwd=folder, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True).stdout


def statements(sql):
    """The statements of a file without its comments; none has a semicolon inside."""
    return [part for part in re.sub(r"^\s*--.*$", "", sql, flags=re.M).split(";") if part.strip()]


class DuckDB:
    def __init__(self, folder):
        self.connection = duckdb.connect()

    def run(self, sql):
        self.connection.execute(sql)

    def rows(self, sql):
        cursor = self.connection.execute(sql)
        return [column[0] for column in cursor.description], [list(row) for row in cursor.fetchall()]


class ClickHouse:
    def __init__(self, folder):
        self.session = session.Session(str(folder / "clickhouse"))

    def run(self, sql):
        self.session.query(sql)

    def rows(self, sql):
        answer = json.loads(self.session.query(
            sql + " SETTINGS output_format_json_quote_64bit_integers = 0, join_use_nulls = 1, "
            "prefer_column_name_to_alias = 1", "JSONCompact").bytes())
        return [column["name"] for column in answer["meta"]], answer["data"]


class HandoverTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="ledger-handover-"))
        program(cls.folder, "prices", "import", DEMO / "prices.csv")
        program(cls.folder, "tenants", "import", DEMO / "tenants.csv")
        program(cls.folder, "policy", "apply", DEMO / "policy.yaml")
        program(cls.folder, "ingest", DEMO / "events.jsonl.zst")
        figures = cls.folder / "figures.tsv"
        figures.write_text(program(cls.folder, "scale", "figures"))
        (cls.folder / "figures").mkdir()
        duckdb.sql(f"""
            COPY (SELECT * FROM read_csv('{figures}', delim='\t', header=false, quote='', escape='',
              columns={{'report': 'VARCHAR', 'dimensions': 'VARCHAR', 'measure': 'VARCHAR', 'value': 'BIGINT'}}))
            TO '{cls.folder}/figures/part-0.parquet'""")
        cls.engines = {}
        for name, engine in (("duckdb", DuckDB), ("clickhouse", ClickHouse)):
            cls.engines[name] = engine(cls.folder)
            for file in (name, "views"):
                sql = (HANDOVER / f"{file}.sql").read_text().replace("RUN/", f"{cls.folder}/")
                for statement in statements(sql):
                    cls.engines[name].run(statement)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def ledger(self, *arguments):
        """Columns and rows of the ledger's own answer; numbers exact."""
        answer = json.loads(program(self.folder, *arguments, "--format", "json"))
        return list(answer[0]) if answer else None, [list(row.values()) for row in answer]

    def assert_same(self, engine, sql, expected):
        columns, rows = self.engines[engine].rows(sql)
        if expected[1]:
            self.assertEqual(columns, expected[0])

        def comparable(row):
            # USD for reading are floating point, summed in another order.
            return [("null",) if cell is None else round(cell, 6) if isinstance(cell, float) else cell
                    for cell in row]

        def key(row):
            return [repr(cell) for cell in row if not isinstance(cell, float)]

        self.assertEqual(sorted(map(comparable, rows), key=key),
                         sorted(map(comparable, expected[1]), key=key))

    def test_views_are_the_ledgers_to_the_nano_dollar(self):
        for view in VIEWS:
            exact = [name for name in self.ledger("sql", f"SELECT * FROM {view} LIMIT 1")[0]
                     if not name.endswith("_usd") or name.endswith("_nano_usd")]
            sql = f"SELECT {', '.join(chr(34) + name + chr(34) for name in exact)} FROM {view}"
            expected = self.ledger("sql", sql, "--rows", "100000")
            self.assertGreater(len(expected[1]), 10)
            for engine in self.engines:
                with self.subTest(view=view, engine=engine):
                    self.assert_same(engine, sql, expected)

    def test_views_have_every_column_of_the_ledgers(self):
        for view in VIEWS:
            names = self.ledger("sql", f"SELECT * FROM {view} LIMIT 1")[0]
            for engine in self.engines:
                found = self.engines[engine].rows(f"SELECT * FROM {view} LIMIT 1")[0]
                self.assertEqual(sorted(found), sorted(names), engine)

    def test_questions_run_there_and_answer_the_same(self):
        for question in ASKED:
            sql = (QUESTIONS / f"{question}.sql").read_text().strip().rstrip(";")
            for period in ({}, {"from": "2026-10-05", "to": "2026-10-12"}):
                asked = []
                text = sql
                for name in ("from", "to"):
                    text = re.sub(rf":{name}\b", f"'{period[name]}'" if name in period else "NULL", text)
                    if name in period:
                        asked += ["--set", f"{name}={period[name]}"]
                expected = self.ledger("query", question, *asked)
                self.assertTrue(expected[1] or question == "tenants_below_zero_margin", question)
                for engine in self.engines:
                    with self.subTest(question=question, period=period, engine=engine):
                        self.assert_same(engine, text, expected)


if __name__ == "__main__":
    unittest.main()
