"""Quality control: measurements of the data, judged by separately declared criteria.

``nwbgate.qc.measure(session)`` measures and ``nwbgate.qc.judge(measurements, criteria)`` judges.
"""

from nwbgate.qc.judge import judge
from nwbgate.qc.measure import measure

__all__ = ["judge", "measure"]
