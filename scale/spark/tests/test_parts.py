"""The parts of the job that need no Spark."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from linked_tenants import groups  # noqa: E402
from reconcile import problems  # noqa: E402

STATS = [
    ("run", "{}", "rows", 9), ("run", '{"tenant_key":"a"}', "partitions", 1),
    ("run", '{"file":"f"}', "streams", 1), ("run", '{"file":"f"}', "text_lines", 10),
    ("stats", '{"file":"f"}', "lines", 10), ("stats", '{"file":"f"}', "accepted", 6),
    ("stats", '{"file":"f"}', "rejected", 3), ("stats", '{"file":"f"}', "blank", 1),
]


class LinkedTenantsTests(unittest.TestCase):
    def test_tenants_hang_together_over_any_number_of_ids(self):
        found = groups([["a", "b"], ["c", "d", "e"], ["e", "f"], ["b", "z"]])
        self.assertEqual(found, {"a": "a", "b": "a", "z": "a", "c": "c", "d": "c", "e": "c", "f": "c"})

    def test_no_ids_no_groups(self):
        self.assertEqual(groups([]), {})


class ReconcileTests(unittest.TestCase):
    def told(self, lines={"f": 10}, rows=9, listed=1, **changes):
        stats = [(r, d, m, changes.get(m, v)) for r, d, m, v in STATS]
        return "; ".join(problems(stats, lines, rows, listed))

    def test_what_adds_up_is_no_problem(self):
        self.assertEqual(self.told(), "")

    def test_each_way_not_to_add_up_is_told(self):
        self.assertIn("f has 11 lines, of which 10 came", self.told(lines={"f": 11}))
        self.assertIn("g was counted, but no partition had it", self.told(lines={"f": 10, "g": 1}, listed=2))
        self.assertIn("f was read in 2 pieces", self.told(streams=2))
        self.assertIn("1 tenants were torn apart, a among them", self.told(partitions=2))
        self.assertIn("8 rows were normalised and 9 taken in", self.told(rows=8))
        self.assertIn("lines are not accepted", self.told(accepted=5))
        self.assertIn("1 files were listed and 2 read", self.told(lines={"f": 10, "g": 0}))


if __name__ == "__main__":
    unittest.main()
