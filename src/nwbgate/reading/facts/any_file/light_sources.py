"""Sites of optogenetic stimulation, and the light that they get."""

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at, group_at
from nwbgate.storage.values import one_number

#: Where the sites are, by the NWB schema.
_SITES = "/general/optogenetics"


def light_frame(file: h5py.File) -> pd.DataFrame:
    """Return the summary ``light_sources`` of `session_tables.yaml`.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    """
    sites = group_at(file, _SITES)
    found = [] if sites is None else [site for name in sites if (site := group_at(sites, name)) is not None]
    rows = [{"path": site.name, "wavelength": _wavelength(site)} for site in found]
    known = [row for row in rows if np.isfinite(row["wavelength"])]
    return records_frame(known, session_tables().summaries["light_sources"].columns)


def _wavelength(site: h5py.Group) -> float:
    data = dataset_at(site, "excitation_lambda")
    return one_number(data) if data is not None and data.size == 1 and data.dtype.kind in "iuf" else np.nan
