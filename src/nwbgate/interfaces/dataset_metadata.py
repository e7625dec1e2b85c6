"""A recipe's shipped ``metadata.yaml`` and its schema, merged with given metadata."""

from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

from neuroconv.utils import DeepDict, dict_deep_update

from nwbgate.errors import MetadataError
from nwbgate.yaml_file import parse_yaml


@lru_cache
def _shipped_text(dataset: str, name: str) -> dict[str, Any]:
    text = (files("nwbgate.conversions") / dataset / name).read_text(encoding="utf-8")
    return cast("dict[str, Any]", parse_yaml(text, name, error=MetadataError))


def shipped_metadata(dataset: str) -> dict[str, Any]:
    """Return a copy of a dataset's ``metadata.yaml``, by the name of its recipe folder."""
    return deepcopy(_shipped_text(dataset, "metadata.yaml"))


def strict_sections(dataset: str) -> dict[str, Any]:
    """Return strict schemas of the sections that NeuroConv leaves open, by name."""
    return deepcopy(cast("dict[str, Any]", _shipped_text(dataset, "metadata_schema.yaml")["properties"]))


def complete_metadata(own: Mapping[str, Any], given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return metadata with the given one merged over it; lists are replaced."""
    merged = dict_deep_update(DeepDict(deepcopy(dict(own))), DeepDict(deepcopy(dict(given or {}))), append_list=False)
    return cast("dict[str, Any]", merged.to_dict())
