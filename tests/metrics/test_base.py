"""Columns and metrics as they describe themselves."""

import pytest

from nscbench.metrics import Column, Metric


def test_a_mapping_of_directions_makes_columns_that_appear_everywhere():
    metric = Metric(lambda reference, degraded: {}, {"my_error": "lower", "my_count": "none"})
    error, count = metric.columns
    assert (error.short, error.title, error.family) == ("my_error", "my error", "quality")
    assert error.in_tables
    assert error.in_overview
    assert metric.directions == {"my_error": "lower", "my_count": "none"}
    assert count == Column("my_count", "none")


def test_where_a_column_is_shown_is_a_matter_of_width():
    assert Column("a", "higher", shown="tables").in_tables
    assert not Column("a", "higher", shown="tables").in_overview
    assert not Column("a", "higher", shown="page").in_tables


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"direction": "up"}, "a: 'up' is none of higher, lower, none"),
        ({"direction": "lower", "family": "taste"}, "'taste' is none of quality, intelligibility"),
        ({"direction": "lower", "shown": "nowhere"}, "'nowhere' is none of page, tables, overview"),
        ({"direction": "lower", "digits": -1}, "a: -1 digits after the point"),
    ],
)
def test_a_column_of_unknown_words_is_refused(settings, why):
    with pytest.raises(ValueError, match=why):
        Column("a", **settings)
