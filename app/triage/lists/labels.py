"""The words of the queue: its groups and orders, what is done to several cases, where a search found something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.triage.lists.bulk import Deed
from app.triage.lists.searching import Source
from app.triage.lists.selection import COUNTED_UP_TO, Group, Order

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

GROUPS: Mapping[Group, LazyString] = {
    Group.ALL: _l("All that we can read"),
    Group.ME: _l("Assigned to me"),
    Group.OFFICE: _l("Led by my office"),
    Group.RESERVE: _l("In reserve"),
    Group.WAITING: _l("Waiting for acceptance"),
    Group.OVERDUE: _l("Overdue"),
    Group.NEW: _l("With something new"),
    Group.TO_DO: _l("With something to do today"),
}

ORDERS: Mapping[Order, LazyString] = {
    Order.NEWEST: _l("Newest first"),
    Order.OLDEST: _l("Oldest first"),
    Order.DUE: _l("Due first"),
    Order.CHANGED: _l("Last changed first"),
}

DEEDS: Mapping[Deed, LazyString] = {
    Deed.TAKE: _l("Take on"),
    Deed.ASSIGN: _l("Assign to me"),
    Deed.ACCEPT: _l("Accept offers"),
    Deed.LABEL: _l("Put label"),
    Deed.UNLABEL: _l("Remove label"),
}

SOURCES: Mapping[Source, LazyString] = {
    Source.REPORT: _l("in the report"),
    Source.MESSAGE: _l("in a message"),
    Source.NOTE: _l("in a note"),
}

NAMED = 5
"""So many case numbers are named with the reason why nothing was done."""


def counted(number: int) -> str:
    """A number that was counted up to a limit, such as ``200+``."""
    return f"{COUNTED_UP_TO}+" if number > COUNTED_UP_TO else str(number)


def done(deed: Deed, number: int) -> str:
    """What was done to several cases."""
    match deed:
        case Deed.TAKE:
            return str(ngettext("You have taken on %(num)d case.", "You have taken on %(num)d cases.", number))
        case Deed.ASSIGN:
            return str(
                ngettext("%(num)d case is assigned to you now.", "%(num)d cases are assigned to you now.", number)
            )
        case Deed.ACCEPT:
            return str(
                ngettext(
                    "Your office leads %(num)d more case now.", "Your office leads %(num)d more cases now.", number
                )
            )
        case Deed.LABEL:
            return str(ngettext("%(num)d case got the label.", "%(num)d cases got the label.", number))
        case Deed.UNLABEL:
            return str(
                ngettext("The label was taken off %(num)d case.", "The label was taken off %(num)d cases.", number)
            )


def undone(number: int) -> str:
    """What was taken back."""
    return str(ngettext("%(num)d case is as it was before.", "%(num)d cases are as they were before.", number))


def refused(why: str, numbers: Sequence[str]) -> str:
    """Why some cases were left as they are."""
    named = ", ".join(numbers[:NAMED])
    if len(numbers) > NAMED:
        more = len(numbers) - NAMED
        return str(_("Not changed: %(numbers)s and %(more)d more. %(why)s", numbers=named, more=more, why=why))
    return str(_("Not changed: %(numbers)s. %(why)s", numbers=named, why=why))
