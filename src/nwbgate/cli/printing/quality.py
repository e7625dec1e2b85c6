"""Progress, tables and pages of a measurement of quality."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from nwbgate.qc_runs.run import QualityRun
    from nwbgate.qc_runs.tasks import Quality


def need_drawing() -> None:
    """Raise before measuring if the pages could not be drawn."""
    from nwbgate.extras import import_extra

    import_extra("matplotlib", "qc")


class Measured:
    """Shows on a terminal the file being measured."""

    def __init__(self) -> None:
        self._done = 0
        self._shown = sys.stderr.isatty()

    def __call__(self, quality: "Quality") -> None:
        """Show that a file or container is done."""
        self._done += 1
        if self._shown:
            click.echo(f"[{self._done}] {quality.scope} {quality.name} measured", err=True)


def write_quality(run: "QualityRun", output: Path, measured_in: Path | None = None) -> None:
    """Write the tables, pages and JSON of a run, and print their paths.

    Raises
    ------
    UsageError
        If the folder cannot be written to.
    """
    from nwbgate.qc_runs.across_sessions import distributions, outliers
    from nwbgate.qc_runs.pages import write_pages
    from nwbgate.qc_runs.tables import MEASUREMENTS, RESULTS, write_table

    measurements = run.measurements
    tables = {
        MEASUREMENTS: measurements,
        RESULTS: run.results,
        "outliers": outliers(measurements),
        "distributions": distributions(measurements),
    }
    written = [path for name, frame in tables.items() for path in write_table(frame, output, name)]
    index = write_pages(run.judged, run.report, output, measured_in)
    click.echo(f"pages: {index}; tables: {', '.join(path.name for path in written)}", err=True)
