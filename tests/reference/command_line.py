# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts that make models of one family have in common: where fixtures are, and how they are called."""

import argparse
import os
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
FIXTURES = TESTS / "fixtures"
#: The same to be read: nothing is packed where the tests were built.
UNPACKED = Path(os.environ.get("G_TEST_BUILDDIR", TESTS.parent / "build-tests" / "tests")) / "fixtures"


def run(doc, make_tiny, make_full, compare, full=("OUT",)):
    """Does what the arguments say; full: what --full takes, the last of which is a folder."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", nargs=len(full), metavar=full)
    parser.add_argument("--compare", type=Path, nargs=2, metavar=("OUT", "DIR"))
    options = parser.parse_args()
    if options.full:
        make_full(*options.full[:-1], Path(options.full[-1]))
    elif options.compare:
        compare(*options.compare)
    else:
        make_tiny()
