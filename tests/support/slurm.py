"""A SLURM of this machine alone: its own munge, controller and node, ended and removed with the block.

Its daemons and jobs run in a process namespace of their own. SLURM kills what it takes for the processes of a job, and
outside of a namespace that was once every process of the machine.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("unshare", "munged", "slurmctld", "slurmd", "sinfo", "squeue", "scancel")
QUEUE = "main"
#: Runs a command as the first process of a new namespace, with which all others in it end.
ALONE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


def missing_programs() -> list[str]:
    """Return what is not installed (Debian: slurm-wlm, munge) or not allowed; the daemons run as root."""
    os.environ["PATH"] += ":/usr/sbin"
    lacking = [name for name in PROGRAMS if shutil.which(name) is None]
    if lacking or os.geteuid() != 0:
        return lacking or ["root"]
    return [] if subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0 else ["namespaces"]


@contextmanager
def running_slurm(folder: Path) -> Iterator[dict[str, str]]:
    """Run a SLURM with one node of two cores, and yield the environment in which its programs find it."""
    environment = {**os.environ, "SLURM_CONF": str(_configuration(folder))}
    with (folder / "daemons.said").open("wb") as said:
        daemons = subprocess.Popen([*ALONE, "sh", "-c", _daemons(folder)], env=environment, stdout=said, stderr=said)
    try:
        _wait_for_the_node(folder, environment)
        yield environment
    finally:
        daemons.kill()
        daemons.wait(30)


def _daemons(folder: Path) -> str:
    """Return the script of the namespace's first process."""
    configuration, host = folder / "slurm.conf", socket.gethostname()
    return "\n".join(
        [
            f"munged --foreground --force --num-threads=2 {' '.join(_munge(folder))} &",
            "sleep 1",
            f"slurmctld -D -f {configuration} &",
            f"slurmd -D -f {configuration} -N {host} &",
            "wait",
        ]
    )


def running_jobs(environment: dict[str, str]) -> list[str]:
    """Return the numbers of the jobs that run."""
    command = ["squeue", "--noheader", "--states=RUNNING", "--format=%i"]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()


def _munge(folder: Path) -> list[str]:
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    names = {"key-file": key, "socket": folder / "munge.socket", "pid-file": folder / "munge.pid"}
    names |= {"log-file": folder / "munge.log", "seed-file": folder / "munge.seed"}
    return [f"--{name}={path}" for name, path in names.items()]


def _wait_for_the_node(folder: Path, environment: dict[str, str]) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        command = ["sinfo", "--noheader", "--format=%t"]
        if "idle" in subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout:
            return
        time.sleep(0.5)
    raise RuntimeError(f"the node did not come: {(folder / 'daemons.said').read_text()[-1000:]}")


def _configuration(folder: Path) -> Path:
    host = socket.gethostname()
    for name in ("state", "spool"):
        (folder / name).mkdir()
    file = folder / "slurm.conf"
    file.write_text(f"""\
ClusterName=alone
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmctldPort={_free_port()}
SlurmdPort={_free_port()}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=4000 State=UNKNOWN
PartitionName={QUEUE} Nodes=ALL Default=YES MaxTime=INFINITE State=UP
""")
    return file


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
