"""Following needs: what somebody follows, and one mail when something of it has grown."""

from __future__ import annotations

from sqlalchemy import delete

from app.accounts import queries as people
from app.accounts.models import User
from app.core.database import db, write
from app.needs import queries as needs
from app.needs.domain import CITY, Period
from app.notifications import service as notifications
from app.partners import mails
from app.partners.following import queries
from app.partners.following.domain import Choice, Verdict, compared
from app.partners.models import Followed, Told
from app.places import queries as places

KIND = "needs_grown"


def follow(user_id: int, choice: Choice) -> None:
    """Follow this and nothing else. What is published by now is seen on the page, so no mail will tell of it."""
    # Somebody who presses twice waits for the first time.
    people.locked_user(user_id)
    db.session.execute(delete(Followed).where(Followed.user_id == user_id))
    write(Followed, *({"user_id": user_id, "what": what, "value": value} for what, value in _rows(choice)))
    _note_told(user_id)


def _rows(choice: Choice) -> list[tuple[str, str]]:
    city = places.city()
    areas = [CITY] if choice.city else []
    areas += [f"{city.coarse_level}/{key}" for key in choice.groups]
    areas += [f"{city.needs_level}/{key}" for key in choice.parts]
    kinds = (("area", areas), ("topic", choice.topics), ("target", choice.targets))
    return [(what, value) for what, values in kinds for value in values]


def _note_told(user_id: int) -> tuple[Period, ...]:
    """Note that somebody has been told of everything published; gives the periods that are new to them."""
    known = queries.told(user_id)
    new = tuple(period for one in needs.publications().values() for period in one.periods if period.name not in known)
    write(Told, *({"user_id": user_id, "period": period.name} for period in new))
    return new


def tell_growth() -> int:
    """Tell everybody once who follows a need that has grown in a new publication; gives how many mails were written.

    Safe to run as often as one likes. Commits person by person.
    """
    return sum(_tell(user) for user in mails.partners()) if mails.is_time_for_mail() else 0


def _tell(user: User) -> bool:
    choice = queries.choice(user.id)
    new = _note_told(user.id) if choice else ()
    if not new:
        return False
    years = needs.publications()
    found = (compared(need, period, years) for need in choice.needs() for period in new)
    grown = any(one is not None and one.verdict is Verdict.GROWN for one in found)
    wanted = grown and mails.wanted(user.id).growth
    if wanted:
        notifications.tell_people(KIND, [user.id], None)
    db.session.commit()
    return wanted
