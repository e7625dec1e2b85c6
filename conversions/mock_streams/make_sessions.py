"""Make the folders and the table of two sessions without sources: ``python make_sessions.py FOLDER``."""

import sys
from pathlib import Path

#: The table: what the streams of a session are made from, and its metadata.
TABLE = """\
session_id,subject_id,seed,sex,age,session_start_time
day1,cleo,1,F,P60D,2024-03-01T09:00:00+01:00
day2,cleo,2,F,P61D,2024-03-02T09:00:00+01:00
"""


def make_sessions(folder: Path) -> Path:
    """Write a folder for each session, and ``sessions.csv``; return the folder."""
    for row in TABLE.splitlines()[1:]:
        (folder / row.partition(",")[0]).mkdir(parents=True)
    (folder / "sessions.csv").write_text(TABLE)
    return folder


if __name__ == "__main__":
    make_sessions(Path(sys.argv[1]))
