"""Quality control: numbers measured from the data, judged by criteria that are declared apart from the code.

``nwbgate.qc.measure(session)`` measures and ``nwbgate.qc.judge(measurements, criteria)`` judges.
"""

from nwbgate.qc.judge import judge
from nwbgate.qc.measure import measure

__all__ = ["judge", "measure"]
