"""What ships with the recipe of a dataset: its ``metadata.yaml``, the schema of it, and both merged with more."""

from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

from neuroconv.utils import DeepDict, dict_deep_update

from nwbgate.errors import MetadataError
from nwbgate.yaml_file import parse_yaml


@lru_cache
def _shipped(dataset: str, name: str) -> dict[str, Any]:
    text = (files("nwbgate.conversions") / dataset / name).read_text(encoding="utf-8")
    return cast("dict[str, Any]", parse_yaml(text, name, error=MetadataError))


def shipped_metadata(dataset: str) -> dict[str, Any]:
    """Return a copy of the ``metadata.yaml`` of a dataset, which is named by the folder of its recipe."""
    return deepcopy(_shipped(dataset, "metadata.yaml"))


def strict_sections(dataset: str) -> dict[str, Any]:
    """Return a copy of the schemas of the sections that NeuroConv leaves open, by name of the section."""
    return deepcopy(cast("dict[str, Any]", _shipped(dataset, "metadata_schema.yaml")["properties"]))


def completed(own: Mapping[str, Any], given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return metadata with the given one merged over it; lists are replaced."""
    merged = dict_deep_update(DeepDict(deepcopy(dict(own))), DeepDict(deepcopy(dict(given or {}))), append_list=False)
    return cast("dict[str, Any]", merged.to_dict())
