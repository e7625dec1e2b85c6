"""A sound session of arrays, and what is measured of it, once for all tests of quality."""

import pandas as pd
import pytest

from nwbgate.qc.criteria import Criteria
from nwbgate.qc.criteria_files import load_criteria
from nwbgate.qc.measurement import table
from nwbgate.qc.session import measure_behavior, measure_planes
from nwbgate.qc.streams import Streams
from support.made_session import MadeSession, made_session


@pytest.fixture(scope="session")
def sound() -> MadeSession:
    return made_session()


@pytest.fixture(scope="session")
def criteria() -> Criteria:
    return load_criteria("visual_behavior")


@pytest.fixture(scope="session")
def sound_behavior(sound: MadeSession) -> pd.DataFrame:
    return table(measure_behavior(Streams(sound, {})))


@pytest.fixture(scope="session")
def sound_planes(sound: MadeSession) -> pd.DataFrame:
    return table(measure_planes(Streams(sound, {})))
