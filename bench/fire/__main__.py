"""`python -m bench.fire`; see bench/fire/run.py."""

from __future__ import annotations

import sys

from bench.fire.run import main

if __name__ == "__main__":
    sys.exit(main())
