"""What partners keep up to date: their services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from app.core import clock
from app.core.database import commits
from app.core.languages import in_language
from app.core.permissions import Permission, requires
from app.partners import own
from app.partners.blueprint import bp
from app.partners.services import service
from app.partners.services.domain import Deed, due
from app.partners.services.forms import DeedForm, ServiceForm

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from werkzeug.wrappers import Response as AnyResponse

    from app.directory.domain import KeptService


@bp.get("/services/")
@requires(Permission.KEEP_SERVICES)
def services() -> str:
    """The services of one's own organisations, with what is due."""
    return _services(DeedForm())


def _services(form: DeedForm) -> str:
    kept = own.services()
    today = clock.today()
    return render_template(
        "partners/services.html",
        organisations=[
            (card, sorted((one for one in kept.values() if one.card.organisation == card.key), key=_due_first(today)))
            for card in own.organisations()
        ],
        form=form,
        saved=kept.get(request.args.get("saved", "")),
        deed_done=request.args.get("deed"),
        due={key: one for key, one in kept.items() if one.offered and due(one.card.confirmed_on, today)},
    )


def _due_first(today: date) -> Callable[[KeptService], tuple[bool, bool]]:
    """What is due comes first, what has ended last; otherwise the order stays."""
    return lambda one: (not one.offered, not due(one.card.confirmed_on, today))


@bp.post("/services/")
@requires(Permission.KEEP_SERVICES)
@commits
def treat_service() -> AnyResponse | tuple[str, int]:
    """Confirm that a service is still right as it stands, end it, or take its end back."""
    kept = own.service_or_404(request.form.get("service", ""))
    form = DeedForm()
    if not form.validate():
        return _services(form), 422
    deed = Deed(form.deed.data)
    service.do(deed, kept.card.key)
    return redirect(url_for("partners.services", saved=kept.card.key, deed=deed.value))


@bp.get("/services/<key>")
@requires(Permission.KEEP_SERVICES)
def edit_service(key: str) -> str:
    """The form of one's own service."""
    kept = own.service_or_404(key)
    return _service_page(ServiceForm.showing(kept), kept)


@bp.post("/services/<key>")
@requires(Permission.KEEP_SERVICES)
@commits
def save_service(key: str) -> AnyResponse | tuple[str, int]:
    """Change one's own service."""
    kept = own.service_or_404(key)
    form = ServiceForm.sent_for(kept)
    if not form.validate():
        return _service_page(form, kept), 422
    service.keep(form.entry(), offered=form.offered.data)
    return redirect(url_for("partners.services", saved=key))


@bp.get("/new-service")
@requires(Permission.KEEP_SERVICES)
def new_service() -> str:
    """An empty form."""
    return _service_page(ServiceForm.empty(own.organisations_or_404()))


@bp.post("/new-service")
@requires(Permission.KEEP_SERVICES)
@commits
def add_service() -> AnyResponse | tuple[str, int]:
    """Add a service of one's own organisation."""
    form = ServiceForm.sent_new(own.organisations_or_404())
    if not form.validate():
        return _service_page(form), 422
    entry = form.entry()
    service.keep(entry, offered=True)
    return redirect(url_for("partners.services", saved=entry.key))


def _service_page(form: ServiceForm, kept: KeptService | None = None) -> str:
    name = in_language(kept.card.name).text if kept else None
    return render_template("partners/service.html", form=form, kept=kept, name=name)
