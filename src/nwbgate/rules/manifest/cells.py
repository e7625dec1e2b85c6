"""Rules about the cells table: one experiment per ROI, one container per cell."""

from typing import TYPE_CHECKING

from nwbgate.rules.manifest.mice import unlike_the_others
from nwbgate.rules.rule import Rule, check

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Columns that must be sound for a cell to be found in its experiment.
_CELL = ("ophys_cells.cell_roi_id", "ophys_cells.ophys_experiment_id", "ophys_cells.cell_specimen_id")


@check(column="cell_roi_id", needs=[*_CELL[:2], "ophys_cells.key.unique"])
def roi_of_one_experiment(ophys_cells: "pd.DataFrame") -> "Rows":
    """No ROI belongs to two experiments.

    Why: cell_roi_id is given once for each ROI found; a second experiment with it lists another plane's ROI.

    Example: ROI 1080884343 in experiments 775614751 and 778644591.

    Fix: correct ophys_experiment_id of the row that is wrong.
    """
    again = ophys_cells["cell_roi_id"].duplicated() & ophys_cells["cell_roi_id"].notna()
    if not again.any():
        return None
    first = ophys_cells.drop_duplicates("cell_roi_id").set_index("cell_roi_id")["ophys_experiment_id"]
    rows = ophys_cells[again]
    words = rows["cell_roi_id"].astype(str) + " in experiment " + rows["ophys_experiment_id"].astype(str)
    expected = "one experiment: " + rows["cell_roi_id"].map(first).astype(str)
    return rows.assign(got=words, expected=expected)


@check(column="cell_specimen_id", needs=[*_CELL, "ophys_cells.key.unique"])
def specimen_once_in_an_experiment(ophys_cells: "pd.DataFrame") -> "Rows":
    """No cell is matched to two ROIs of one experiment.

    Why: cells are followed across sessions by cell_specimen_id; two ROIs of one plane cannot both be the cell.

    Example: ROIs 1080884343 and 1080884351 of experiment 775614751 are both cell 1086557208.

    Fix: match the plane again, or leave the weaker match without cell_specimen_id.
    """
    pair = ["ophys_experiment_id", "cell_specimen_id"]
    again = ophys_cells.duplicated(pair) & ophys_cells[pair].notna().all(axis=1)
    if not again.any():
        return None
    rows = ophys_cells[again]
    words = rows["cell_specimen_id"].astype(str) + " again in experiment " + rows["ophys_experiment_id"].astype(str)
    return rows.assign(got=words, expected="a cell of no other ROI of the experiment")


@check(
    column="cell_specimen_id",
    needs=[
        *_CELL,
        "ophys_cells.roi_of_one_experiment",
        "ophys_cells.specimen_once_in_an_experiment",
        "ophys_experiments.ophys_experiment_id",
        "ophys_experiments.ophys_container_id",
        "ophys_experiments.container_has_one_mouse",
        "ophys_experiments.container_once_in_a_session",
    ],
)
def specimen_of_one_container(ophys_cells: "pd.DataFrame", ophys_experiments: "pd.DataFrame") -> "Rows":
    """All ROIs of a cell belong to one container, and so to one mouse.

    Why: cells are matched among the sessions of a container only; a cell elsewhere is another cell.

    Example: cell 1086557208 in containers 1018028300 and 1018028310, of two mice.

    Fix: correct cell_specimen_id, or the ophys_container_id of the experiment.
    """
    experiments = ophys_experiments.drop_duplicates("ophys_experiment_id").set_index("ophys_experiment_id")
    container = ophys_cells["ophys_experiment_id"].map(experiments["ophys_container_id"])
    odd = unlike_the_others(ophys_cells, "cell_specimen_id", container)
    if odd is None:
        return None
    mouse = odd["ophys_experiment_id"].map(experiments["mouse_id"]).astype(str)
    words = "container " + odd["got"].astype(str) + " of mouse " + mouse
    return odd.assign(got=words, expected="container " + odd["expected"].astype(str) + ", as its other ROIs")


@check(column="cell_specimen_id", needs=[*_CELL])
def specimen_is_not_the_roi(ophys_cells: "pd.DataFrame") -> "Rows":
    """The id of a cell is not that of its ROI.

    Why: a cell is followed across sessions by cell_specimen_id; a copy of cell_roi_id matches it to nothing.

    Example: 1080884343 as cell_roi_id and as cell_specimen_id.

    Fix: take cell_specimen_id from the matching of cells, or leave it empty.
    """
    odd = (ophys_cells["cell_specimen_id"] == ophys_cells["cell_roi_id"]).fillna(False).to_numpy(dtype=bool)
    if not odd.any():
        return None
    return ophys_cells[odd].assign(
        got=ophys_cells["cell_specimen_id"][odd], expected="another number than cell_roi_id, or none"
    )


@check(severity="warning", column="cell_specimen_id", needs=[*_CELL], fewest=10)
def cells_are_matched(ophys_cells: "pd.DataFrame") -> "Rows":
    """Some cell of the table is matched across sessions.

    Why: without any cell_specimen_id no cell can be followed; the column was probably lost.

    Example: an empty column cell_specimen_id.

    Fix: take cell_specimen_id from the matching of cells.
    """
    if ophys_cells["cell_specimen_id"].notna().any():
        return None
    return ophys_cells.iloc[:1].assign(got="none in the whole column", expected="ids of matched cells")


RULES: tuple[Rule, ...] = (
    roi_of_one_experiment,
    specimen_once_in_an_experiment,
    specimen_is_not_the_roi,
    specimen_of_one_container,
    cells_are_matched,
)
