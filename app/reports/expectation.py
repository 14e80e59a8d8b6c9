"""What the reporter may expect and by when: in whole sentences, honest about what is late, and never a promise."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from app.core.clock import day_of, now
from app.core.codes import State, Wish
from app.reports import queries
from app.reports.deadlines import city_calendar
from app.reports.models import Report

REMINDED, COORDINATION_TOLD = 1, 2
"""What :attr:`Report.escalation` means for the reporter."""


def sentences(report: Report) -> list[str]:
    """What to expect of the offices now; nothing where nobody works on the report, or where no deadline runs."""
    if report.state == State.WAITING and report.paused_at is not None:
        return [_("The office waits for your answer. Until you write, its time does not run.")]
    if report.due_at is None:
        return []
    last = report.due_at - timedelta(microseconds=1)
    if report.due_at <= now():
        return _late(report, last)
    if report.state == State.DANGER:
        return []
    return [
        _aim(report, last),
        _("This is no promise. If it takes longer, the page of your report says so, and you can write there any time."),
    ]


def of_number(number: str) -> list[str]:
    """The same for a report of which only the number is at hand."""
    report = queries.by_number(number)
    return sentences(report) if report else []


def _aim(report: Report, last: datetime) -> str:
    day = _day(last)
    if report.answered_at is not None:
        return str(_("The office wants to finish its work on your report by %(day)s.", day=day))
    if report.wish == Wish.DOCUMENT:
        return str(
            _(
                "The office wants to have read your report by %(day)s. It does not write to you: that is your wish.",
                day=day,
            )
        )
    days = city_calendar().between(now(), last)
    if not days:
        return str(_("The office wants to answer today."))
    return str(
        ngettext(
            "The office wants to answer within one working day: by %(day)s.",
            "The office wants to answer within %(num)d working days: by %(day)s.",
            days,
            day=day,
        )
    )


def _late(report: Report, last: datetime) -> list[str]:
    said = [_("It takes longer than the office had planned: until %(day)s. We are sorry.", day=_day(last))]
    if report.escalation >= REMINDED:
        said.append(_("The office has been reminded of your report."))
    if report.escalation >= COORDINATION_TOLD:
        said.append(_("The coordination of the offices knows that you are waiting. It cannot read your words."))
    return [*said, _("You can write on the page of your report and ask, or turn to an independent organisation.")]


def _day(moment: datetime) -> str:
    return str(format_date(day_of(moment), "full"))
