"""Real files, made files, and the command line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app.core.settings import REPOSITORY


@pytest.fixture
def geodata():
    """The folder of real files; they are not part of the project."""
    folder = Path(os.environ.get("GEODATA") or REPOSITORY.parent / "shared/geodata")
    if not folder.is_dir():
        pytest.skip(f"the geodata for tests is not at {folder}: set GEODATA")
    return folder


@pytest.fixture
def places(app, session):
    """``places("list")`` runs ``flask places list`` on what has been written so far."""

    def run(*arguments, answer=None):
        session.commit()
        return app.test_cli_runner().invoke(args=["places", *map(str, arguments)], input=answer)

    return run


@pytest.fixture
def made(tmp_path):
    """``made("a.geojson", (geometry, properties), …)`` writes a file and gives its path."""

    def write(name, *rows, **members):
        features = [{"type": "Feature", "geometry": shape, "properties": values} for shape, values in rows]
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}), encoding="utf-8")
        return path

    return write
