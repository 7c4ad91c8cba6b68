"""`python -m bench.crash`; see bench/crash/run.py."""

from __future__ import annotations

import sys

from bench.crash.run import main

if __name__ == "__main__":
    sys.exit(main())
