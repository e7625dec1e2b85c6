"""Keys are a closed table."""

import pytest

from nwbgate.browser.serving.keys import TrackNumber, UnknownKeyError, parse_key


def test_a_key_is_taken_apart():
    key = parse_key("tile/0/12.7/3/4")
    assert (key.name, key.number(0), key.track(), key.number(2), key.number(3)) == ("tile", 0, TrackNumber(12, 7), 3, 4)
    assert parse_key("raw/1/2/3").track() == TrackNumber(2)
    assert parse_key("csv/0/1/-0.5/1e3".replace("1e3", "1000.25")).time(3) == 1000.25


@pytest.mark.parametrize(
    "text",
    [
        "", "secret", "files/", "files/0", "doc/-1", "doc/+1", "doc/ 1", "doc/1_0", "doc/\u0661", "doc/99999999999",
        "tile/0/1/2", "tile/0/1/2/3/4", "tile/0/1/2/-1", "tile/0/1/2/0x1", "raw/0/1.2.3/0", "doc//0", "/doc/0",
        "doc/0/..", "../doc/0", "doc/%30", "csv/0/1/nan/2", "csv/0/1/0/inf", "doc/0\n", "DOC/0",
    ],
)  # fmt: skip
def test_anything_else_is_unknown(text):
    with pytest.raises(UnknownKeyError):
        parse_key(text)
