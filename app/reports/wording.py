"""Sentences that depend on what is known: the questions by kind of report, months, states, effects of a consent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.codes import Kind, Purpose, State, Wish

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

ONGOING = "ongoing"
LONGER_AGO = "longer_ago"
UNSAID = "unsaid"
MONTHS_BACK = 24
MONTH = re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])")


def recent_months(today: date, back: int = MONTHS_BACK) -> list[str]:
    """``YYYY-MM`` of this month and those before it, latest first."""
    count = today.year * 12 + today.month - 1
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in range(count, count - back - 1, -1)]


def month_label(value: str) -> str:
    """The words for the answer to "When?": a month in the page's language, or what was said instead."""
    match = MONTH.fullmatch(value)
    if match:
        return str(format_date(date(int(match["year"]), int(match["month"]), 1), "LLLL y"))
    words = {ONGOING: _("It is still going on"), LONGER_AGO: _("Longer ago")}
    return str(words.get(value, _("Not said")))


KIND_HINTS: Mapping[str, LazyString] = {
    Kind.DISCRIMINATION: _l("You or somebody else was treated worse, insulted or attacked."),
    Kind.GAP: _l("You look for help, advice, a course or a place to meet, and there is none that fits."),
    Kind.BARRIER: _l("Something is there, but people cannot get in, cannot understand it or are kept out."),
    Kind.IDEA: _l("You know how something could become better."),
    Kind.PRAISE: _l("Something works well, and others should know."),
    Kind.CORRECTION: _l("An address, a time or a description on this platform is not right."),
}

TEXT_QUESTIONS: Mapping[str | None, LazyString] = {
    Kind.DISCRIMINATION: _l("What happened?"),
    Kind.GAP: _l("What is missing?"),
    Kind.BARRIER: _l("What keeps people out?"),
    Kind.IDEA: _l("What is your idea?"),
    Kind.PRAISE: _l("What is good?"),
    Kind.CORRECTION: _l("What is wrong, and what would be right?"),
    None: _l("What would you like to tell us?"),
}

TEXT_HINTS: Mapping[str | None, LazyString] = {
    Kind.DISCRIMINATION: _l(
        "Write in your own words, in any language. It helps to say what was done or said, how it went on, and whether "
        "somebody saw it. Please leave out full names of other people where they are not needed."
    ),
    Kind.GAP: _l(
        "Write in your own words, in any language. It helps to say what you looked for, where you asked, and what the "
        "answer was. Please leave out full names of other people."
    ),
    None: _l("Write in your own words, in any language. Please leave out full names of other people."),
}

WHERE_QUESTIONS: Mapping[str | None, LazyString] = {
    Kind.DISCRIMINATION: _l("Where did it happen?"),
    Kind.GAP: _l("Where is it missing?"),
    Kind.BARRIER: _l("Where is the barrier?"),
    None: _l("Which part of the city is it about?"),
}

WISH_HINTS: Mapping[str, LazyString] = {
    Wish.DOCUMENT: _l("The office reads it and keeps it in mind. Nobody writes to you."),
    Wish.CONTACT: _l("The office writes to you here. You read the answer with your receipt."),
    Wish.MEDIATE: _l("The office may talk to the other side if you agree again before it does."),
}

REFUSED_HINTS: Mapping[str, LazyString] = {
    Purpose.READING: _l("Without it nothing can be sent."),
    Purpose.CONTACT: _l("Without it the office does not see how to reach you, and cannot write before you do."),
    Purpose.HANDOVER: _l("Without it the report stays with the office named here, even if another one could do more."),
    Purpose.INDEPENDENT: _l("Without it nobody outside the city's offices learns of your report."),
    Purpose.STATISTICS: _l("Without it your report is in no published number."),
}
"""What it changes not to agree."""

WITHDRAWN_HINTS: Mapping[str, LazyString] = {
    Purpose.READING: _l("If you withdraw it, the report is taken away from every office."),
    Purpose.CONTACT: _l(
        "If you withdraw it, the office stops writing and no longer sees how to reach you. What it wrote before stays "
        "readable for you."
    ),
    Purpose.HANDOVER: _l("If you withdraw it, your report is not handed on any further."),
    Purpose.INDEPENDENT: _l(
        "If you withdraw it, no independent organisation can open your report any more. What one of them already knows "
        "cannot be called back."
    ),
    Purpose.STATISTICS: _l(
        "If you withdraw it, your report is left out of every number that is published from now on."
    ),
}
"""What it changes to take a consent back."""

GIVEN_HINTS: Mapping[str, LazyString] = {
    Purpose.CONTACT: _l("The office may write to you here, and sees how to reach you if you have said it."),
    Purpose.HANDOVER: _l(
        "If another city office can do more, your report may be handed over to it. You see here which one."
    ),
    Purpose.INDEPENDENT: _l("If it helps, an independent organisation may read your report. You see here which one."),
    Purpose.STATISTICS: _l("Your report is counted from the next publication on. Small numbers are never shown."),
}
"""What it changes to give a consent later."""

STATE_TEXTS: Mapping[str, LazyString] = {
    State.RECEIVED: _l("Your report is at the office. Nobody there has begun to work on it yet."),
    State.IN_REVIEW: _l("Somebody at the office is working on it."),
    State.WAITING: _l("The office has asked you something. It can go on when you answer below."),
    State.ANSWERED: _l("The office has answered. You can read the answer below and write back."),
    State.CLOSED: _l("The office has ended its work on your report. You can still write if something is open."),
    State.NOT_RESPONSIBLE: _l(
        "This office may not act on it. The independent contacts on this page may be able to help you."
    ),
    State.SPAM: _l("The office found nothing in it that it could work on. If that is a mistake, please write below."),
    State.ABUSE: _l("The office does not work on it because of what it contains."),
    State.DANGER: _l("The office treats your report as urgent. If somebody is in danger now, please call for help."),
    State.WITHDRAWN: _l("You have taken your report away. No office can read it any more; only you can, here."),
    State.KEPT: _l(
        "Nobody has received your report. It is kept for you, and only you can open it, here. Nobody works on it until "
        "you send it."
    ),
}


def by_kind(texts: Mapping[str | None, LazyString], kind: Kind | None) -> LazyString:
    """The text for a kind of report, or the general one."""
    return texts.get(kind, texts[None])
