"""No word of an office's reply, note or reason stands in the database, in a log or in a mail."""

from __future__ import annotations

import logging

from sqlalchemy import select

from app.core.codes import Purpose
from app.core.database import Base
from app.reports import service as reports
from tests.factories import draft
from tests.support.desks import LEAD

MARKER = "Fliederbusch"


def test_words_of_the_offices_are_sealed(session, desk, caplog):
    caplog.set_level(logging.DEBUG)
    number = reports.submit(draft(consents=frozenset({Purpose.READING, Purpose.CONTACT, Purpose.HANDOVER}))).number
    person = desk(LEAD)
    person.do(number, "reply", text=f"{MARKER} reply", then="answered")
    person.do(number, "note", text=f"{MARKER} note")
    person.do(number, "danger", reason=f"{MARKER} danger")
    person.do(number, "move", to="in_review", reason=f"{MARKER} again")
    person.do(number, "offer", office="gesundheit", reason=f"{MARKER} offer")
    desk("gesundheit").do(number, "return", reason=f"{MARKER} return")
    person.do(number, "close", outcome="documented", words=f"{MARKER} close")
    assert person.case(number).text.count(MARKER) >= 7
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(*[column for column in table.columns if "geom" not in column.name])):
            for value in row:
                assert MARKER not in str(value), f"{table.name} holds it"
                assert not isinstance(value, bytes) or MARKER.encode() not in value, f"{table.name} holds it"
    assert MARKER not in caplog.text
