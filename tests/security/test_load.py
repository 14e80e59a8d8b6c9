"""Fifty people send reports with files at the same time, on the embedded default."""

import statistics
import time

import pytest
from sqlalchemy import func, select

from app.core.database import db
from app.reports.models import Report
from tests.support.databases import SpatiaLite, close, make_app
from tests.support.senders import Crowd, Form, opened, photograph
from tests.support.servers import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800), pytest.mark.xdist_group("load")]


@pytest.fixture
def server(run_dir, tmp_path):
    """The embedded default: one SQLite file, two web processes, the settings that nobody has touched."""
    database = SpatiaLite(run_dir)
    address = database.copy()
    server = Server(address, tmp_path / "instance", tmp_path / "log")
    yield server
    database.drop(address)


def test_many_submissions_with_files_at_once(server, much, figure, tmp_path):
    people, seconds = much(10, 50), much(10, 120)
    app = make_app(server.database_address, tmp_path / "other")
    form = Form.of(app, files=[(photograph(), "photo.jpg")])
    with server.running():
        crowd = Crowd(server.port, form, people)
        crowd.begin()
        time.sleep(seconds)
        sent = crowd.end()
        faults = [f"{one.status} {one.fault}" for one in sent if one.status != 200 or not one.receipt]
        receipts = {one.receipt for one in sent if one.receipt}
        for receipt in receipts:
            assert "Meldung" in opened(server.port, receipt)
    log = server.log.decode()
    with app.app_context():
        arrived = db.session.scalar(select(func.count()).select_from(Report))
        db.session.rollback()
    close(app)
    times = sorted(one.seconds for one in sent)
    p95 = times[int(len(times) * 0.95)] if times else 0.0
    figure(
        f"{people} people for {seconds} s: {len(sent)} reports with a photograph, {len(faults)} errors, "
        f"{len(sent) - arrived} lost, median {statistics.median(times):.2f} s, p95 {p95:.2f} s"
    )
    assert faults == []
    assert arrived == len(receipts) == len(sent) > people
    assert '"level": "error"' not in log
