"""Texts of a rig session: shipped metadata completed by its facts."""

from typing import Any

from nwbgate.interfaces.dataset_metadata import complete_metadata, shipped_metadata
from nwbgate.interfaces.visual_behavior.texts import DATASET as RELEASED
from nwbgate.interfaces.visual_behavior_rig.session.session_facts import TIMEZONE, SessionFacts, acquisition_time

#: Folder of the recipe.
DATASET = "visual_behavior_rig"


def rig_metadata(facts: SessionFacts, timezone: str = TIMEZONE) -> dict[str, Any]:
    """Return a session's metadata: released texts, with ids and animal from its facts.

    Parameters
    ----------
    facts : SessionFacts
        Facts about the session.
    timezone : str
        Zone of an acquisition time that has none.
    """
    shipped = shipped_metadata(RELEASED)
    sections = {name: shipped[name] for name in ("Rigs", "Descriptions")}
    own = {
        "NWBFile": {
            "session_id": str(facts.behavior_session_id),
            "session_start_time": acquisition_time(facts, timezone).isoformat(),
            "session_description": facts.stimulus_name or "Change detection task.",
        },
        "Subject": {
            "subject_id": facts.external_specimen_name,
            "sex": facts.sex,
            **({"age": f"{facts.age}D".replace("DD", "D")} if facts.age else {}),
            **({"genotype": facts.full_genotype} if facts.full_genotype else {}),
        },
    }
    return complete_metadata({**sections, **shipped_metadata(DATASET)}, own)
