#!/usr/bin/env python3
"""Runs the tests of the Spark job and of the hand-over; the last line is `N passed, N failed`."""

import sys
import unittest
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here))
suite = unittest.defaultTestLoader.discover(str(here))
result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2).run(suite)
failed = len({test.id() for test, _ in result.failures + result.errors})
print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed")
sys.exit(0 if result.wasSuccessful() else 1)
