"""Answers with map data: compressed, and not sent again."""

from __future__ import annotations

import gzip
from typing import Any

import brotli
import pytest
from flask import Flask

from app.places.responses import LATER, SOON, geojson_response

BODY = b'{"type":"FeatureCollection","features":[' + b",".join([b'{"a":1}'] * 400) + b"]}"


@pytest.fixture
def ask():
    app = Flask(__name__)
    made: dict[str, Any] = {}

    @app.get("/x")
    def view():
        return geojson_response(**made)

    def ask(body=BODY, mark="m1", address="/x", **headers):
        made.update(body=body, mark=mark)
        return app.test_client().get(
            address, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    return ask


def test_each_browser_gets_the_encoding_it_knows(ask):
    assert ask().get_data() == BODY
    assert gzip.decompress(ask(Accept_Encoding="gzip, deflate").get_data()) == BODY
    assert brotli.decompress(ask(Accept_Encoding="gzip, br").get_data()) == BODY
    assert ask(Accept_Encoding="br;q=0, gzip;q=0").get_data() == BODY
    assert ask(Accept_Encoding="br").headers["Content-Encoding"] == "br"
    assert ask().headers["Vary"] == "Accept-Encoding"
    assert ask().content_type == "application/geo+json"


def test_what_the_browser_has_is_not_sent_again(ask):
    tag = ask(Accept_Encoding="br").headers["ETag"]
    again = ask(If_None_Match=tag, Accept_Encoding="gzip")
    assert (again.status_code, again.get_data()) == (304, b"")
    assert ask(mark="m2", If_None_Match=tag).status_code == 200
    assert ask(body=BODY + b" ", If_None_Match=tag).status_code == 200, "another version of the code made it"


def test_an_address_with_its_revision_is_kept_longer(ask):
    assert ask(address="/x?v=m1").headers["Cache-Control"] == LATER
    assert ask(address="/x?v=m0").headers["Cache-Control"] == SOON
    assert ask().headers["Cache-Control"] == SOON


def test_small_bodies_are_left_alone(ask):
    assert "Content-Encoding" not in ask(body=b"{}", Accept_Encoding="br").headers
