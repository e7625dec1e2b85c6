"""The samples that the pages of the gallery are run on: made and converted again in each build."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: Commands as they are shown on the gallery's first page.
COMMANDS = (
    "sample visual-behavior release",
    "convert visual-behavior release --output nwb",
    "sample dataset-ii recordings --recordings 3 --seconds 60 --sampling-rate 10000",
    "convert dataset-ii recordings --output nwb-recordings",
)


def make_gallery_data(folder: Path) -> None:
    """Make the samples in `folder`, and tell the notebooks where it is and where `nwbgate` is."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for command in COMMANDS:
        made = subprocess.run(
            [sys.executable, "-m", "nwbgate", *command.split()], cwd=folder, capture_output=True, text=True, check=False
        )
        if made.returncode:
            raise RuntimeError(f"nwbgate {command}\n{made.stdout}{made.stderr}")
    os.environ["NWBGATE_GALLERY"] = str(folder)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    os.environ["COLUMNS"] = "120"
    _settings_of_kernels(folder / "ipython")


def _settings_of_kernels(folder: Path) -> None:
    """Keep the settings of whoever builds out of the notebooks, and the kernels from warning of their local sockets."""
    profile = folder / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_kernel_config.py").write_text("get_config().IPKernelApp.log_level = 40\n")
    os.environ["IPYTHONDIR"] = str(folder)
