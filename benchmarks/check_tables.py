"""How long `nwbgate check --manifest` takes on tables of the size of the public release, and on ten times the rows.

Promised: 0.8 s for the tables of the release, 3.5 s for ten times the rows, and 600 MB. Each case is a whole process,
imports included; beside it one that only reads the same CSVs with plain ``pandas.read_csv``, the floor.
``--make DIR --mice 2`` only writes made-up tables.
"""

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from apparatus import calibration, compiled_sources
from apparatus.claims import Claim, report

#: Seconds and megabytes that a check may take.
PROMISED = {"tables of the release": (0.8, 600.0), "ten times the rows": (3.5, 600.0)}
GENOTYPES = [
    ("Slc17a7-IRES2-Cre/wt;Camk2a-tTA/wt;Ai93(TITL-GCaMP6f)/wt", ["Slc17a7-IRES2-Cre", "Camk2a-tTA"], "GCaMP6f"),
    ("Sst-IRES-Cre/wt;Ai148(TIT2L-GC6f-ICL-tTA2)/wt", ["Sst-IRES-Cre"], "GCaMP6f"),
    ("Vip-IRES-Cre/wt;Ai148(TIT2L-GC6f-ICL-tTA2)/wt", ["Vip-IRES-Cre"], "GCaMP6f"),
    ("Slc17a7-IRES2-Cre/wt;Camk2a-tTA/wt;Ai94(TITL-GCaMP6s)/wt", ["Slc17a7-IRES2-Cre", "Camk2a-tTA"], "GCaMP6s"),
]
#: project, image set trained on, image set new to the mouse, rig, structures, depths per structure
PROJECTS = [
    ("VisualBehavior", "A", "B", "CAM2P.3", ["VISp"], 1),
    ("VisualBehaviorMultiscope", "A", "B", "MESO.1", ["VISp", "VISl"], 4),
    ("VisualBehaviorTask1B", "B", "A", "CAM2P.4", ["VISp"], 1),
    ("VisualBehaviorMultiscope4areasx2d", "G", "H", "MESO.1", ["VISp", "VISl", "VISal", "VISam"], 2),
    ("VisualBehavior", "A", "B", "CAM2P.5", ["VISp"], 1),
]
#: Planes of eight that pass quality control, about as many as in the release.
PLANES = 6
SHARED = [
    "mouse_id", "indicator", "full_genotype", "driver_line", "cre_line", "reporter_line", "sex", "age_in_days",
    "project_code", "session_type", "date_of_acquisition", "equipment_name",
]  # fmt: skip
STAGE = [
    "session_number", "image_set", "behavior_type", "experience_level", "prior_exposures_to_session_type",
    "prior_exposures_to_image_set", "prior_exposures_to_omissions",
]  # fmt: skip
LISTS = ["ophys_container_id", "ophys_experiment_id", "imaging_plane_group_count"]
CONSTANTS = ["num_targeted_structures", "num_depths_per_area"]
TRIALS = ["catch", "correct_reject", "engaged", "false_alarm", "go", "hit", "miss"]
COLUMNS = {
    "behavior_session_table": [
        "behavior_session_id", "ophys_session_id", *LISTS, *SHARED, "file_id",
        *(f"{kind}_trial_count" for kind in TRIALS), "trial_count", *STAGE, *CONSTANTS,
    ],
    "ophys_session_table": ["ophys_session_id", "behavior_session_id", *LISTS, *SHARED, *STAGE, *CONSTANTS],
    "ophys_experiment_table": [
        "ophys_experiment_id", "behavior_session_id", "ophys_session_id", "ophys_container_id", "imaging_depth",
        "targeted_structure", "targeted_imaging_depth", "imaging_plane_group", "published_at", "isi_experiment_id",
        *SHARED, "file_id", *STAGE, "passive",
    ],
    "ophys_cells_table": ["cell_roi_id", "ophys_experiment_id", "cell_specimen_id"],
}  # fmt: skip


def history(number: int, trained: str, novel: str, sessions: int) -> list[str]:
    """Return the session types of one mouse in order: training of that many sessions, then imaging.

    The last session is a retake, and no plane of it passes quality control.
    """
    start = [
        "TRAINING_0_gratings_autorewards_15min",
        "TRAINING_1_gratings",
        "TRAINING_2_gratings_flashed",
        f"TRAINING_3_images_{trained}_10uL_reward",
        f"TRAINING_4_images_{trained}_training",
    ]
    ready = [f"TRAINING_5_images_{trained}_handoff_ready"] * max(0, sessions - len(start) - 1)
    imaging = [
        f"OPHYS_0_images_{trained}_habituation",
        f"OPHYS_1_images_{trained}",
        f"OPHYS_2_images_{trained}_passive",
        f"OPHYS_3_images_{trained}",
        f"OPHYS_4_images_{novel}",
        f"OPHYS_5_images_{novel}_passive",
        f"OPHYS_6_images_{novel}",
    ]
    again = [imaging[4]] if number % 12 < 7 else []
    return start + ready + imaging[:5] + again + [*imaging[5:], imaging[6]]


