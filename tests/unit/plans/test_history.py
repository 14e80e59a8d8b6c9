"""Pictures of places of history: made anew in two sizes without anything but pixels, or refused with a reason."""

from io import BytesIO

import pytest
from PIL import Image
from pydantic import ValidationError

from app.core.pictures import TooManyPixels, Unreadable
from app.plans.history.domain import LARGE, SMALL, Partner, Picture
from app.plans.history.service import NoPicture, made_anew
from tests.support.hostile import MARK, corpus
from tests.support.photographs import photograph

TOLD = {
    "digest": "x", "large": (2, 2), "small": (1, 1), "alt": {"de": "Ein Haus"}, "author": "Stadtarchiv",
    "rights": "CC BY 4.0",
}  # fmt: skip


def test_a_photograph_loses_all_but_its_pixels():
    taken = photograph(3000, 2000)
    assert b"Exif" in taken
    made = made_anew(taken)
    assert (made.large_size, made.small_size) == ((LARGE, 1067), (SMALL, 427))
    for content, size in ((made.large, made.large_size), (made.small, made.small_size)):
        with Image.open(BytesIO(content)) as picture:
            assert (picture.format, picture.size) == ("JPEG", size)
            assert not picture.getexif()
            assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"Exif" not in content
        assert MARK.encode() not in content


def test_a_photograph_taken_sideways_stands_upright():
    assert made_anew(photograph(300, 200, turned=True)).large_size == (200, 300)


def test_what_is_transparent_is_white():
    kept = BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(kept, "PNG")
    with Image.open(BytesIO(made_anew(kept.getvalue()).large)) as picture:
        assert min(picture.convert("L").tobytes()) > 250


def test_the_same_picture_has_the_same_name_and_another_one_has_not():
    assert made_anew(photograph(60, 40)).digest == made_anew(photograph(60, 40)).digest
    assert made_anew(photograph(60, 40)).digest != made_anew(photograph(60, 41)).digest


def test_every_hostile_file_is_refused_or_made_anew():
    made = refused = 0
    for name, content in corpus(seed=5, cut=4):
        try:
            found = made_anew(content)
        except (NoPicture, TooManyPixels, Unreadable):
            refused += 1
            continue
        made += 1
        for one in (found.large, found.small):
            assert MARK.encode() not in one, name
            with Image.open(BytesIO(one), formats=["JPEG"]) as picture:
                picture.load()
    assert made > 10
    assert refused > 50


@pytest.mark.parametrize("lacking", ["alt", "author", "rights"])
def test_no_picture_without_alternative_text_author_and_rights(lacking):
    Picture(**TOLD)
    for nothing in ({lacking: "" if lacking != "alt" else {}}, {lacking: None}):
        with pytest.raises(ValidationError):
            Picture(**TOLD | nothing)


def test_a_partner_is_known_or_named():
    assert Partner(organisation="ads").name is None
    for wrong in ({}, {"organisation": "ads", "name": {"de": "Museum"}}):
        with pytest.raises(ValidationError):
            Partner(**wrong)
