"""Texts of a file that are values, and those that stand in their place."""

import pandas as pd
import pytest

from nwbgate.rules.any_file.texts import (
    file_is_made_after_the_session_began,
    keyword_is_listed_once,
    publication_has_a_whole_doi,
    text_is_not_a_placeholder,
)


def texts(field: str, *words: str) -> pd.DataFrame:
    rows = [{"path": f"/general/{field}", "number": n, "field": field, "text": word} for n, word in enumerate(words)]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("field", "text", "wrong"),
    [
        ("institution", "Nantes University", False),
        ("virus", "none", False),
        ("pharmacology", "N/A", False),
        ("strain", "unknown", False),
        ("genotype", "wild type", False),
        ("session_id", "0", False),
        ("genotype", "nan", True),
        ("strain", " TBD ", True),
        ("institution", "NA", True),
        ("subject_id", "None", True),
        ("virus", "NaN", True),
    ],
)
def test_placeholders(field, text, wrong):
    assert (text_is_not_a_placeholder.function(texts(field, text)) is not None) == wrong


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        (("spikes", "spike", "calcium"), []),
        (("spikes", "calcium", "Spikes "), [2]),
        (("spikes", " "), [1]),
        (("", ""), [0, 1]),
    ],
)
def test_keywords(words, rows):
    found = keyword_is_listed_once.function(texts("keywords", *words))
    assert ([] if found is None else found.index.tolist()) == rows


def test_an_experimenter_may_be_named_twice():
    assert keyword_is_listed_once.function(texts("experimenter", "Doe, Jane", "Doe, Jane")) is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("doi:10.7554/eLife.51675", False),
        ("DOI: 10.7554/eLife.51675", False),
        ("https://doi.org/10.1016/j.neuron.2016.12.011", False),
        ("http://dx.doi.org/10.1016/S0896-6273(00)80001-X", False),
        ("10.1000.10/123", False),
        ("Doe et al., Nature 2020", False),
        ("https://arxiv.org/abs/2001.00001", False),
        ("PMID: 12345", False),
        ("doi:10.7554", True),
        ("doi:10.7554/", True),
        ("doi:eLife.51675", True),
        ("doi:10.7554/ eLife.51675", True),
        ("https://doi.org/", True),
        ("10.7554eLife", True),
    ],
)
def test_publications(text, wrong):
    assert (publication_has_a_whole_doi.function(texts("related_publications", text)) is not None) == wrong


@pytest.mark.parametrize(
    ("made", "wrong"),
    [
        ("2022-05-04T10:00:00+00:00", False),
        ("2022-05-03T13:00:00-00:00", False),  # 21 hours before, as of another zone
        ("2022-05-03T09:00:00+00:00", True),
        ("2122-05-04T10:00:00+00:00", True),
        ("yesterday", False),
    ],
)
def test_dates_of_files(made, wrong):
    session = pd.DataFrame({"session_start_time": ["2022-05-04T10:00:00+00:00"]})
    found = file_is_made_after_the_session_began.function(texts("file_create_date", made), session)
    assert (found is not None) == wrong
