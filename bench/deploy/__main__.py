"""`python -m bench.deploy`; see bench/deploy/run.py."""

from __future__ import annotations

import sys

from bench.deploy.run import main

if __name__ == "__main__":
    sys.exit(main())
