"""Results as a QualityControl of aind-data-schema: its shape and its three statuses."""

import datetime
import json

import jsonschema
import pytest

from nwbgate.qc.criteria import Criteria, Status
from nwbgate.qc.judge import judge
from nwbgate.qc.manual_decisions import Decision
from nwbgate.qc.measurement import Measurement, not_measured, table
from nwbgate.qc.quality_control_json import quality_control
from support.qc_files import CRITERIA

MADE = Criteria.model_validate(CRITERIA)
NOW = datetime.datetime(2024, 6, 1, 12, tzinfo=datetime.UTC)
TEXT = {"type": "string"}
#: Modalities by abbreviation, as aind-data-schema-models names those that criteria can be about.
MODALITIES = {
    "pophys": "Planar optical physiology",
    "ecephys": "Extracellular electrophysiology",
    "behavior": "Behavior",
    "behavior-videos": "Behavior videos",
}
ONE_ASSET = {
    "properties": {"stage": {"enum": ["Raw data", "Processing", "Analysis"]}, "evaluated_assets": {"const": None}}
}
SEVERAL_ASSETS = {
    "properties": {
        "stage": {"const": "Multi-asset"},
        "evaluated_assets": {"type": "array", "minItems": 1, "items": TEXT},
    }
}
#: What version 2.4.1 of QualityControl, in aind-data-schema 2.7.0, asks for of what is written here.
SHAPE = {
    "type": "object",
    "required": ["metrics", "default_grouping"],
    "additionalProperties": False,
    "properties": {
        "object_type": {"const": "Quality control"},
        "describedBy": TEXT,
        "schema_version": {"const": "2.4.1"},
        "key_experimenters": {"type": ["array", "null"]},
        "notes": {"type": ["string", "null"]},
        "default_grouping": {"type": "array", "items": TEXT},
        "allow_tag_failures": {"type": "array"},
        "status": {"type": ["object", "null"]},
        "metrics": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "modality", "stage", "value", "status_history"],
                "additionalProperties": False,
                "oneOf": [ONE_ASSET, SEVERAL_ASSETS],
                "properties": {
                    "object_type": {"const": "QC metric"},
                    "name": TEXT,
                    "modality": {"enum": [{"name": name, "abbreviation": short} for short, name in MODALITIES.items()]},
                    "stage": {"enum": ["Raw data", "Processing", "Analysis", "Multi-asset"]},
                    "value": {},
                    "description": {"type": ["string", "null"]},
                    "reference": {"type": ["string", "null"]},
                    "tags": {"type": "object", "additionalProperties": TEXT},
                    "evaluated_assets": {"type": ["array", "null"]},
                    "status_history": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "required": ["evaluator", "status", "timestamp"],
                            "additionalProperties": False,
                            "properties": {
                                "object_type": {"const": "QC status"},
                                "evaluator": TEXT,
                                "status": {"enum": ["Pass", "Fail", "Pending"]},
                                "timestamp": {"type": "string", "format": "date-time"},
                            },
                        },
                    },
                },
            },
        },
    },
}


def written(*rows: Measurement, decisions=(), scope="session", assets=()) -> dict:
    results = judge(table(rows), MADE, decisions, scope=scope)
    content = json.loads(json.dumps(quality_control(results, MADE, version="1.2", at=NOW, assets=assets)))
    jsonschema.validate(content, SHAPE, format_checker=jsonschema.FormatChecker())
    return content


@pytest.mark.parametrize(
    "change", [{"unit": "s"}, {"stage": "Multi-asset"}, {"modality": {"name": "Imaging", "abbreviation": "pophys"}}]
)
def test_the_shape_refuses_what_the_schema_refuses(change):
    content = written(Measurement("spikes.lag", 0.0))
    content["metrics"][0] |= change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, SHAPE)


def test_statuses_are_those_of_its_vocabulary():
    rows = [Measurement("spikes.lag", value, "s", str(value)) for value in (0.0, 0.04, 0.06)]
    content = written(*rows, not_measured("spikes.off", "too few"))
    found = {metric["name"]: metric["status_history"][-1]["status"] for metric in content["metrics"]}
    assert found == {
        "lag: 0.0": "Pass", "lag: 0.04": "Pending", "lag: 0.06": "Fail", "share: session": "Pending",
        "brain_health": "Pending",
    }  # fmt: skip


def test_what_was_not_measured_is_null_and_its_reason_is_told():
    metric = next(m for m in written(not_measured("spikes.off", "too few"))["metrics"] if m["name"].startswith("share"))
    assert metric["value"] is None
    assert "too few" in metric["description"]


def test_nwbgate_evaluates_what_is_measured_and_a_person_what_is_decided():
    decision = Decision("s", "brain_health", Status.PASS, "Lee, Ann", datetime.date(2024, 5, 31))
    content = written(Measurement("spikes.lag", 0.0), decisions=[decision])
    status = {metric["tags"]["criterion"]: metric["status_history"][0] for metric in content["metrics"]}
    assert status["lag"]["evaluator"] == "nwbgate 1.2"
    assert status["lag"]["timestamp"] == "2024-06-01T12:00:00+00:00"
    assert status["brain_health"]["evaluator"] == "Lee, Ann"
    assert status["brain_health"]["timestamp"].startswith("2024-05-31")


def test_a_criterion_about_sessions_names_them():
    content = written(Measurement("view.shift", 1.0), scope="container", assets=["a", "b"])
    assert {metric["stage"] for metric in content["metrics"]} == {"Multi-asset"}
    assert content["metrics"][0]["evaluated_assets"] == ["a", "b"]


@pytest.mark.parametrize("modality", MODALITIES)
def test_every_modality_of_a_criterion_has_its_name(modality):
    criteria = Criteria.model_validate(
        {**CRITERIA, "criteria": {"lag": {**CRITERIA["criteria"]["lag"], "modality": modality}}}
    )
    results = judge(table([Measurement("spikes.lag", 0.0)]), criteria)
    content = quality_control(results, criteria, version="1.2", at=NOW)
    assert content["metrics"][0]["modality"] == {"name": MODALITIES[modality], "abbreviation": modality}


def test_a_criterion_says_what_its_metric_is_about():
    content = written(Measurement("spikes.lag", 0.0))
    found = {metric["tags"]["criterion"]: metric["modality"] for metric in content["metrics"]}
    assert found["lag"] == {"name": "Extracellular electrophysiology", "abbreviation": "ecephys"}
    assert found["brain_health"]["abbreviation"] == "pophys"
