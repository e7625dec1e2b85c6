"""Packages of the wheel: the folders of `src`, and two that people edit. All else is in pyproject.toml."""

from setuptools import find_packages, setup

setup(packages=[*find_packages("src"), "nwbgate.conversions", "nwbgate.schemas"])
