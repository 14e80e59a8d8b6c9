"""The attack on statistics over everything that leaves the house.

Two simulated years are published. A reader who holds every page, picture, file, digest and report writes down what each
of them says of which cells. Nothing may be said that does not follow from the published cells; and with all of it each
hidden number can still be anything from 0 (or what its shown parts come to) to the threshold and beyond.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime
from itertools import product

import pytest
from sqlalchemy import select

from app.core import choices
from app.core.codes import Topic
from app.core.database import db
from app.needs.domain import TARGETS, TOPICS
from app.needs.snapshot import service as snapshots
from app.notifications.models import OutboxMail
from app.partners.following import service as following
from app.plans import queries as plans
from app.strategy import service as strategy
from app.strategy.domain import Months, State, Wanted
from app.strategy.models import ReportFile
from tests import factories
from tests.security.conftest import FULL
from tests.support import outputs_elsewhere as elsewhere
from tests.support.claims import Claim, Told, unexplained
from tests.support.forms import fill_form
from tests.support.outputs import CITY, GROUPS, INDEX, PARTS, RATE, REPORTS, Outputs, unread
from tests.support.published import known_snapshot, link, row_of
from tests.support.simulated import geography, publish_year, put_in
from tests.support.statistics import PLACED, Attacker, everything, narrowest, seen, year_of_reports

YEARS = ("2024", "2025")
GAPS = 600
THRESHOLD = 5
FOLLOW = "/en/partner/following/choose"
EVERYTHING = {"topics": [*TOPICS], "targets": [*TARGETS]}


def simulate(seed, year, parts, groups):
    """A year of reports of all kinds, put in and published."""
    measures = sorted(card.key for card in plans.measures())
    gaps = year_of_reports(seed, GAPS, {key: part.residents for key, part in parts.items()}, list(Topic), TARGETS)
    reports = everything(gaps, seed, sorted(groups.values()), list(TOPICS), measures)
    put_in(reports, seed, year)
    publish_year(year)
    return reports


def follow(client, parts, groups, **what):
    """Every area, and of what."""
    sent = fill_form(client.get(FOLLOW), groups=[*groups.values()], parts=[*parts], city="y", **what)
    assert client.post(FOLLOW, data=sent).status_code == 303


def check_digest_mails(*, grown: int) -> None:
    """One mail where something has grown; it carries no number, name or area."""
    mails = [mail for mail in db.session.scalars(select(OutboxMail)) if mail.kind == following.KIND]
    assert len(mails) == (grown > 0)
    assert all(mail.facts is None and mail.subject_number is None for mail in mails)


def issued(code="en"):
    """An issued interim report on the city's own edition; gives its id."""
    row = strategy.begin(Wanted("2025", Months.named("2024-01/2025-12"), None), "one")
    strategy.submit(row, "one")
    strategy.issue(row, "two")
    title, files = strategy._files(strategy.of(row), code)
    for kind, content in files.items():
        kept = {"report_id": row.id, "language": code, "format": kind, "title": title, "content": content}
        db.session.add(ReportFile(**kept, digest="0"))
    row.state = State.ISSUED
    db.session.flush()
    return row.id


def read_needs(outputs, parts, groups, chance, many):
    """The pages of the needs; ``many`` of those of which there are hundreds."""
    for year in YEARS:
        outputs.city(year)
        for show in (INDEX, RATE):
            outputs.matrix(year, show)
        outputs.file("everything", {"year": year})
    outputs.file("quarters", {}, ("csv", "xlsx"))
    about = [(topic, "all") for topic in TOPICS] + [("all", target) for target in TARGETS]
    maps = [
        *((year, level, "all", "all", show) for year, level, show in product(YEARS, (PARTS, GROUPS), (INDEX, REPORTS))),
        *((year, GROUPS, *one, show) for year, one, show in product(YEARS, about, (INDEX, RATE))),
    ]
    for one in maps[:2] + chance.sample(maps, min(many, len(maps))):
        outputs.map(*one)
    for one in [("all", "all"), *chance.sample(about, min(many, len(about)))]:
        outputs.time(GROUPS, *one)
        outputs.file("years", {"level": GROUPS, "topic": one[0], "target": one[1]})
    outputs.time(PARTS)
    areas = [*product((PARTS,), sorted(parts)), *product((GROUPS,), sorted(groups.values()))]
    for level, key in chance.sample(areas, min(many, len(areas))):
        for year in YEARS:
            outputs.profile(year, level, key)
            outputs.file("profile", {"year": year, "level": level, "area": key})
    for level, keys in ((PARTS, sorted(parts)), (GROUPS, sorted(groups.values()))):
        outputs.compare(YEARS[-1], level, tuple(chance.sample(keys, 2)))
        for year in YEARS:
            outputs.file("areas", {"year": year, "level": level, "sort": REPORTS})


def read_elsewhere(outputs, chance, many):
    """Digests, public pages, the interim report."""
    for card in plans.measures():
        elsewhere.effect_panel(outputs, card.key)
    elsewhere.synergies(outputs)
    fields = [f"/en/plans/{one.plan}/{one.key}" for one in plans.fields()]
    for address in (
        "/en/", "/en/plans", "/en/map", "/en/about", "/en/strategy", "/en/partner/", "/en/partner/proposals/",
        *chance.sample(fields, min(many, len(fields))),
    ):  # fmt: skip
        elsewhere.silent(outputs, address)
    number = issued()
    files = {kind: outputs.get(f"/en/strategy/{number}/en.{kind}") for kind in ("html", "pdf", "xlsx")}
    elsewhere.read_report(outputs, files, YEARS)
    elsewhere.public_report(outputs, number, YEARS)


