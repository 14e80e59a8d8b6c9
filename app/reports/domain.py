"""What a report is: the draft a resident fills, what is sealed of it, and what stays in the clear."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Literal

from app.core.codes import Channel, Kind, Purpose, State, Where, Wish
from app.routing.domain import RoutingFacts

NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

NUMBER = re.compile(r"T-[0-9A-Z]{4}-[0-9A-Z]{4}")
"""The shape of a case number; anything else is not looked up."""
"""Without signs that look alike."""

PLACED = frozenset({Where.AREA, Where.STREET, Where.POINT})
"""Ways to give the place that end in an area."""

ENDED = frozenset({State.CLOSED, State.NOT_RESPONSIBLE, State.SPAM, State.ABUSE, State.WITHDRAWN, State.KEPT})
"""States in which nobody works on a case."""

OPEN = tuple(sorted(frozenset(State) - ENDED))
"""States in which somebody does, in the order in which statements and indexes name them."""

NOT_SETTLED = frozenset({State.CLOSED, State.NOT_RESPONSIBLE})
"""States in which the reporter is asked whether it is settled, and may say that it is not."""

UNSEEN = frozenset({State.WITHDRAWN, State.KEPT})
"""States in which a report exists for the reporter alone: it is in no list and no count of any office."""


class Erased(Exception):  # noqa: N818
    """The form's report arrived, and the reporter has erased it since."""


class NotAllowed(Exception):  # noqa: N818
    """The verb does not fit the state or the consents; ``str()`` is a sentence for the person."""


class Fault(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"
    TOO_MANY_PIXELS = "too_many_pixels"
    ENCRYPTED = "encrypted"
    TOO_MANY_PAGES = "too_many_pages"
    SWOLLEN = "swollen"
    INFECTED = "infected"
    UNSCANNED = "unscanned"


class RefusedFile(Exception):  # noqa: N818
    """A file is not taken; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        """For one reason."""
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file after checking and rewriting: no metadata, no name of its own."""

    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """Everything a resident says.

    ``point`` is (longitude, latitude) in degrees; ``month`` is ``YYYY-MM``, ``ongoing``, ``longer_ago`` or empty
    (:func:`app.reports.wording.month_label` has the words for it).
    ``area`` is the key of the area on the city's finest level; it is set exactly when ``where`` is in ``PLACED``.
    """

    nonce: str
    language: str
    kind: Kind
    text: str
    wish: Wish
    where: Where
    role: str | None = None
    topic: str | None = None
    grounds: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    area: str | None = None
    street: str = ""
    point: tuple[float, float] | None = None
    place_detail: str = ""
    month: str = ""
    involved: tuple[str, ...] = ()
    involved_person: str = ""
    excluded: tuple[str, ...] = ()
    contact: str = ""
    consents: frozenset[Purpose] = frozenset()
    subject: str | None = None
    files: tuple[CleanFile, ...] = ()

    @property
    def restricted(self) -> bool:
        """Whether some office must not learn of the report."""
        return bool(self.involved or self.excluded)

    def facts(self, areas: frozenset[str]) -> RoutingFacts:
        """What routing may know. ``areas`` are the keys of all areas that the place lies in."""
        return RoutingFacts(
            kind=self.kind,
            topic=self.topic,
            grounds=frozenset(self.grounds),
            forms=frozenset(self.forms),
            areas=areas,
            targets=frozenset(self.targets),
            wish=self.wish,
            involved=frozenset(self.involved),
            excluded=frozenset(self.excluded),
            independent=Purpose.INDEPENDENT in self.consents,
        )

    def fingerprint(self, key: bytes) -> str:
        """A keyed digest by which a resend is told from a changed report."""
        said = {
            entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name not in {"nonce", "language"}
        }
        said["consents"] = sorted(self.consents)
        said["files"] = [blake2b(file.content).hexdigest() for file in self.files]
        content = repr(sorted(said.items()))
        return blake2b(content.encode(), key=key[:64], digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Filing:
    """How a report came in, and who wrote it down: its reporter, or for them an office or a partner (``office_id``)."""

    channel: Channel = Channel.WEB
    actor: Literal["reporter", "office", "partner"] = "reporter"
    office_id: int | None = None


BY_THE_REPORTER = Filing()


@dataclass(frozen=True, slots=True)
class Coded:
    """The coded facts by which rules decide, and the rule that decided first.

    They stand in the clear, so that they can be listed and counted; but where some office must not learn of a report
    they are sealed: whoever compared them with the rules could tell which office was passed over.
    """

    topic: str | None = None
    grounds: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    subject: str | None = None
    rule: str | None = None
    plan: str | None = None
    field: str | None = None

    def to_bytes(self) -> bytes:
        """As JSON."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Coded:
        """From JSON."""
        data: dict[str, Any] = json.loads(raw)
        facts: dict[str, Any] = {name: tuple(said) if isinstance(said, list) else said for name, said in data.items()}
        return cls(**facts)


@dataclass(frozen=True, slots=True)
class SealedContent:
    """The part of a report that only offices with a grant and the receipt can read. ``files`` are ids in the box."""

    text: str
    contact: str
    street: str
    point: tuple[float, float] | None
    place_detail: str
    area: str | None
    month: str
    involved: tuple[str, ...]
    involved_person: str
    excluded: tuple[str, ...]
    left_out: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    fingerprint: str

    def to_bytes(self) -> bytes:
        """As JSON."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> SealedContent:
        """From JSON."""
        data = json.loads(raw)
        lists = ("involved", "excluded", "left_out")
        return cls(
            **data
            | {name: tuple(data[name]) for name in lists}
            | {"point": tuple(data["point"]) if data["point"] else None}
            | {"files": tuple((identity, media_type) for identity, media_type in data["files"])},
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """The answer to a sending. ``changed`` says that a report of the same form had arrived with other content."""

    receipt: str
    number: str
    repeated: bool = False
    changed: bool = False


def new_number() -> str:
    """A random case number such as ``T-7K3M-9QXF``: it counts nothing and can be said on the telephone."""
    signs = "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(8))
    return f"T-{signs[:4]}-{signs[4:]}"


def new_nonce() -> str:
    """The secret of one form: whoever sends it again means the same report."""
    return secrets.token_urlsafe(24)
