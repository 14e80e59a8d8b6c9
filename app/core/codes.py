"""The code lists of the field: keys are stored, labels are translated.

Source: the German minimum standard for documenting anti-discrimination counselling (DeZIM for the federal
anti-discrimination agency, 2022), and the strategy's areas of life.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Self

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString


class Code(StrEnum):
    """A key of a code list; ``label`` is what people read."""

    @classmethod
    def named(cls, key: str | None) -> Self | None:
        """The code with this key, if there is one."""
        try:
            return None if key is None else cls(key)
        except ValueError:
            return None

    @property
    def label(self) -> LazyString:
        """The words for this key in the page's language."""
        return LABELS[type(self)][self]


class Kind(Code):
    """What a report is."""

    DISCRIMINATION = "discrimination"
    GAP = "gap"
    BARRIER = "barrier"
    IDEA = "idea"
    PRAISE = "praise"
    CORRECTION = "correction"


class Role(Code):
    """Whose experience it is."""

    AFFECTED = "affected"
    WITNESS = "witness"
    THIRD_PARTY = "third_party"


class Topic(Code):
    """Area of life."""

    WORK = "work"
    HOUSING = "housing"
    EDUCATION = "education"
    AUTHORITY = "authority"
    POLICE_JUSTICE = "police_justice"
    HEALTH_CARE = "health_care"
    GOODS_SERVICES = "goods_services"
    PUBLIC_TRANSPORT = "public_transport"
    PUBLIC_SPACE = "public_space"
    INTERNET_MEDIA = "internet_media"
    LEISURE = "leisure"
    SOCIAL_COUNSELLING = "social_counselling"


class Ground(Code):
    """What the unequal treatment was tied to."""

    RACIST_ATTRIBUTION = "racist_attribution"
    SKIN_COLOUR = "skin_colour"
    LANGUAGE = "language"
    NATIONALITY_RESIDENCE = "nationality_residence"
    RELIGION_BELIEF = "religion_belief"
    SEX_GENDER = "sex_gender"
    SEXUAL_IDENTITY = "sexual_identity"
    DISABILITY_ILLNESS = "disability_illness"
    AGE = "age"
    SOCIAL_STATUS = "social_status"
    APPEARANCE = "appearance"
    FAMILY_STATUS = "family_status"
    SEVERAL = "several"
    NOT_SURE = "not_sure"


class Form(Code):
    """In what form it happened."""

    UNEQUAL_TREATMENT = "unequal_treatment"
    HARASSMENT = "harassment"
    SEXUAL_HARASSMENT = "sexual_harassment"
    INSTRUCTION = "instruction"
    INSULT = "insult"
    THREAT = "threat"
    PROPERTY_DAMAGE = "property_damage"
    ASSAULT = "assault"


class Missing(Code):
    """What is missing in a provision."""

    NO_SERVICE = "no_service"
    TOO_FAR = "too_far"
    FULL = "full"
    LANGUAGE = "language"
    NOT_ACCESSIBLE = "not_accessible"
    COST = "cost"
    OPENING_HOURS = "opening_hours"
    NOT_KNOWN = "not_known"
    TURNED_AWAY = "turned_away"


class Target(Code):
    """For whom something is."""

    CHILDREN = "children"
    YOUNG_PEOPLE = "young_people"
    FAMILIES = "families"
    OLDER_PEOPLE = "older_people"
    NEWCOMERS = "newcomers"
    PEOPLE_WITH_DISABILITIES = "people_with_disabilities"
    PEOPLE_WITHOUT_HOME = "people_without_home"
    EVERYONE = "everyone"


class Wish(Code):
    """What the reporter wants to happen."""

    DOCUMENT = "document"
    CONTACT = "contact"
    MEDIATE = "mediate"


class Where(Code):
    """How the place is given."""

    AREA = "area"
    STREET = "street"
    POINT = "point"
    ONLINE = "online"
    NONE = "none"


class Purpose(Code):
    """What a reporter may consent to, one by one (GDPR Art. 6 and 9)."""

    READING = "reading"
    CONTACT = "contact"
    HANDOVER = "handover"
    INDEPENDENT = "independent"
    STATISTICS = "statistics"


