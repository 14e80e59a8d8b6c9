"""The threat model names every column that stands in the database, and none that is gone."""

import re

import app.wiring.factory  # noqa: F401 - knows every room's tables
from app.core.database import Base
from app.core.settings import REPOSITORY

ROW = re.compile(r"^\| `(?P<table>\w+)` \| (?P<columns>[\w, ]+) \| .+ \|$", re.MULTILINE)


def test_every_column_stands_in_the_threat_model_with_its_reason():
    text = (REPOSITORY / "docs/threat-model.md").read_text(encoding="utf-8")
    told = [(row["table"], column) for row in ROW.finditer(text) for column in row["columns"].split(", ")]
    assert sorted(told) == sorted(
        (table.name, column.name) for table in Base.metadata.tables.values() for column in table.columns
    )
