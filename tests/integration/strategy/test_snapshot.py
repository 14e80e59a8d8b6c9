"""A report is made of a snapshot and of versions that never change: so a snapshot names them all."""

from __future__ import annotations

from datetime import date

from app.core.revisions import touch
from app.directory import queries as directory
from app.directory.models import Organisation
from app.needs.snapshot import queries, service
from app.plans import editions
from app.plans.queries import edition_in_force, published
from tests.support.strategies import earlier


def test_a_snapshot_names_the_version_of_each_edition_and_every_office(session, jena):
    editions.bring_in(earlier())
    taken = service.take(date(2026, 11, 20))
    assert edition_in_force() is not None
    assert taken.edition == edition_in_force().key
    assert taken.version == taken.editions[taken.edition] == published(taken.edition)[0].number
    assert set(taken.editions) == {"2024", "2025"}
    assert taken.organisations == {key: card.name for key, card in directory.organisations().items()}


def test_a_new_name_of_an_office_makes_a_new_snapshot_and_leaves_the_old_one_as_it_was(session, jena):
    before = service.take(date(2026, 11, 20))
    row = session.get_one(Organisation, jena.organisation("ads").id)
    row.name = {**row.name, "en": "A new name"}
    session.flush()
    touch("directory")
    after = service.take(date(2026, 11, 20))
    assert after.hash != before.hash
    assert after.organisations["ads"]["en"] == "A new name"
    assert queries.named(before.hash).organisations == before.organisations
