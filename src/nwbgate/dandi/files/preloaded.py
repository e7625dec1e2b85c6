"""Imports of processes that examine files, made once for all of them."""

from nwbgate.archives.library import dandi_library
from nwbgate.dandi.files import examination

for _module in ("dandi.metadata.nwb", "dandi.misctypes", "dandischema.models", "dandischema.digests.dandietag"):
    dandi_library(_module)

__all__ = ["examination"]
