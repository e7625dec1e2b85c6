"""Run the command line with ``python -m nwbgate``."""

import sys

from nwbgate.cli import main

sys.exit(main())
