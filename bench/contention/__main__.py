"""`python -m bench.contention`; see bench/contention/run.py."""

from __future__ import annotations

import sys

from bench.contention.run import main

if __name__ == "__main__":
    sys.exit(main())
