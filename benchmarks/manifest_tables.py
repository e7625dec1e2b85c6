"""How long it takes to read the four tables of a manifest as typed, checked frames, against plain ``pandas.read_csv``.

Claim: on tables of the size of the public release (4,786 + 705 + 2,120 + 133,560 rows), recognising the specification
and reading every cell as its type, malformed files refused, costs at most five times what ``pandas.read_csv`` takes to
read the same files untyped and unchecked, and at most three times on ten times the rows. The peer with the same types
(dates, list literals, nullable whole numbers), done by hand in pandas, is printed beside it.
"""

import ast
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pandas as pd
from apparatus import calibration
from apparatus.claims import Claim, report
from check_tables import make_release

from nwbgate.manifest.specification.recognition import recognise_spec
from nwbgate.manifest.tables import read_tables

MICE, REPEATS = 107, 5
CLAIMS = {1: 5.0, 10: 3.0}
LISTS = ("driver_line", "ophys_container_id", "ophys_experiment_id")


def untyped(folder: Path) -> None:
    """Read the files as pandas does by itself."""
    for path in folder.glob("*.csv"):
        pd.read_csv(path)


def typed_by_hand(folder: Path) -> None:
    """Read the files as text of a mouse, dates, tuples and nullable whole numbers, as a notebook would."""
    for path in folder.glob("*.csv"):
        frame = pd.read_csv(path, dtype={"mouse_id": str}).convert_dtypes()
        for name in {"date_of_acquisition", "published_at"} & set(frame):
            frame[name] = pd.to_datetime(frame[name], format="ISO8601", utc=True)
        for name in set(LISTS) & set(frame):
            if frame[name].dtype != "Int64":
                frame[name] = frame[name].map(ast.literal_eval, na_action="ignore")


def ours(folder: Path) -> None:
    """Recognise the specification and read the tables by it."""
    read_tables(folder, recognise_spec(folder))


def seconds(read: Callable[[Path], None], folder: Path) -> float:
    """Median seconds of several calls, after one that is not counted."""
    read(folder)
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        read(folder)
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> int:
    """Measure both sizes, print the ratios, and fail when the claim does not hold."""
    print(calibration.line())
    claims = []
    with tempfile.TemporaryDirectory() as folder:
        for times, claim in CLAIMS.items():
            place = Path(folder) / str(times)
            rows = make_release(place, MICE * times)
            floor, peer, own = (seconds(read, place) for read in (untyped, typed_by_hand, ours))
            print(", ".join(f"{number:,}" for number in rows.values()), "rows")
            print(f"  nwbgate, typed and checked  {own:6.3f} s")
            print(f"  pandas, typed by hand       {peer:6.3f} s  {peer / own:.1f} times ours")
            claims.append(Claim(f"{times} x the release: as long as pandas.read_csv", own / floor, "times", most=claim))
    return report(claims)


if __name__ == "__main__":
    sys.exit(main())
