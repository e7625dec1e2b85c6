"""Misspelt species are told from those that are only rare."""

import pytest

from nwbgate.rules.species import meant_species


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Musculus mus", "Mus musculus"),
        ("Mus muscularis", "Mus musculus"),
        ("mus musculus", "Mus musculus"),
        ("Ratus norvegicus", "Rattus norvegicus"),
        ("Macaca mulata", "Macaca mulatta"),
        ("Rattus mus", "Rattus norvegicus or Rattus rattus"),
    ],
)
def test_a_misspelt_name_is_taken_for_the_species_it_means(name, meant):
    assert meant_species(name) == meant


@pytest.mark.parametrize(
    "name",
    ["Mus musculus", "Mus musculus domesticus", "Mustela putorius furo", "Ovis aries", "Octopus bimaculoides",
     "Drosophila sp.", "mouse", "", "http://purl.obolibrary.org/obo/NCBITaxon_10090", "Hirudo verbana"],
)  # fmt: skip
def test_nothing_is_said_of_another_species(name):
    assert meant_species(name) == ""
