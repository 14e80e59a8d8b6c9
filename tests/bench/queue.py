"""How long a page of the queue takes: with a thousand reports and with a hundred thousand, on PostGIS, over HTTP.

The rows are inserted in bulk. Boxes and grants are real rows, so that the page asks for every right it asks for in a
city; what would be sealed in them nobody reads here.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import delete, text

from app.accounts import queries as accounts
from app.core.clock import now
from app.core.codes import Kind, State, Topic
from app.core.database import db, write
from app.directory import queries as directory
from app.places import queries as places
from app.privacy.models import Box, Grant
from app.reports.models import Report
from app.routing import queries as routing
from tests.bench.client import Call, Connection, WrongAnswer
from tests.bench.figures import BARE_PAGE, raw, replay
from tests.bench.world import World
from tests.support.arrivals import come_in
from tests.support.forms import soup
from tests.support.statements import statements

FEW, MANY = 1_000, 100_000
OFFICE = "soziales"
OTHER = "gesundheit"
PAGES = 100
"""So often each page is asked for."""

PAGE = 20
CHUNK = 5_000
MOST_STATEMENTS = 12
GROWTH_AIM, BARE_AIM = 1.3, 60
FRESH = 400
"""So many of the newest reports are still open by half; of older ones few are."""

OPEN_AMONG_FRESH, OPEN_AMONG_OLD = 0.5, 0.03
ENDED = [State.CLOSED] * 9 + [State.NOT_RESPONSIBLE]
LANGUAGES = ["de"] * 8 + ["ar", "uk"]


def measure(made: World) -> Iterator[str]:
    """Fill the world twice and measure; yields the lines to print.

    Raises:
        WrongAnswer: a page is not what it should be.
    """
    yield f"Queue of an office that leads nine of ten reports; one connection, {PAGES} pages each. Times in ms."
    yield f"{'':16}{'p50':>8}{'p95':>8}{'p50':>8}{'p95':>8}{'p95 ratio':>11}{'p50 / bare':>12}{'queries':>9}"
    yield f"{'':16}{FEW:>16,}{MANY:>16,}{f'≤ {GROWTH_AIM}':>11}{f'≤ {BARE_AIM}':>12}{f'≤ {MOST_STATEMENTS}':>9}"
    found: dict[int, Mapping[str, tuple[list[float], int]]] = {}
    for count in (FEW, MANY):
        fill(made, count)
        found[count] = _times(made)
    bare = statistics.median(_ask(made.bare.port, BARE_PAGE))
    for name, (few, said_few) in found[FEW].items():
        many, said_many = found[MANY][name]
        if said_few != said_many:
            raise WrongAnswer(f"{name}: {said_few} statements with few reports, {said_many} with many")
        growth = _high(many) / _high(few)
        cost = statistics.median(many) / bare
        numbers = "".join(
            f"{1000 * one:8.2f}" for times in (few, many) for one in (statistics.median(times), _high(times))
        )
        yield f"{name:16}{numbers}{growth:11.2f}{cost:12.1f}{said_many:9}"
    yield f"bare page, p50 {1000 * bare:.2f} ms"


def _high(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _times(made: World) -> Mapping[str, tuple[list[float], int]]:
    """Seconds and statements of each page, by its name."""
    client, cookie = _signed_in(made)
    found = {}
    for name, address in _addresses(client).items():
        call = Call(raw(address, more=f"Cookie: session={cookie}\r\n"), b'id="reports"')
        bearer = made.app.test_client(use_cookies=False)
        replay(bearer, lambda call=call: (call,))
        with statements(made.app) as said:
            replay(bearer, lambda call=call: (call,))
        found[name] = (_ask(made.platform.port, call), len(said))
    return found


def _ask(port: int, call: Call) -> list[float]:
    """Seconds of each answer on a connection of its own: one that has been idle is closed."""
    connection = Connection(port)
    times = []
    for turn in range(PAGES + 10):
        begun = time.perf_counter()
        answer = connection.ask(call.raw)
        if turn >= 10:  # the first ones only warm up
            times.append(time.perf_counter() - begun)
        call.check(*answer)
    connection.close()
    return times


def _signed_in(made: World) -> tuple[FlaskClient, str]:
    with made.app.app_context():
        reader = accounts.members(directory.organisations()[OFFICE].id)[0].email
    client = made.app.test_client()
    cookie = come_in(client, reader).get_cookie("session")
    if cookie is None:
        raise WrongAnswer("signing in gives no session")
    return client, cookie.value


def _addresses(client: FlaskClient) -> Mapping[str, str]:
    """The first page, a filtered one, and the twentieth, reached as people reach it."""
    newest = "/de/desk/?state=all"
    address = newest
    for _ in range(PAGE - 1):
        further = soup(client.get(address)).select_one("a[rel=next]")
        if further is None:
            break  # a thousand reports have nineteen pages, and the last is as good
        address = str(further["href"])
    return {
        "newest first": "/de/desk/",
        "all states": newest,
        "filtered": f"/de/desk/?state={State.CLOSED}&kind={Kind.GAP}",
        f"page {PAGE}": address,
        "due first": "/de/desk/?sort=due",
    }


# The rows ------------------------------------------------------------------------------------------------------------


def fill(made: World, count: int) -> None:
    """As many reports as wanted, and no others; the same ones in every run."""
    chance = random.Random(count)  # noqa: S311 - the same city in every run
    with made.app.app_context():
        db.session.execute(delete(Report))
        db.session.execute(delete(Box))
        areas = [card.id for card in places.areas(places.city().needs_level or "")]
        cards = directory.organisations()
        offices = [cards[OFFICE]] * 9 + [cards[OTHER]]
        reserve = cards[routing.rules().fallback]
        mailboxes = {card.id: card.principal_id for card in (*offices, reserve)}
        for start in range(0, count, CHUNK):
            numbers = range(start, min(start + CHUNK, count))
            rows = [_report(number, count, chance, areas, chance.choice(offices).id, reserve.id) for number in numbers]
            boxes = [row[name] for row in rows for name in ("box_id", "staff_box_id")]
            write(Box, *({"id": box, "made_at": now()} for box in boxes))
            write(
                Grant,
                *(
                    {"box_id": row[name], "principal_id": mailboxes[office], "sealed_key": bytes(80)}
                    for row in rows
                    for name in ("box_id", "staff_box_id")
                    for office in sorted({row["office_id"], row["fallback_office_id"]})
                ),
            )
            write(Report, *rows)
        db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def _report(number: int, count: int, chance: random.Random, areas: Sequence[int], office: int, reserve: int) -> Any:
    """A report: the newest have the highest numbers, and only few of the old ones are still open."""
    received = now() - timedelta(minutes=10 * (count - number))
    still_open = chance.random() < (OPEN_AMONG_FRESH if count - number <= FRESH else OPEN_AMONG_OLD)
    state = chance.choice([State.RECEIVED, State.IN_REVIEW, State.ANSWERED] if still_open else ENDED)
    return {
        "number": f"T-{number // 10_000:04d}-{number % 10_000:04d}",
        "received_at": received,
        "changed_at": received + timedelta(minutes=chance.randrange(5_000)),
        "version": 1,
        "state": state,
        "language": chance.choice(LANGUAGES),
        "kind": chance.choice(list(Kind)[1:]),
        "topic": chance.choice(list(Topic)),
        "grounds": [],
        "forms": [],
        "missing": [],
        "targets": [],
        "wish": "contact",
        "where": "area",
        "area_id": chance.choice(areas),
        "quarter": "2026-Q1",
        "office_id": office,
        "fallback_office_id": reserve,
        "channel": "web",
        "due_at": received + timedelta(days=14) if still_open else None,
        "escalation": 0,
        "restricted": False,
        "box_id": f"box-{number}",
        "staff_box_id": f"staff-box-{number}",
        "has_files": False,
        "unread": state == State.RECEIVED,
    }