def make_release(folder: Path, mice: int, training: int = 37, cells: int = 63) -> dict[str, int]:
    """Write made-up tables in the columns of release 1.1.0, on which no rule fires; return their numbers of rows.

    Parameters
    ----------
    folder : pathlib.Path
        Where the four CSVs go.
    mice : int
        Number of mice; 107 make about the rows of the release.
    training, cells : int
        Training (and habituation) sessions per mouse, and cells per imaging plane.
    """
    tables: dict[str, list[dict[str, object]]] = {name: [] for name in COLUMNS}
    for number in range(mice):
        _mouse(number, training + (number % 7 == 6), cells, tables)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[name], extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return {name: len(rows) for name, rows in tables.items()}


def _mouse(number: int, training: int, cells: int, tables: dict[str, list[dict[str, object]]]) -> None:
    project, trained, novel, rig, structures, depths = PROJECTS[number % len(PROJECTS)]
    genotype, drivers, indicator = GENOTYPES[number % len(GENOTYPES)]
    same = {
        "mouse_id": 400000 + number,
        "indicator": indicator,
        "full_genotype": genotype,
        "driver_line": drivers,
        "cre_line": genotype.split("/")[0],
        "reporter_line": genotype.split(";")[-1].removesuffix("/wt"),
        "sex": "FM"[number % 2],
        "project_code": project,
        "num_targeted_structures": len(structures),
        "num_depths_per_area": depths,
    }
    base = 2_000_000_000 + number * 100_000
    first_day, born = datetime(2018, 9, 3) + timedelta(days=number % 300), 80 + number % 20
    types, images, omissions = Counter[str](), Counter[str](), 0
    containers = [base + 90_000 + plane for plane in range(1 if len(structures) == 1 else PLANES)]
    experiments: list[dict[str, object]] = []
    stages = history(number, trained, novel, training)
    for day, session_type in enumerate(stages):
        behavior = base + day * 100
        omitted = session_type.startswith("OPHYS_") and "habituation" not in session_type
        imaged = omitted and day < len(stages) - 1
        image_set = f"images_{session_type.split('images_')[1][0]}" if "images_" in session_type else "gratings"
        stage = int(session_type.split("_")[1]) if session_type.startswith("OPHYS_") else None
        clock = timedelta(hours=8 + day % 9, minutes=number % 60, seconds=number // 60, microseconds=837000)
        date = first_day + timedelta(days=day) + clock
        row = same | {
            "behavior_session_id": behavior,
            "ophys_session_id": behavior + 1 if imaged else None,
            "session_type": session_type,
            "date_of_acquisition": f"{date}+00:00",
            "age_in_days": born + day,
            "equipment_name": rig if stage is not None else f"BEH.{'BDFG'[number % 4]}-Box{1 + day % 6}",
            "session_number": stage,
            "image_set": image_set,
            "behavior_type": "passive_viewing" if session_type.endswith("passive") else "active_behavior",
            "experience_level": _experience(stage, images[image_set]),
            "prior_exposures_to_session_type": types[session_type],
            "prior_exposures_to_image_set": images[image_set] if image_set != "gratings" else None,
            "prior_exposures_to_omissions": omissions,
            "file_id": -999 if imaged else behavior,
            **_trials(number + day, passive=session_type.endswith("passive")),
        }
        types[session_type] += 1
        images[image_set] += 1
        omissions += omitted
        if imaged:
            planes = _planes(row, containers, structures, depths)
            experiments += planes
            groups = {plane["imaging_plane_group"] for plane in planes} - {None}
            row |= {
                "ophys_experiment_id": [plane["ophys_experiment_id"] for plane in planes],
                "ophys_container_id": [plane["ophys_container_id"] for plane in planes],
                "imaging_plane_group_count": len(groups) or None,
            }
            tables["ophys_session_table"].append(row)
        else:
            row |= dict.fromkeys(CONSTANTS)
        tables["behavior_session_table"].append(row)
    _target(experiments)
    tables["ophys_experiment_table"] += experiments
    tables["ophys_cells_table"] += [cell for plane in experiments for cell in _cells(plane, cells)]


def _experience(stage: int | None, exposures: int) -> str:
    if stage is None:
        return "Training"
    if stage < 4:
        return "Familiar"
    return "Novel >1" if exposures else "Novel 1"


def _trials(seed: int, *, passive: bool) -> dict[str, int]:
    """Return counts of trials; without the lick spout the mouse responds to none."""
    hit, miss = 0 if passive else seed % 90, seed % 40
    alarm, reject = 0 if passive else min(seed % 9, (hit + miss) // 8), min(seed % 30, (hit + miss) // 4)
    total = hit + miss + alarm + reject + seed % 300
    counts = {"hit": hit, "miss": miss, "false_alarm": alarm, "correct_reject": reject}
    counts |= {"go": hit + miss, "catch": alarm + reject, "engaged": 0 if passive else total // 2}
    return {f"{kind}_trial_count": number for kind, number in counts.items()} | {"trial_count": total}


def _planes(
    row: dict[str, object], containers: list[int], structures: list[str], depths: int
) -> list[dict[str, object]]:
    single = len(structures) == 1
    session = int(str(row["ophys_session_id"]))
    return [
        row
        | {
            "ophys_experiment_id": session + 1 + plane,
            "ophys_container_id": container,
            "imaging_depth": 100 + 75 * (plane // len(structures) % depths) + session // 100 % 3,
            "targeted_structure": structures[plane % len(structures)],
            "imaging_plane_group": None if single else plane // 2,
            "published_at": "2021-03-25",
            "isi_experiment_id": 800_000_000 + int(str(row["mouse_id"])),
            "file_id": session + 1 + plane,
            "image_set": str(row["image_set"]).removeprefix("images_"),
            "passive": row["behavior_type"] == "passive_viewing",
        }
        for plane, container in enumerate(containers)
    ]


def _target(experiments: list[dict[str, object]]) -> None:
    """Give every plane the mean depth of its container, cut to whole micrometers."""
    depths: dict[object, list[int]] = {}
    for plane in experiments:
        depths.setdefault(plane["ophys_container_id"], []).append(int(str(plane["imaging_depth"])))
    for plane in experiments:
        found = depths[plane["ophys_container_id"]]
        plane["targeted_imaging_depth"] = int(sum(found) / len(found))


def _cells(plane: dict[str, object], cells: int) -> list[dict[str, object]]:
    experiment, container = int(str(plane["ophys_experiment_id"])), int(str(plane["ophys_container_id"]))
    return [
        {
            "cell_roi_id": experiment * 1000 + cell,
            "ophys_experiment_id": experiment,
            "cell_specimen_id": container * 1000 + cell if cell % 20 else None,
        }
        for cell in range(cells)
    ]


def timed(command: list[str], repeats: int) -> tuple[float, float]:
    """Return the median wall time in s of a process, and the largest resident memory in MB of any process so far."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - start)
    return median(seconds), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def compare(folder: Path, repeats: int, size: str) -> list[Claim]:
    """Return the time of the check, and beside it that of reading the same files with pandas."""
    read = "import sys, pandas; [pandas.read_csv(path) for path in sys.argv[1:]]"
    floor, _ = timed([sys.executable, "-c", read, *map(str, sorted(folder.glob("*.csv")))], repeats)
    ours, memory = timed([sys.executable, "-m", "nwbgate", "check", "--manifest", str(folder)], repeats)
    most_seconds, most_memory = PROMISED[size]
    return [
        Claim(f"{size}: whole process", ours, "s", most=most_seconds),
        Claim(f"{size}: memory", memory, "MB", most=most_memory),
        Claim(f"{size}: as long as a process that only reads the CSV", ours / floor, "times"),
    ]


def main() -> int:
    """Make the tables and print the comparison, or only make them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--make", type=Path, help="only write tables here")
    parser.add_argument("--mice", type=int, default=107)
    parser.add_argument("--training", type=int, default=37)
    parser.add_argument("--cells", type=int, default=63)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    if given.make:
        print(make_release(given.make, given.mice, given.training, given.cells))
        return 0
    print(calibration.line())
    compiled_sources.compile_package()
    claims = []
    with tempfile.TemporaryDirectory() as folder:
        for size, mice in zip(PROMISED, (given.mice, 10 * given.mice), strict=True):
            rows = make_release(Path(folder) / str(mice), mice, given.training, given.cells)
            print(", ".join(f"{number:,}" for number in rows.values()), "rows")
            claims += compare(Path(folder) / str(mice), given.repeats, size)
    return report(claims)


if __name__ == "__main__":
    raise SystemExit(main())
