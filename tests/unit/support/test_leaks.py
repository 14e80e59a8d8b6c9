"""A search that finds nothing proves something only if it would have found it."""

import base64
import gzip
import json
import zlib
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.leaks import document, leaks, photograph, shapes, unpacked

MARKER = "Zitrönenfalter/im Treppenhaus+42"


@pytest.mark.parametrize(
    "written",
    [
        MARKER.encode(),
        MARKER.encode("utf-16-le"),
        MARKER.encode("utf-16"),
        MARKER.encode("latin-1"),
        json.dumps({"text": MARKER}).encode(),
        json.dumps({"text": MARKER}, ensure_ascii=False).encode(),
        urlencode({"text": MARKER}).encode(),
        b"Zitr%c3%b6nenfalter%2fim+Treppenhaus%2b42",
        b"Zitr%C3%B6nenfalter/im%20Treppenhaus%2B42",
        MARKER.encode().hex().encode(),
        base64.b64encode(MARKER.encode()),
    ],
)
def test_every_shape_is_found(written):
    assert leaks([MARKER], {"file": b"before" + written + b"after", "other": b"nothing"}) == [f"{MARKER!r} in file"]


@given(st.binary(max_size=7), st.binary(max_size=7))
def test_base64_is_found_wherever_it_begins(before, after):
    whole = base64.b64encode(before + MARKER.encode() + after)
    assert leaks([MARKER], {"file": whole})
    assert leaks([MARKER], {"file": base64.urlsafe_b64encode(before + MARKER.encode() + after)})


@given(st.binary(max_size=2000))
def test_nothing_is_found_where_nothing_is(noise):
    assert leaks([MARKER], {"file": noise}) == []


def test_shapes_are_long_enough_not_to_be_there_by_chance():
    assert min(len(shape) for shape in shapes("Distelfink")) >= 10


def test_the_files_of_the_tests_do_carry_their_marker():
    assert leaks(["Distelfink"], {"photograph": photograph("Distelfink"), "document": document("Distelfink")}) == [
        "'Distelfink' in photograph",
        "'Distelfink' in document",
    ]


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, lambda raw: zlib.compress(raw, 9)])
@pytest.mark.parametrize("cut", [None, -6])
def test_packed_streams_are_found_wherever_they_begin_and_even_cut_off(pack, cut):
    packed = b"\x1f\x8b\x08 x\x9c " + pack(b"so much more " * 300 + MARKER.encode() + b" and more" * 300)[:cut]
    assert leaks([MARKER], {"file": packed}) == []
    assert leaks([MARKER], unpacked({"file": packed}))