class Channel(Code):
    """How a report came in."""

    WEB = "web"
    COUNTER = "counter"
    TELEPHONE = "telephone"
    COUNSELLING = "counselling"


class MeasureState(Code):
    """How far a measure is."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    PAUSED = "paused"
    DROPPED = "dropped"


class Budget(Code):
    """What a measure costs over its whole time, in classes."""

    NONE = "none"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    VERY_LARGE = "very_large"


class State(Code):
    """Where a case stands."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"
    NOT_RESPONSIBLE = "not_responsible"
    SPAM = "spam"
    ABUSE = "abuse"
    DANGER = "danger"
    WITHDRAWN = "withdrawn"
    KEPT = "kept"


class Outcome(Code):
    """How a case ended, in words that are safe to publish."""

    ADVICE_GIVEN = "advice_given"
    REMEDIED = "remedied"
    MEASURE_STARTED = "measure_started"
    REFERRED = "referred"
    DOCUMENTED = "documented"
    NO_REMEDY = "no_remedy"


LABELS: dict[type[Code], dict[Code, LazyString]] = {
    Kind: {
        Kind.DISCRIMINATION: _l("An experience of racism or discrimination"),
        Kind.GAP: _l("Help or an offer is missing"),
        Kind.BARRIER: _l("A barrier keeps people out"),
        Kind.IDEA: _l("An idea"),
        Kind.PRAISE: _l("Praise"),
        Kind.CORRECTION: _l("Something on this platform is wrong"),
    },
    Role: {
        Role.AFFECTED: _l("I am affected myself"),
        Role.WITNESS: _l("I saw or heard it"),
        Role.THIRD_PARTY: _l("I report for somebody else, as a relative or in my work"),
    },
    Topic: {
        Topic.WORK: _l("Work"),
        Topic.HOUSING: _l("Housing"),
        Topic.EDUCATION: _l("School, day care, university"),
        Topic.AUTHORITY: _l("Public offices"),
        Topic.POLICE_JUSTICE: _l("Police and courts"),
        Topic.HEALTH_CARE: _l("Health and care"),
        Topic.GOODS_SERVICES: _l("Shops, banks, restaurants"),
        Topic.PUBLIC_TRANSPORT: _l("Bus and tram"),
        Topic.PUBLIC_SPACE: _l("Street and public places"),
        Topic.INTERNET_MEDIA: _l("Internet and media"),
        Topic.LEISURE: _l("Leisure, clubs, sport"),
        Topic.SOCIAL_COUNSELLING: _l("Social counselling"),
    },
    Ground: {
        Ground.RACIST_ATTRIBUTION: _l("Racism, ethnic origin"),
        Ground.SKIN_COLOUR: _l("Skin colour"),
        Ground.LANGUAGE: _l("Language or accent"),
        Ground.NATIONALITY_RESIDENCE: _l("Nationality or residence status"),
        Ground.RELIGION_BELIEF: _l("Religion or belief"),
        Ground.SEX_GENDER: _l("Sex or gender"),
        Ground.SEXUAL_IDENTITY: _l("Sexual identity"),
        Ground.DISABILITY_ILLNESS: _l("Disability or chronic illness"),
        Ground.AGE: _l("Age"),
        Ground.SOCIAL_STATUS: _l("Social status, little money"),
        Ground.APPEARANCE: _l("Appearance"),
        Ground.FAMILY_STATUS: _l("Family, children, pregnancy"),
        Ground.SEVERAL: _l("Several things together"),
        Ground.NOT_SURE: _l("I am not sure"),
    },
    Form: {
        Form.UNEQUAL_TREATMENT: _l("Treated worse than others"),
        Form.HARASSMENT: _l("Harassed or degraded"),
        Form.SEXUAL_HARASSMENT: _l("Sexually harassed"),
        Form.INSTRUCTION: _l("Somebody told others to discriminate"),
        Form.INSULT: _l("Insulted"),
        Form.THREAT: _l("Threatened"),
        Form.PROPERTY_DAMAGE: _l("Property damaged"),
        Form.ASSAULT: _l("Physically attacked"),
    },
    Missing: {
        Missing.NO_SERVICE: _l("There is no such offer at all"),
        Missing.TOO_FAR: _l("It is too far away"),
        Missing.FULL: _l("It is full, or the wait is too long"),
        Missing.LANGUAGE: _l("Nobody there speaks the language"),
        Missing.NOT_ACCESSIBLE: _l("It cannot be reached or used with a disability"),
        Missing.COST: _l("It costs too much"),
        Missing.OPENING_HOURS: _l("The opening hours do not fit"),
        Missing.NOT_KNOWN: _l("People do not know of it"),
        Missing.TURNED_AWAY: _l("People were turned away"),
    },
    Target: {
        Target.CHILDREN: _l("Children"),
        Target.YOUNG_PEOPLE: _l("Young people"),
        Target.FAMILIES: _l("Families"),
        Target.OLDER_PEOPLE: _l("Older people"),
        Target.NEWCOMERS: _l("People new in the city"),
        Target.PEOPLE_WITH_DISABILITIES: _l("People with disabilities"),
        Target.PEOPLE_WITHOUT_HOME: _l("People without a home"),
        Target.EVERYONE: _l("Everyone"),
    },
    Wish: {
        Wish.DOCUMENT: _l("Only document it"),
        Wish.CONTACT: _l("Answer me"),
        Wish.MEDIATE: _l("Mediate between the sides"),
    },
    Where: {
        Where.AREA: _l("In a part of town"),
        Where.STREET: _l("In a street"),
        Where.POINT: _l("At a point on the map"),
        Where.ONLINE: _l("Online"),
        Where.NONE: _l("No place, or I do not want to say"),
    },
    Purpose: {
        Purpose.READING: _l("The named office may read my report"),
        Purpose.CONTACT: _l("The office may write to me here or contact me"),
        Purpose.HANDOVER: _l("The office may hand my report over to another city office"),
        Purpose.INDEPENDENT: _l("The office may share my report with an independent organisation"),
        Purpose.STATISTICS: _l("My report may be counted, without text and without names"),
    },
    Channel: {
        Channel.WEB: _l("By the person themselves"),
        Channel.COUNTER: _l("At the counter"),
        Channel.TELEPHONE: _l("By telephone"),
        Channel.COUNSELLING: _l("In a counselling session"),
    },
    MeasureState: {
        MeasureState.PLANNED: _l("planned"),
        MeasureState.UNDER_WAY: _l("under way"),
        MeasureState.DONE: _l("done"),
        MeasureState.PAUSED: _l("paused"),
        MeasureState.DROPPED: _l("given up"),
    },
    Budget: {
        Budget.NONE: _l("no money of its own"),
        Budget.SMALL: _l("up to 10,000 euros"),
        Budget.MEDIUM: _l("up to 50,000 euros"),
        Budget.LARGE: _l("up to 250,000 euros"),
        Budget.VERY_LARGE: _l("more than 250,000 euros"),
    },
    State: {
        State.RECEIVED: _l("Received"),
        State.IN_REVIEW: _l("Being worked on"),
        State.WAITING: _l("Waiting for your answer"),
        State.ANSWERED: _l("Answered"),
        State.CLOSED: _l("Closed"),
        State.NOT_RESPONSIBLE: _l("Closed: this office cannot act on it"),
        State.SPAM: _l("Closed: not a report"),
        State.ABUSE: _l("Closed: abusive content"),
        State.DANGER: _l("Urgent: somebody is in danger"),
        State.WITHDRAWN: _l("Withdrawn by you"),
        State.KEPT: _l("Kept for you, read by nobody"),
    },
    Outcome: {
        Outcome.ADVICE_GIVEN: _l("Advice was given"),
        Outcome.REMEDIED: _l("The problem was remedied"),
        Outcome.MEASURE_STARTED: _l("A measure was started or changed"),
        Outcome.REFERRED: _l("Passed on to the right place"),
        Outcome.DOCUMENTED: _l("Documented"),
        Outcome.NO_REMEDY: _l("The problem could not be remedied"),
    },
}
