"""What is arranged with a panel."""

import pytest

from nscbench.listening_test.prepare.panel import Panel
from nscbench.listening_test.schema import BuildError


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"parameter": "a b"}, "no name of a link's parameter"),
        ({"parameter": "block"}, "says which block"),
        ({"code": "<b>"}, "no completion code"),
        ({"minutes": 0}, "a time limit of 0 minutes"),
        ({"minutes": 1e9}, "a time limit"),
    ],
)
def test_what_cannot_be_arranged_is_refused(changes, why):
    with pytest.raises(BuildError, match=why):
        Panel(**changes)


def test_by_default_nobody_is_known():
    assert Panel().description() == {"parameter": "", "code": "", "minutes": None}
