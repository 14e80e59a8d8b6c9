"""The administration's first page, and the pages about offices: tree, entry, end."""

from __future__ import annotations

from collections.abc import Iterable
from http.client import SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING, cast

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_security import current_user

from app.accounts.domain import RoleName
from app.accounts.people import roles_of
from app.administration import queries, service
from app.administration.domain import InTheWay, Office, Standing, tree
from app.administration.forms import EndForm, GoOnForm, OfficeForm
from app.administration.labels import STANDINGS
from app.core.clock import today
from app.core.database import commits
from app.core.languages import in_language
from app.core.permissions import Permission, requires
from app.directory import queries as directory
from app.directory.domain import Kind
from app.notifications import queries as notifications
from app.routing import queries as routing

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("administration", __name__, url_prefix="/<lang:lang>/account/administration")
bp.context_processor(lambda: {"in_language": in_language, "standings": STANDINGS})


@bp.get("")
@requires(Permission.ADMINISTER)
def start() -> str:
    """Everything that can be administered, in sections, with what waits to be done."""
    return render_template(
        "administration/start.html", named_but_closed=_named_but_closed(), undelivered=len(notifications.dead())
    )


# Offices -------------------------------------------------------------------------------------------------------------


@bp.get("/offices")
@requires(Permission.ADMINISTER)
def offices() -> str:
    """The city's offices as a tree, and the independent organisations."""
    found = queries.offices()
    return render_template(
        "administration/offices.html",
        branches=tree(one for one in found.values() if one.kind == "office"),
        independent=[one for one in found.values() if one.kind == "independent"],
        offices=found,
        standing=_standings(found.values()),
        named_but_closed=_named_but_closed(),
    )


@bp.get("/offices/add/<any(office,independent):kind>")
@requires(Permission.ADMINISTER)
def new_office(kind: str) -> str:
    """The empty form of an organisation."""
    sort = cast("Kind", kind)
    return _new(sort, OfficeForm(sort, queries.offices(), sent=False))


@bp.post("/offices/add/<any(office,independent):kind>")
@requires(Permission.ADMINISTER)
@commits
def add_office(kind: str) -> ResponseReturnValue:
    """Add an organisation."""
    sort = cast("Kind", kind)
    form = OfficeForm(sort, queries.offices(), sent=True)
    if form.validate():
        try:
            service.add_office(current_user, form.office())
        except InTheWay as fault:
            form.say(fault)
        else:
            flash(_("“%(name)s” stands in the directory.", name=in_language(form.office().name).text), "success")
            return redirect(url_for("administration.office", key=form.office().key), SEE_OTHER)
    return _new(sort, form), UNPROCESSABLE_ENTITY


@bp.get("/offices/<key>")
@requires(Permission.ADMINISTER)
def office(key: str) -> str:
    """An organisation: its entry to be changed, its people, who changed it last."""
    found = queries.offices()
    one = _office(key)
    return _entry(one, OfficeForm(one.kind, found, one, sent=False))


@bp.post("/offices/<key>")
@requires(Permission.ADMINISTER)
@commits
def change_office(key: str) -> ResponseReturnValue:
    """Change the entry of an organisation."""
    one = _office(key)
    form = OfficeForm(one.kind, queries.offices(), one, sent=True)
    if form.validate():
        try:
            service.change_office(current_user, form.office())
        except InTheWay as fault:
            form.say(fault)
        else:
            flash(_("The changes for “%(title)s” hold from now on.", title=_name(form.office())), "success")
            return _back(key)
    return _entry(one, form), UNPROCESSABLE_ENTITY


@bp.get("/offices/<key>/end")
@requires(Permission.ADMINISTER)
def ending(key: str) -> str:
    """What the end of an organisation does."""
    one = _office(key)
    return _end(one, EndForm(formdata=None, data={"day": one.valid_until or today()}))


@bp.post("/offices/<key>/end")
@requires(Permission.ADMINISTER)
@commits
def end_office(key: str) -> ResponseReturnValue:
    """Say which is the last day of an organisation."""
    one, form = _office(key), EndForm()
    if form.validate():
        try:
            service.end_office(current_user, one, form.day.data)
        except InTheWay:
            form.day.errors = [_("The last day has to come after the first one.")]
        else:
            day = format_date(form.day.data, "long")
            flash(_("The last day of “%(title)s” is %(day)s.", title=_name(one), day=day), "success")
            return _back(key)
    return _end(one, form), UNPROCESSABLE_ENTITY


@bp.post("/offices/<key>/go-on")
@requires(Permission.ADMINISTER)
@commits
def go_on(key: str) -> ResponseReturnValue:
    """An organisation has no last day any more."""
    one = _office(key)
    if GoOnForm().validate():
        service.end_office(current_user, one, None)
        flash(_("“%(title)s” has no last day any more.", title=_name(one)), "success")
    return _back(key)


def _new(kind: Kind, form: OfficeForm) -> str:
    return render_template("administration/office_add.html", kind=kind, form=form)


def _entry(one: Office, form: OfficeForm) -> str:
    card = directory.organisations()[one.key]
    people = [
        (user, membership, membership.reads and RoleName.READER in roles_of(user))
        for membership, user in queries.members(card.id)
    ]
    return render_template(
        "administration/office.html",
        office=one,
        standing=_standings([one])[one.key],
        form=form,
        people=people,
        changed=queries.last_change(service.about_office(one.key)),
        named_but_closed=[other for other in _named_but_closed() if other.key == one.key],
        go_on=GoOnForm(formdata=None),
    )


def _end(one: Office, form: EndForm) -> str:
    found = queries.offices()
    return render_template(
        "administration/office_end.html",
        office=one,
        form=form,
        offices=found,
        consequences=service.consequences(current_user, one.key),
    )


def _standings(found: Iterable[Office]) -> dict[str, Standing]:
    desks = routing.desks()
    return {one.key: one.standing(today(), read=bool(desks[one.key].readers)) for one in found}


def _named_but_closed() -> list[Office]:
    found = queries.offices()
    return [found[key] for key in service.named_but_closed()]


def _name(one: Office) -> str:
    return in_language(one.name).text


def _office(key: str) -> Office:
    return queries.offices().get(key) or abort(404)


def _back(key: str) -> ResponseReturnValue:
    return redirect(url_for("administration.office", key=key), SEE_OTHER)
