"""The registry names makers that exist and take the options it declares."""

import inspect
from importlib import import_module

import pytest

from nwbgate.samples import SAMPLES


def maker(sample):
    module, _, name = sample.maker.partition(":")
    return getattr(import_module(module), name)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_the_declared_options_are_those_of_the_maker(sample):
    parameters = list(inspect.signature(maker(sample)).parameters.values())[1:]
    declared = {option.name: option.default for option in sample.options} | {"overwrite": False}
    assert {parameter.name: parameter.default for parameter in parameters} == declared


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_defaults_are_in_range(sample):
    for option in sample.options:
        assert option.minimum is None or option.minimum <= option.default
        assert option.maximum is None or option.default <= option.maximum


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_names_are_those_of_the_registry_and_of_a_shipped_recipe(sample):
    from importlib.resources import files

    assert SAMPLES[sample.name] is sample
    assert files("nwbgate.conversions").joinpath(sample.name.replace("-", "_")).is_dir()