def read_receipt(client, outputs):
    """What somebody reads by receipt whose report moved a measure."""
    sent = factories.sent()
    link(plans.measures()[0], [row_of(sent)])
    answer = client.post("/en/receipt", data={"receipt": sent.receipt})
    assert answer.status_code == 200
    outputs.done(elsewhere.main_of(answer.get_data()), "receipt")


def by_year(told: Told) -> dict[str, list[Claim]]:
    found = defaultdict(list)
    for claim in told.claims:
        found[claim.year].append(claim)
    return found


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(3 if FULL else 1))
def test_who_holds_every_output_learns_no_hidden_number(session, jena, sign_in, client, clock, much, figure, seed):
    parts, groups = geography()
    partner = sign_in("partner:awo", "en")
    chance = random.Random(seed)  # noqa: S311 - no secret
    choices.choose(choices.BY_AREA, seed % 2 == 0, None)
    simulated = {"2024": simulate(2 * seed, 2024, parts, groups)}
    follow(partner, parts, groups, **EVERYTHING)
    simulated["2025"] = simulate(2 * seed + 1, 2025, parts, groups)
    snapshots.take()

    outputs = Outputs(lambda address: fetch(partner, address))
    outputs.begin()
    read_needs(outputs, parts, groups, chance, much(1, 1000))
    read_elsewhere(outputs, chance, much(2, 1000))
    read_receipt(client, outputs)
    clock.stop_at(datetime(2026, 1, 8, 9, tzinfo=UTC))
    following.tell_growth()
    check_digest_mails(grown=elsewhere.followed(outputs))
    # Without a choice of areas of life all of them together are followed, too.
    follow(partner, parts, groups, topics=[], targets=[])
    elsewhere.followed(outputs)

    assert outputs.unread == []
    claims = by_year(outputs.told)
    assert set(claims) == set(YEARS)
    group_of = {key: groups[part.parent_id] for key, part in parts.items()}
    said = []
    for year in YEARS:
        cells = {place: value for place, value in outputs.cells.items() if place[1].startswith(year)}
        attacker = Attacker(cells, group_of, int(year))
        loose = unexplained(claims[year], cells, attacker)
        assert [(claim, outputs.told.claims[claim]) for claim in loose] == []
        for claim in claims[year]:
            attacker.learn(claim.places, claim.low, claim.high)
        hidden, least = narrowest(attacker, THRESHOLD)
        placed = seen(simulated[year], cells, group_of, int(year), PLACED) / GAPS
        assert placed >= 0.7
        said.append(f"{year}: {hidden} of {len(cells)} cells hidden, each 0 to {least} or more; {placed:.0%} by area")
    figure(
        f"{outputs.told.read} places for a number read on pages, pictures, files, digests and reports of two years; "
        f"their {len(outputs.told.claims)} statements follow from the published cells; {'; '.join(said)}"
    )


def fetch(client, address: str) -> bytes:
    """A page or file."""
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return answer.get_data()


# A leak is seen -------------------------------------------------------------------------------------------------------


@pytest.fixture
def known_cells(session, jena, sign_in):
    """What is published of the known year, by somebody who has read it all."""
    known_snapshot()
    partner = sign_in("partner:awo", "en")
    outputs = Outputs(lambda address: fetch(partner, address))
    outputs.begin()
    return outputs


def attacker_of(outputs):
    parts, groups = geography()
    return Attacker(outputs.cells, {key: groups[part.parent_id] for key, part in parts.items()}, 2025)


LEAKS = {
    "a total of all gap reports": lambda one: one.line("leak", CITY, CITY, ("all", "all", "2025"), {REPORTS: "132"}),
    "a hidden number": lambda one: one.line("leak", PARTS, "1", ("all", "all", "2025"), {REPORTS: "2"}),
    "a rate of a hidden number": lambda one: one.line("leak", PARTS, "1", ("all", "all", "2025"), {RATE: "0.0"}),
    "an index with its interval": lambda one: one.line(
        "leak", PARTS, "1", ("all", "all", "2025"), {INDEX: "+0.10", "mismatch_low": "-1.60", "mismatch_high": "+1.80"}
    ),
    "a verdict in words": lambda one: one.told.verdict(
        "leak", one.at(PARTS, "1", "all", "all", "2025"), "more supply than need"
    ),
    "that a hidden number rose": lambda one: one.told.change(
        "leak", *[one.at(CITY, CITY, "work", "all", f"2025-Q{quarter}") for quarter in (2, 3)], "has grown"
    ),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_would_be_seen(known_cells, leak):
    narrowest(attacker_of(known_cells), THRESHOLD)
    LEAKS[leak](known_cells)
    (claim, *_others), attacker = [*known_cells.told.claims], attacker_of(known_cells)
    assert unexplained([claim], known_cells.cells, attacker) == [claim]
    attacker.learn(claim.places, claim.low, claim.high)
    with pytest.raises(AssertionError, match=r"is at (least|most)"):
        narrowest(attacker, THRESHOLD)


def test_a_number_where_none_is_ever_told_would_be_seen(known_cells):
    with pytest.raises(AssertionError, match="never published"):
        known_cells.line("leak", PARTS, "4", ("housing", "all", "2025"), {REPORTS: "12"})


@pytest.mark.parametrize(
    "page",
    [
        "<p>So far 12 people have sent a report.</p>",
        "<table><caption>Reports</caption><tr><th>North</th><td>3</td></tr></table>",
        "<dl><dt>Reports</dt><dd>3</dd></dl>",
        "<img alt='Bars: 3 reports'>",
    ],
)
def test_a_number_of_reports_that_nobody_reads_would_be_seen(page):
    assert unread(elsewhere.main_of(f"<main>{page}</main>".encode()))
