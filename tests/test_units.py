from __future__ import annotations

import pytest

from graph.units import alike, thing


@pytest.mark.parametrize(
    ("unit", "noun"),
    [("patrol boats", "boat"), ("Norvanian doctors", "doctor"), ("tonnes of wheat", "tonne"), ("batteries", "battery"),
     ("boxes", "box"), ("buses", "buse"), ("police", "police"), ("USD", "usd"), ("", "")],
)  # fmt: skip
def test_the_noun_that_is_counted(unit: str, noun: str) -> None:
    assert thing(unit) == noun


def test_units_of_the_same_things() -> None:
    assert alike("patrol boats", "boat")
    assert alike("troops", "soldiers")
    assert not alike("boats", "doctors")
    assert not alike("people", "boats")
    assert not alike("", "")
