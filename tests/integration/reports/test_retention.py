"""How reports go: by rule, by their reporter, and once more after a backup was restored."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.clock import now
from app.core.codes import Kind, Purpose, State
from app.core.database import db
from app.privacy import ledger
from app.privacy.domain import Spent
from app.privacy.ledger import Deed
from app.privacy.models import AuditEntry, Box, Sealed
from app.reports import dialogue, queries, retention
from app.reports.models import Event, Report
from tests import factories

A_YEAR = 366
SILENT = frozenset({Purpose.READING, Purpose.CONTACT})


@pytest.fixture(autouse=True)
def erasures(session, app, tmp_path, monkeypatch):
    settings = app.config["SETTINGS"].model_copy(update={"erasure_ledger": str(tmp_path / "erasures")})
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    return settings.erasures


def keep(app, monkeypatch, **months):
    settings = app.config["SETTINGS"]
    changed = settings.model_copy(update={"retention_months": {**settings.retention_months, **months}})
    monkeypatch.setitem(app.config, "SETTINGS", changed)


def closed(state=State.CLOSED, **changes):
    sent = factories.sent(**changes)
    report = queries.by_number(sent.number)
    report.state = state
    db.session.flush()
    return sent


def numbers():
    return [due.number for due in retention.due()]


# How long ------------------------------------------------------------------------------------------------------------


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 36), st.integers(-40, 40))
def test_looking_back_and_forth_agree(day, months, off):
    today = retention.after_months(day, months) + timedelta(days=off)
    assert (retention.after_months(day, months) <= today) is (day <= retention.before_months(today, months))


@pytest.mark.parametrize(
    ("day", "months", "until"),
    [
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 8, 31), 6, date(2027, 3, 1)),
        (date(2024, 2, 29), 12, date(2025, 3, 1)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_a_month_is_a_month_of_the_calendar(day, months, until):
    assert retention.after_months(day, months) == until


@pytest.mark.parametrize("state", list(State))
def test_only_what_has_ended_runs_out_of_time(jena, clock, state):
    sent = closed(state)
    clock.forward(days=A_YEAR)
    ended = state in {State.CLOSED, State.NOT_RESPONSIBLE, State.SPAM, State.ABUSE, State.WITHDRAWN, State.KEPT}
    assert numbers() == ([sent.number] if ended else [])
    assert (retention.kept_until(queries.by_number(sent.number)) is not None) is ended


def test_each_kind_has_its_own_time(app, jena, clock, monkeypatch):
    keep(app, monkeypatch, discrimination=6)
    soon, late = closed(kind=Kind.DISCRIMINATION, role="affected"), closed()
    clock.forward(days=185)
    assert numbers() == [soon.number]
    clock.forward(days=185)
    assert numbers() == [soon.number, late.number]


def test_the_day_that_is_told_is_the_day_it_goes(jena, clock):
    sent = closed()
    until = retention.kept_until(queries.by_number(sent.number))
    clock.forward(days=(until - ledger.today()).days - 1)
    assert numbers() == []
    clock.forward(days=1)
    assert numbers() == [sent.number]


def test_a_word_after_the_end_keeps_a_report_as_long_as_it_is_worked_on_again(jena, clock):
    sent = closed()
    clock.forward(days=360)
    dialogue.write(dialogue.open_by_receipt(sent.receipt), "Es geht wieder los.")
    clock.forward(days=20)
    assert numbers() == []
    clock.forward(days=A_YEAR)
    assert numbers() == []
    report = queries.by_number(sent.number)
    report.state, report.changed_at = State.CLOSED, now()
    clock.forward(days=A_YEAR)
    assert numbers() == [sent.number]


# Purging -------------------------------------------------------------------------------------------------------------


def test_what_was_said_goes_and_what_is_counted_stays(session, jena, clock):
    sent = closed()
    clock.forward(days=A_YEAR)
    assert [due.number for due in retention.purge_due()] == [sent.number]
    session.expire_all()
    report = queries.by_number(sent.number)
    assert report.purged_at
    assert (report.topic, report.targets, report.area_id) == ("housing", ["families"], jena.area("18").id)
    assert session.scalar(select(func.count()).select_from(Sealed)) == 0
    assert session.scalar(select(func.count()).select_from(Box)) == 0
    assert session.scalar(select(func.count()).select_from(Event)) == 0
    assert queries.decision(report.id).rule
    with pytest.raises(Spent):
        dialogue.open_by_receipt(sent.receipt)
    assert numbers() == []
    assert retention.purge_due() == []


def test_who_did_not_agree_to_be_counted_leaves_no_facts(session, jena, clock):
    sent = closed(consents=SILENT, kind=Kind.DISCRIMINATION, role="affected", grounds=("age",))
    clock.forward(days=A_YEAR)
    retention.purge_due()
    session.expire_all()
    report = queries.by_number(sent.number)
    assert (report.topic, report.role, report.coarse_area_id, report.outcome) == (None,) * 4
    assert (report.grounds, report.forms) == ([], [])
    assert queries.decision(report.id).rule is None
    assert queries.measure_ids(report.id) == []


def test_a_purge_is_noted_by_the_system(session, jena, clock):
    sent = closed()
    box_id = queries.by_number(sent.number).box_id
    clock.forward(days=A_YEAR)
    retention.purge_due()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.subject == sent.number)).one()
    assert (entry.action, entry.actor) == ("purged", None)
    assert [(line.deed, line.digest) for line in ledger.lines()] == [(Deed.PURGED, ledger.digest_of(box_id))]


def test_a_report_that_has_not_rested_is_not_purged(jena, clock):
    sent = closed()
    report_id = queries.by_number(sent.number).id
    assert not retention.purge(report_id)
    assert not retention.purge(report_id + 1)
    assert ledger.lines() == []


def test_the_command_tells_before_it_does(app, session, jena, clock):
    several = [closed(), closed(kind=Kind.IDEA), closed(kind=Kind.IDEA)]
    session.commit()
    clock.forward(days=A_YEAR)
    runner = app.test_cli_runner()
    told = runner.invoke(args=["privacy", "purge", "--dry-run"])
    assert told.exit_code == 0
    assert all(sent.number in told.output for sent in several)
    assert "gap: 1 (kept 12 months" in told.output
    assert "idea: 2" in told.output
    assert "together: 3" in told.output
    assert len(retention.due()) == 3
    done = runner.invoke(args=["privacy", "purge"])
    assert "Purged:" in done.output
    assert "together: 3" in done.output
    assert retention.due() == ()


# What was taken away stays away --------------------------------------------------------------------------------------


def test_every_deed_of_a_reporter_is_noted(jena):
    one, other = (dialogue.open_by_receipt(factories.sent().receipt) for _ in range(2))
    first, second = one.box.box_id, other.box.box_id
    dialogue.withdraw_consent(one, Purpose.STATISTICS)
    dialogue.give_consent(one, Purpose.STATISTICS)
    dialogue.withdraw(one)
    dialogue.withdraw(one)
    dialogue.erase(one)
    dialogue.erase(other)
    assert [(line.deed, line.purpose, line.digest) for line in ledger.lines()] == [
        (Deed.CONSENT_WITHDRAWN, "statistics", ledger.digest_of(first)),
        (Deed.CONSENT_GIVEN, "statistics", ledger.digest_of(first)),
        (Deed.WITHDRAWN, None, ledger.digest_of(first)),
        (Deed.ERASED, None, ledger.digest_of(first)),
        (Deed.ERASED, None, ledger.digest_of(second)),
    ]


def test_a_ledger_that_cannot_be_written_stops_the_erasure(jena, erasures):
    opened = dialogue.open_by_receipt(factories.sent().receipt)
    erasures.mkdir()
    with pytest.raises(OSError, match="directory"):
        dialogue.erase(opened)


def test_without_a_restore_there_is_nothing_to_forget(jena, clock):
    sent = [factories.sent() for _ in range(3)]
    dialogue.erase(dialogue.open_by_receipt(sent[0].receipt))
    dialogue.withdraw(dialogue.open_by_receipt(sent[1].receipt))
    dialogue.withdraw_consent(dialogue.open_by_receipt(sent[2].receipt), Purpose.STATISTICS)
    db.session.expire_all()
    assert retention.forget_again() == 0


def test_a_consent_given_again_is_not_taken_back_by_the_ledger(jena):
    opened = dialogue.open_by_receipt(factories.sent().receipt)
    dialogue.withdraw_consent(opened, Purpose.STATISTICS)
    dialogue.give_consent(opened, Purpose.STATISTICS)
    assert retention.forget_again() == 0
    assert queries.allows(opened.report.id, Purpose.STATISTICS)


def test_a_report_written_to_after_its_purge_was_noted_is_not_purged_again(jena, clock):
    sent = closed()
    ledger.note(Deed.PURGED, queries.by_number(sent.number).box_id)
    assert retention.forget_again() == 0
    assert db.session.scalar(select(func.count()).select_from(Report).where(Report.purged_at.is_not(None))) == 0
