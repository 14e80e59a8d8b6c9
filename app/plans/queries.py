"""Every question to the database about plans, fields and measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, select

from app.core.database import db
from app.core.revisions import remembered
from app.core.texts import Localized
from app.directory.queries import organisations
from app.plans.document import Edition, Indicator, Milestone
from app.plans.domain import (
    EditionCard,
    FieldCard,
    MeasureCard,
    PlanCard,
    Shape,
    UnknownEdition,
    VersionCard,
)
from app.plans.models import (
    EditionRow,
    Field,
    Measure,
    Plan,
    VersionChange,
    VersionRow,
    measure_area,
    measure_field,
    measure_plan,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


@remembered("plans")
def plans() -> tuple[PlanCard, ...]:
    """The plans of the strategy, in order."""
    return tuple(
        PlanCard(
            id=row.id,
            key=row.key,
            name=row.name,
            short=row.short,
            summary=row.summary,
            source=row.source,
            since=row.since,
            updated=row.updated,
            shape=cast("Shape", row.shape),
            position=row.position,
        )
        for row in db.session.scalars(select(Plan).order_by(Plan.position, Plan.id))
    )


def plan(key: str) -> PlanCard | None:
    """One plan by its key."""
    return next((card for card in plans() if card.key == key), None)


@remembered("plans")
def fields() -> tuple[FieldCard, ...]:
    """Every field of action, plan by plan, in order."""
    rows = db.session.execute(
        select(Field, Plan.key)
        .join(Plan, Field.plan_id == Plan.id)
        .where(Field.listed)
        .order_by(Plan.position, Plan.id, Field.position, Field.id)
    )
    return tuple(
        FieldCard(
            id=row.id,
            key=row.key,
            plan=key,
            name=row.name,
            summary=row.summary,
            unconfirmed=row.unconfirmed,
            not_by_reports=row.not_by_reports,
            topics=tuple(row.topics),
            targets=tuple(row.targets),
            statement=row.statement,
        )
        for row, key in rows
    )


@remembered("plans", "directory")
def measures() -> tuple[MeasureCard, ...]:
    """Every measure of the edition in force, by key."""
    return tuple(card for card in _every_measure() if card.listed)


@remembered("plans", "directory")
def _every_measure() -> tuple[MeasureCard, ...]:
    of_plan = _linked(
        db.session.execute(
            select(measure_plan.c.measure_id, Plan.key)
            .join(Plan, measure_plan.c.plan_id == Plan.id)
            .order_by(Plan.position, Plan.id)
        )
    )
    of_field = _linked(
        db.session.execute(
            select(measure_field.c.measure_id, Field.key)
            .join(Field, measure_field.c.field_id == Field.id)
            .join(Plan, Field.plan_id == Plan.id)
            .order_by(Plan.position, Field.position, Field.id)
        )
    )
    in_area = _linked(
        db.session.execute(select(measure_area.c.measure_id, measure_area.c.area_id).order_by(measure_area.c.area_id))
    )
    office = {card.id: key for key, card in organisations().items()}
    return tuple(
        MeasureCard(
            id=row.id,
            key=row.key,
            name=row.name,
            summary=row.summary,
            example=row.example,
            state=row.state,
            topics=tuple(row.topics),
            targets=tuple(row.targets),
            plans=of_plan[row.id],
            fields=of_field[row.id],
            area_ids=in_area[row.id],
            organisation=None if row.organisation_id is None else office.get(row.organisation_id),
            from_year=row.from_year,
            to_year=row.to_year,
            source=row.source,
            listed=row.listed,
            **_details(row.details),
        )
        for row in db.session.scalars(select(Measure).order_by(Measure.key))
    )


def _details(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "reason": Localized(kept["reason"]) if "reason" in kept else None,
        "goals": tuple(kept.get("goals", ())),
        "partners": tuple(kept.get("partners", ())),
        "budget": kept.get("budget"),
        "indicators": tuple(Indicator.model_validate(one) for one in kept.get("indicators", ())),
        "milestones": tuple(Milestone.model_validate(one) for one in kept.get("milestones", ())),
        "evidence": Localized(kept["evidence"]) if "evidence" in kept else None,
    }


def _linked(rows: Iterable[Any]) -> Mapping[int, tuple[Any, ...]]:
    """What belongs to each measure, in the order of the rows (measure, other)."""
    found: dict[int, tuple[Any, ...]] = defaultdict(tuple)
    for measure_id, other in rows:
        found[measure_id] += (other,)
    return found


@remembered("plans", "directory")
def _measures_by_key() -> Mapping[str, MeasureCard]:
    return {card.key: card for card in _every_measure()}


def measure(key: str) -> MeasureCard | None:
    """One measure by its key, also one that the edition in force no longer has."""
    return _measures_by_key().get(key)


def plan_row(key: str) -> Plan | None:
    """The plan to be changed."""
    return db.session.scalar(select(Plan).where(Plan.key == key))


def field_row(key: str) -> Field | None:
    """The field to be changed."""
    return db.session.scalar(select(Field).where(Field.key == key))


def field_rows() -> Sequence[Field]:
    """All fields, to be changed."""
    return db.session.scalars(select(Field).order_by(Field.id)).all()


def measure_rows() -> Sequence[Measure]:
    """All measures, to be changed."""
    return db.session.scalars(select(Measure).order_by(Measure.id)).all()


def measure_row(key: str) -> Measure | None:
    """The measure to be changed."""
    return db.session.scalar(select(Measure).where(Measure.key == key))


def measure_areas(measure_id: int) -> tuple[int, ...]:
    """The areas that a measure is linked to, by id."""
    return tuple(
        db.session.scalars(
            select(measure_area.c.area_id)
            .where(measure_area.c.measure_id == measure_id)
            .order_by(measure_area.c.area_id)
        )
    )


# Editions and their versions -----------------------------------------------------------------------------------------


@remembered("plans")
def editions() -> tuple[EditionCard, ...]:
    """Every edition, by the years that they are for."""
    rows = db.session.scalars(select(EditionRow).order_by(EditionRow.from_year, EditionRow.key))
    return tuple(
        EditionCard(row.id, row.key, row.name, row.adopted_on, row.from_year, row.to_year, row.current) for row in rows
    )


def edition_in_force() -> EditionCard | None:
    """The edition that the city goes by now."""
    return next((card for card in editions() if card.current), None)


@remembered("plans")
def published(edition: str) -> tuple[VersionCard, Edition] | None:
    """The version of an edition that is published now, with its document; ``None`` before the first."""
    row = db.session.scalar(_versions().where(EditionRow.key == edition, VersionRow.state == "published"))
    return None if row is None else (_version_card(row, edition), Edition.model_validate(row.document))


def in_force() -> Edition:
    """The document that the city goes by now.

    Raises:
        UnknownEdition: no edition is in force.
    """
    card = edition_in_force()
    found = None if card is None else published(card.key)
    if found is None:
        raise UnknownEdition("no edition is in force")
    return found[1]


@remembered("plans")
def publications(edition: str) -> tuple[tuple[VersionCard, Edition], ...]:
    """Every version of an edition that was ever published, with its document, the oldest first."""
    rows = db.session.scalars(
        _versions().where(EditionRow.key == edition, VersionRow.published_at.is_not(None)).order_by(VersionRow.number)
    )
    return tuple((_version_card(row, edition), Edition.model_validate(row.document)) for row in rows)


def versions(edition: str) -> tuple[VersionCard, ...]:
    """Every version of an edition, drafts too, the newest first."""
    rows = db.session.scalars(_versions().where(EditionRow.key == edition).order_by(VersionRow.number.desc()))
    return tuple(_version_card(row, edition) for row in rows)


def drafts() -> tuple[VersionCard, ...]:
    """Every version that is being worked on or waits for a second person, the newest first."""
    rows = db.session.execute(
        select(VersionRow, EditionRow.key)
        .join(EditionRow, VersionRow.edition_id == EditionRow.id)
        .where(VersionRow.state.in_(("draft", "submitted")))
        .order_by(VersionRow.made_at.desc(), VersionRow.id.desc())
    )
    return tuple(_version_card(row, key) for row, key in rows)


def version(identity: int) -> tuple[VersionCard, Edition] | None:
    """One version with its document."""
    row = db.session.get(VersionRow, identity)
    if row is None:
        return None
    edition = db.session.get_one(EditionRow, row.edition_id)
    return _version_card(row, edition.key), Edition.model_validate(row.document)


def changes(version_id: int) -> Sequence[VersionChange]:
    """The history of a version, the newest line first."""
    return db.session.scalars(
        select(VersionChange).where(VersionChange.version_id == version_id).order_by(VersionChange.id.desc())
    ).all()


def edition_row(key: str) -> EditionRow | None:
    """The edition to be changed: whoever begins a draft of it at the same moment waits, and finds this one."""
    return db.session.scalar(select(EditionRow).where(EditionRow.key == key).with_for_update())


def open_version(edition_id: int) -> VersionRow | None:
    """The version of an edition that is being worked on or waits, held until the end of the transaction."""
    return db.session.scalar(
        select(VersionRow)
        .where(VersionRow.edition_id == edition_id, VersionRow.state.in_(("draft", "submitted")))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def published_row(edition_id: int) -> VersionRow | None:
    """The published version of an edition."""
    return db.session.scalar(
        select(VersionRow).where(VersionRow.edition_id == edition_id, VersionRow.state == "published")
    )


def last_from_folder(edition_id: int) -> VersionRow | None:
    """The newest version that the city's folder has brought."""
    return db.session.scalar(
        select(VersionRow)
        .where(VersionRow.edition_id == edition_id, VersionRow.from_folder)
        .order_by(VersionRow.number.desc())
        .limit(1)
    )


def last_number(edition_id: int) -> int:
    """The number of the newest version of an edition; 0 before the first."""
    return db.session.scalar(select(func.max(VersionRow.number)).where(VersionRow.edition_id == edition_id)) or 0


def _versions() -> Any:  # noqa: ANN401 - a select of versions
    return select(VersionRow).join(EditionRow, VersionRow.edition_id == EditionRow.id)


def _version_card(row: VersionRow, edition: str) -> VersionCard:
    return VersionCard(
        id=row.id,
        edition=edition,
        number=row.number,
        state=row.state,
        based_on=row.based_on_id,
        from_folder=row.from_folder,
        made_at=row.made_at,
        made_by=row.made_by,
        submitted_at=row.submitted_at,
        submitted_by=row.submitted_by,
        published_at=row.published_at,
        published_by=row.published_by,
        why=row.why,
    )
