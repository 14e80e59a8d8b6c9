"""Services as a table: to download, edit and take in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, url_for
from flask_babel import lazy_gettext as _l
from flask_security import current_user

from app.core.database import commits
from app.core.languages import language
from app.core.permissions import Permission, requires
from app.partners import own
from app.partners.blueprint import bp
from app.partners.spreadsheet import taking, writing
from app.sheets import pages
from app.sheets.pages import Flow
from app.sheets.writing import CSV_TYPE, WORKBOOK_TYPE

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/services.xlsx")
@requires(Permission.KEEP_SERVICES)
def workbook() -> Response:
    """The services of one's own organisations as a workbook."""
    kept = list(own.services().values())
    made = writing.workbook_of(kept, own.organisations_or_404(), language().code)
    return _download(Response(made, mimetype=WORKBOOK_TYPE), "xlsx")


@bp.get("/services.csv")
@requires(Permission.KEEP_SERVICES)
def csv() -> Response:
    """The same as CSV."""
    own.organisations_or_404()
    made = writing.csv_of(list(own.services().values()), language().code)
    return _download(Response(made, content_type=f"{CSV_TYPE}; charset=utf-8"), "csv")


def _download(response: Response, ending: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="services.{ending}"'
    return response


@bp.get("/table")
@requires(Permission.KEEP_SERVICES)
def send_table() -> str:
    """Where a table is chosen."""
    own.organisations_or_404()
    return pages.form_page(_flow(), _owner())


@bp.post("/table")
@requires(Permission.KEEP_SERVICES)
@commits
def take_table_in() -> ResponseReturnValue:
    """Take a table in and check it."""
    own.organisations_or_404()
    return pages.take_in(_flow(), _owner())


@bp.get("/table/<job>")
@requires(Permission.KEEP_SERVICES)
def table(job: str) -> ResponseReturnValue:
    """What is wrong with a table, or what it would change."""
    return pages.job_page(_flow(), _owner(), job)


@bp.post("/table/<job>")
@requires(Permission.KEEP_SERVICES)
@commits
def treat_table(job: str) -> ResponseReturnValue:
    """Take a table over, or leave it."""
    return pages.act(_flow(), _owner(), job)


def _owner() -> str:
    return str(current_user.principal_id)


def _flow() -> Flow:
    return Flow(
        kind=taking.KIND,
        title=_l("Services as a table"),
        intro=_l(
            "Download your services, change them in a spreadsheet program, and send the file here. A row without a key "
            "is a new service. Services that are not in the table stay as they are."
        ),
        form="partners.send_table",
        job="partners.table",
        back=(url_for("partners.services"), _l("Our services")),
        examples=(
            (url_for("partners.workbook"), _l("Your services as a workbook (.xlsx)")),
            (url_for("partners.csv"), _l("Your services as CSV")),
        ),
    )
