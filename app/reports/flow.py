"""The order of the questions: which ones a report needs, which comes next, which choices each offers. Pure."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.codes import Kind, Purpose, Role, Where, Wish


class Question(StrEnum):
    """One page of the form each, in their order."""

    KIND = "kind"
    ROLE = "role"
    TOPIC = "topic"
    GROUNDS = "grounds"
    FORMS = "forms"
    MISSING = "missing"
    TARGETS = "targets"
    WHERE = "where"
    STREET = "street"
    POINT = "point"
    AREA = "area"
    WHEN = "when"
    INVOLVED = "involved"
    TEXT = "text"
    WISH = "wish"
    CONTACT = "contact"
    CONSENTS = "consents"
    READERS = "readers"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Known:
    """The answers that decide which questions come; None while one is open.

    ``about`` says that the report was started from a service or a measure, which already tells topic and target group.
    """

    kind: Kind | None = None
    role: Role | None = None
    where: Where | None = None
    wish: Wish | None = None
    about: bool = False


EXPERIENCES = frozenset({Kind.DISCRIMINATION})
PROVISION = frozenset({Kind.GAP, Kind.BARRIER})
WITHOUT_WISH = frozenset({Kind.PRAISE, Kind.CORRECTION})
"""Nobody waits for an answer to these; they are read and filed."""

_LONGEST = Known(Kind.DISCRIMINATION, Role.AFFECTED, Where.STREET, Wish.CONTACT)
"""What is counted on while an answer is open, so that the way gets shorter rather than longer."""


def _asks_place(known: Known) -> bool:
    return known.kind is not Kind.CORRECTION and not (known.kind is Kind.PRAISE and known.about)


def _asks_topic(known: Known) -> bool:
    return not (known.about and known.kind in {Kind.IDEA, Kind.PRAISE, Kind.CORRECTION})


APPLIES: Mapping[Question, Callable[[Known], bool]] = {
    Question.KIND: lambda _: True,
    Question.ROLE: lambda known: known.kind in EXPERIENCES,
    Question.TOPIC: _asks_topic,
    Question.GROUNDS: lambda known: known.kind in EXPERIENCES,
    Question.FORMS: lambda known: known.kind in EXPERIENCES,
    Question.MISSING: lambda known: known.kind in PROVISION,
    Question.TARGETS: lambda known: known.kind in PROVISION,
    Question.WHERE: _asks_place,
    Question.STREET: lambda known: _asks_place(known) and known.where is Where.STREET,
    Question.POINT: lambda known: _asks_place(known) and known.where is Where.POINT,
    Question.AREA: lambda known: _asks_place(known) and known.where in {Where.AREA, Where.STREET},
    Question.WHEN: lambda known: known.kind in EXPERIENCES,
    Question.INVOLVED: lambda known: known.kind in EXPERIENCES | PROVISION,
    Question.TEXT: lambda _: True,
    Question.WISH: lambda known: known.kind not in WITHOUT_WISH,
    Question.CONTACT: lambda known: wants_answer(known),  # noqa: PLW0108 - it is defined further down
    Question.CONSENTS: lambda _: True,
    Question.READERS: lambda _: True,
    Question.CHECK: lambda _: True,
}


def wants_answer(known: Known) -> bool:
    """Whether the person wishes to hear from the office."""
    return known.kind not in WITHOUT_WISH and known.wish in {Wish.CONTACT, Wish.MEDIATE}


def applies(question: Question, known: Known) -> bool:
    """Whether a question is asked at all."""
    return APPLIES[question](known)


@functools.cache
def questions(known: Known) -> tuple[Question, ...]:
    """The questions of this report, in order."""
    return tuple(question for question in Question if applies(question, known))


@functools.cache
def step(question: Question, known: Known) -> tuple[int, int]:
    """Where a question stands: (number, how many in all). Open answers count with what they could bring."""
    assumed = Known(
        known.kind or _LONGEST.kind,
        known.role or _LONGEST.role,
        known.where or _LONGEST.where,
        known.wish or _LONGEST.wish,
        known.about,
    )
    asked = questions(assumed)
    number = sum(1 for other in asked if _place(other) < _place(question)) + 1
    return min(number, len(asked)), len(asked)


def following(question: Question, known: Known) -> Question:
    """The question after this one; the last one is followed by itself."""
    later = (other for other in questions(known) if _place(other) > _place(question))
    return next(later, Question.CHECK)


def preceding(question: Question, known: Known) -> Question | None:
    """The question before this one; None before the first."""
    earlier = [other for other in questions(known) if _place(other) < _place(question)]
    return earlier[-1] if earlier else None


@functools.cache
def before(question: Question, known: Known) -> tuple[Question, ...]:
    """All questions before this one."""
    return tuple(other for other in questions(known) if _place(other) < _place(question))


def first_open(known: Known, passed: Collection[Question]) -> Question:
    """The first question that has not been passed yet."""
    return next((question for question in questions(known) if question not in passed), Question.CHECK)


REOPENS: Mapping[Question, frozenset[Question]] = {
    # A part of town proposed for one place must be confirmed again for another.
    Question.WHERE: frozenset({Question.STREET, Question.POINT, Question.AREA}),
    Question.STREET: frozenset({Question.AREA}),
    # What a witness may consent to is not what the person affected may.
    Question.ROLE: frozenset({Question.CONSENTS}),
    Question.WISH: frozenset({Question.CONTACT, Question.CONSENTS}),
}
"""By question: what has to be looked at again after a new answer to it."""


@functools.cache
def offered_kinds(*, about: bool) -> tuple[Kind, ...]:
    """What a report can be. Only something listed here can be corrected."""
    return tuple(kind for kind in Kind if about or kind is not Kind.CORRECTION)


@functools.cache
def offered_wishes(kind: Kind | None) -> tuple[Wish, ...]:
    """What may happen with a report. There is nobody to mediate with in a gap or an idea."""
    if kind in {Kind.DISCRIMINATION, Kind.BARRIER}:
        return tuple(Wish)
    return (Wish.DOCUMENT, Wish.CONTACT)


@functools.cache
def offered_purposes(known: Known) -> tuple[Purpose, ...]:
    """What a reporter may consent to. A witness cannot let the affected person's story leave the city's offices."""
    left_out = set()
    if not wants_answer(known):
        left_out.add(Purpose.CONTACT)
    if known.kind is Kind.DISCRIMINATION and known.role is Role.WITNESS:
        left_out.add(Purpose.INDEPENDENT)
    return tuple(purpose for purpose in Purpose if purpose not in left_out)


_ORDER = {question: number for number, question in enumerate(Question)}


def _place(question: Question) -> int:
    return _ORDER[question]
