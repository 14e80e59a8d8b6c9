"""The verbs that change the directory."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from app.core import clock
from app.core.database import db
from app.core.revisions import touch
from app.core.rows import bring_up_to_date, position_of, stored_point
from app.directory import queries
from app.directory.domain import OrganisationEntry, ServiceEntry, UnknownOrganisation
from app.directory.models import Organisation, Service

CONFIRMED_DETAILS = frozenset({"url", "phone", "email", "address", "confirmed_on", "unconfirmed"})
"""What an organisation vouches for when it confirms its entry."""


def put_organisation(entry: OrganisationEntry) -> bool:
    """Add an organisation or bring it up to date; says whether anything changed.

    A confirmation is kept: an entry without a date does not overwrite the details that somebody has confirmed. So is
    what only the city's administration says: validity, substitute and opening hours.
    """
    row = queries.organisation_row(entry.key)
    values: dict[str, Any] = {name.name: getattr(entry, name.name) for name in fields(entry)}
    values["unconfirmed"] = list(entry.unconfirmed)
    if row is None:
        db.session.add(Organisation(**values))
        touch("directory")
        return True
    if row.confirmed_on and not entry.confirmed_on:
        values = {name: value for name, value in values.items() if name not in CONFIRMED_DETAILS}
    return _update(row, values)


def put_parent(key: str, parent: str | None) -> bool:
    """Say which office stands above an organisation; says whether that changed.

    Raises:
        UnknownOrganisation: with the key that does not exist.
    """
    return _update(_organisation(key), {"parent_id": None if parent is None else _organisation(parent).id})


def confirm_organisation(key: str, on: date, valid_until: date | None = None) -> None:
    """Note that an organisation has confirmed its entry on a day, and until when that holds.

    Raises:
        UnknownOrganisation: with the key that does not exist.
    """
    _update(_organisation(key), {"confirmed_on": on, "valid_until": valid_until, "unconfirmed": []})


def put_service(entry: ServiceEntry) -> bool:
    """Add a service or bring it up to date; says whether anything changed.

    A service that its provider has confirmed is the provider's: an entry without a date leaves it as it is.

    Raises:
        UnknownOrganisation: with the key that does not exist.
    """
    row = queries.service_row(entry.key)
    if row is not None and row.confirmed_on and not entry.confirmed_on:
        return False
    return _write_service(row, entry)


def keep_service(entry: ServiceEntry) -> bool:
    """A provider adds a service or changes one, and confirms it today; says whether anything changed.

    Raises:
        UnknownOrganisation: with the key that does not exist.
    """
    row = queries.service_row(entry.key)
    changed = _write_service(row, entry)
    row = row or queries.service_row(entry.key)
    if row is None:
        raise LookupError(entry.key)
    return _update(row, {"confirmed_on": clock.today(), "example": False, "offered": True}) or changed


def confirm_service(key: str) -> None:
    """A provider says that everything the platform tells of a service is still right today, and that it is on offer."""
    row = queries.service_row(key)
    if row is not None:
        _update(row, {"confirmed_on": clock.today(), "example": False, "offered": True})


def end_service(key: str) -> None:
    """A service is no longer offered. It stays known, because reports may speak of it."""
    row = queries.service_row(key)
    if row is not None:
        _update(row, {"offered": False})


def resume_service(key: str) -> None:
    """A service that was ended by mistake is on offer again, confirmed on the day that it was."""
    row = queries.service_row(key)
    if row is not None:
        _update(row, {"offered": True})


def _write_service(row: Service | None, entry: ServiceEntry) -> bool:
    values: dict[str, Any] = {name.name: getattr(entry, name.name) for name in fields(entry)}
    values["organisation_id"] = _organisation(values.pop("organisation")).id
    values |= {name: list(values[name]) for name in ("topics", "targets", "languages")}
    position = values.pop("point")
    if row is None:
        db.session.add(Service(**values, point=stored_point(position)))
        touch("directory")
        return True
    if position_of(row.point) != position:
        values["point"] = stored_point(position)
    return _update(row, values)


def _organisation(key: str) -> Organisation:
    row = queries.organisation_row(key)
    if row is None:
        raise UnknownOrganisation(key)
    return row


def _update(row: Organisation | Service, values: dict[str, Any]) -> bool:
    """Set what differs; says whether anything did."""
    changed = bring_up_to_date(row, values)
    if changed and isinstance(row, Service):
        row.changed_at = clock.now()
    if changed:
        touch("directory")
    return changed
