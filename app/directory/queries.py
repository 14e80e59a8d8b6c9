"""Every question to the database about organisations and services."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.core.revisions import remembered
from app.directory.domain import KeptService, Kind, OrganisationCard, Precision, ServiceCard
from app.directory.models import Organisation, Service


@remembered("directory")
def organisations() -> Mapping[str, OrganisationCard]:
    """Every organisation by its key, in the order of the directory."""
    parent, substitute = aliased(Organisation), aliased(Organisation)
    rows = db.session.execute(
        select(Organisation, parent.key, substitute.key)
        .outerjoin(parent, Organisation.parent_id == parent.id)
        .outerjoin(substitute, Organisation.substitute_id == substitute.id)
        .order_by(Organisation.position, Organisation.id)
    )
    return MappingProxyType({row.key: _organisation_card(row, above, instead) for row, above, instead in rows})


def _organisation_card(row: Organisation, parent: str | None, substitute: str | None) -> OrganisationCard:
    return OrganisationCard(
        id=row.id,
        key=row.key,
        kind=cast("Kind", row.kind),
        name=row.name,
        summary=row.summary,
        parent=parent,
        receives=row.receives,
        counselling=row.counselling,
        url=row.url,
        phone=row.phone,
        email=row.email,
        address=row.address,
        opening_hours=row.opening_hours,
        confirmed_on=row.confirmed_on,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        substitute=substitute,
        unconfirmed=tuple(row.unconfirmed),
        principal_id=row.principal_id,
    )


@remembered("directory")
def _organisations_by_id() -> Mapping[int, OrganisationCard]:
    return {card.id: card for card in organisations().values()}


def organisation_by_id(organisation_id: int) -> OrganisationCard | None:
    """One organisation by its database id."""
    return _organisations_by_id().get(organisation_id)


@remembered("directory")
def services() -> tuple[ServiceCard, ...]:
    """Every service on offer, by key."""
    rows = db.session.execute(
        select(Service, Organisation.key, func.ST_X(Service.point), func.ST_Y(Service.point))
        .join(Organisation, Service.organisation_id == Organisation.id)
        .where(Service.offered)
        .order_by(Service.key)
    )
    return tuple(_service_card(row, organisation, x, y) for row, organisation, x, y in rows)


def _service_card(row: Service, organisation: str, longitude: float | None, latitude: float | None) -> ServiceCard:
    return ServiceCard(
        id=row.id,
        key=row.key,
        organisation=organisation,
        name=row.name,
        description=row.description,
        topics=tuple(row.topics),
        targets=tuple(row.targets),
        languages=tuple(row.languages),
        area_id=row.area_id,
        address=row.address,
        precision=cast("Precision", row.precision),
        longitude=longitude,
        latitude=latitude,
        opening_hours=row.opening_hours,
        barrier_free=row.barrier_free,
        evening=row.evening,
        url=row.url,
        confirmed_on=row.confirmed_on,
        example=row.example,
    )


@remembered("directory")
def _services_by_key() -> Mapping[str, ServiceCard]:
    return {card.key: card for card in services()}


def service(key: str) -> ServiceCard | None:
    """One service on offer by its key."""
    return _services_by_key().get(key)


def kept_services(organisation_ids: Collection[int]) -> tuple[KeptService, ...]:
    """The services of organisations, on offer or not, by key: fresh from the database, for those who keep them."""
    rows = db.session.execute(
        select(Service, Organisation.key, func.ST_X(Service.point), func.ST_Y(Service.point))
        .join(Organisation, Service.organisation_id == Organisation.id)
        .where(Service.organisation_id.in_(organisation_ids))
        .order_by(Service.key)
    )
    return tuple(KeptService(_service_card(row, organisation, x, y), row.offered) for row, organisation, x, y in rows)


def organisation_row(key: str) -> Organisation | None:
    """The organisation to be changed."""
    return db.session.scalar(select(Organisation).where(Organisation.key == key))


def service_row(key: str) -> Service | None:
    """The service to be changed, on offer or not."""
    return db.session.scalar(select(Service).where(Service.key == key))
