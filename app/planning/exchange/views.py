"""Versions of the plans as files: to save, to take over into a draft, and what differs between two of them."""

from __future__ import annotations

from http.client import UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING

from flask import Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_security import current_user

from app.core.database import commits
from app.core.languages import language
from app.core.permissions import Permission, requires
from app.planning import page
from app.planning.blueprint import Page, bp, version_of
from app.planning.exchange import taking, writing
from app.planning.exchange.forms import CompareForm
from app.planning.exchange.yaml_text import ENDINGS, YAML_TYPE, to_yaml
from app.plans.document import Edition
from app.plans.domain import VersionCard
from app.plans.editions import State
from app.sheets import pages
from app.sheets.pages import Flow
from app.sheets.writing import WORKBOOK_TYPE

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/versions/<int:identity>/plan.yaml")
@requires(Permission.EDIT_PLANS)
def yaml_file(identity: int) -> Response:
    """A version as a YAML text."""
    card, document = version_of(identity)
    return _file(to_yaml(document).encode(), f"{YAML_TYPE}; charset=utf-8", _name(card, "yaml"))


@bp.get("/versions/<int:identity>/plan.xlsx")
@requires(Permission.EDIT_PLANS)
def workbook_file(identity: int) -> Response:
    """A version as a workbook."""
    card, document = version_of(identity)
    return _file(writing.workbook_of(document, language().code), WORKBOOK_TYPE, _name(card, "xlsx"))


def _name(card: VersionCard, ending: str) -> str:
    return f"plan-{card.edition}-{card.number}.{ending}"


def _file(body: bytes, content_type: str, name: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


# Taking over ---------------------------------------------------------------------------------------------------------


@bp.get("/versions/<int:identity>/import")
@requires(Permission.EDIT_PLANS)
def import_form(identity: int) -> str:
    """Where a file for a draft is chosen."""
    return pages.form_page(_flow(identity), current_user.principal_id)


@bp.post("/versions/<int:identity>/import")
@requires(Permission.EDIT_PLANS)
@commits
def take_in(identity: int) -> ResponseReturnValue:
    """Take a file in and compare it with the draft."""
    return pages.take_in(_flow(identity), current_user.principal_id)


@bp.get("/versions/<int:identity>/import/<job>")
@requires(Permission.EDIT_PLANS)
def import_job(identity: int, job: str) -> ResponseReturnValue:
    """What is wrong with a file, or what it would change."""
    return pages.job_page(_flow(identity), current_user.principal_id, job)


@bp.post("/versions/<int:identity>/import/<job>")
@requires(Permission.EDIT_PLANS)
@commits
def treat_import(identity: int, job: str) -> ResponseReturnValue:
    """Take a file over into the draft, or leave it."""
    return pages.act(_flow(identity), current_user.principal_id, job)


def _flow(identity: int) -> Flow:
    card, _document = version_of(identity, State.DRAFT)
    named = _l("Edition %(edition)s, version %(number)s", edition=card.edition, number=card.number)
    return Flow(
        kind=taking.KIND.key,
        title=_l("Take over a file"),
        intro=_l(
            "The file holds the whole edition. You see every difference to the draft before anything is taken over; "
            "what the file does not have any more is removed from the draft."
        ),
        label=_l("File with the edition (.xlsx or .yaml)"),
        accept=",".join((".xlsx", *ENDINGS)),
        form="planning.import_form",
        job="planning.import_job",
        back=(url_for("planning.version", identity=identity), named),
        examples=(
            (url_for("planning.workbook_file", identity=identity), _l("The draft as a workbook (.xlsx)")),
            (url_for("planning.yaml_file", identity=identity), _l("The draft as a text (.yaml)")),
        ),
        address={"identity": identity},
        context={taking.VERSION: str(identity)},
    )


# Comparing -----------------------------------------------------------------------------------------------------------


@bp.get("/compare")
@requires(Permission.EDIT_PLANS)
def compare() -> Page:
    """What differs between any two versions."""
    form = CompareForm(request.args)
    if not form.validate():
        return render_template("planning/compare.html", form=form, found=None), (
            UNPROCESSABLE_ENTITY if form.asked else 200
        )
    before, after = _both(form)
    return render_template("planning/compare.html", form=form, found=page.compared(before[1], after[1])), 200


@bp.get("/compare.xlsx")
@requires(Permission.EDIT_PLANS)
def compare_file() -> ResponseReturnValue:
    """The same as a workbook."""
    form = CompareForm(request.args)
    if not form.validate():
        return render_template("planning/compare.html", form=form, found=None), UNPROCESSABLE_ENTITY
    (first, before), (second, after) = _both(form)
    title = f"{first.edition}.{first.number} – {second.edition}.{second.number}"
    body = writing.differences_workbook(page.compared(before, after), title, language().code)
    name = f"differences-{first.edition}-{first.number}-{second.edition}-{second.number}.xlsx"
    return _file(body, WORKBOOK_TYPE, name)


def _both(form: CompareForm) -> tuple[tuple[VersionCard, Edition], tuple[VersionCard, Edition]]:
    return version_of(int(form.before.data)), version_of(int(form.after.data))
