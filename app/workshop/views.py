"""Sets of rules in the browser: what is in force, drafts, proof, replay, putting in force, going back, files."""

from __future__ import annotations

from http.client import CONFLICT, SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.core.clock import today
from app.core.database import commits, db
from app.core.permissions import Permission, requires
from app.privacy import audit
from app.routing import exchange, sets
from app.routing import queries as routing
from app.routing.domain import BrokenRules
from app.routing.history import SetCard
from app.routing.models import RuleSet
from app.workshop import page, queries
from app.workshop.forms import FILE_BYTES_MAX, DraftForm, FallbackForm, FilterForm, ImportForm, WhyForm, with_line
from app.workshop.sentences import differences, lines_of, offices_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("workshop", __name__, url_prefix="/<lang:lang>/coordination/rules")
bp.context_processor(page.words)

Page = tuple[str, int]

BODY_BYTES_MAX = 4 * FILE_BYTES_MAX
"""More than is kept, so that a file that is too large gets a kind word."""


@bp.get("/")
@requires(Permission.COORDINATE)
def overview() -> Page:
    """The rules in force, drafts, and the sets that were in force before."""
    rules = routing.rules()
    form = FilterForm(request.args, offices_of(rules, {}))
    valid = form.validate()
    cards = routing.sets()
    html = render_template(
        "workshop/overview.html",
        rules=rules,
        lines=lines_of(rules, today(), form.office.data if valid else ""),
        form=form,
        button_form=DraftForm(),
        active=next(card for card in cards if card.active),
        drafts=[card for card in cards if card.draft],
        earlier=[card for card in cards if not card.draft and not card.active],
        makers=page.makers(cards),
    )
    return html, 200 if valid else UNPROCESSABLE_ENTITY


@bp.get("/<int:identity>")
@requires(Permission.COORDINATE)
def rule_set(identity: int) -> str:
    """One set: a draft to work on, or one that was once in force, as it was."""
    return _set_page(_card(identity))


@bp.get("/version/<version>")
@requires(Permission.SIGNED_IN)
def version(version: str) -> str:
    """The rules of a version, for everybody at a desk: decisions name them. Each has an anchor of its own."""
    card = next((one for one in routing.sets() if one.version == version and not one.draft), None) or abort(404)
    rules = routing.rules_of(card.id)
    return render_template(
        "workshop/version.html", card=card, rules=rules, lines=lines_of(rules, today()), makers=page.makers([card])
    )


def _set_page(card: SetCard, sent: DraftForm | None = None) -> str:
    rules = routing.rules_of(card.id)
    form = sent or DraftForm(formdata=None, seen=queries.latest_change(card.id))
    return render_template(
        "workshop/set.html",
        card=card,
        rules=rules,
        lines=lines_of(rules, today()),
        form=form,
        tried=page.tried(card.id, rules) if card.draft else None,
        history=page.history(card.id),
        makers=page.makers([card]),
    )


def _card(identity: int) -> SetCard:
    return routing.set_card(identity) or abort(404)


def draft_card(identity: int) -> SetCard:
    """The draft of an address, or 404."""
    card = _card(identity)
    return card if card.draft else abort(404)


def draft_to_change(identity: int) -> RuleSet:
    """The draft of an address, held until the end of the request, or 404."""
    found = queries.to_change(identity)
    return found if found is not None and found.draft else abort(404)


def to_draft(identity: int, anchor: str | None = None) -> ResponseReturnValue:
    """The page of a draft, once something was done there."""
    return redirect(url_for("workshop.rule_set", identity=identity, _anchor=anchor), SEE_OTHER)


# Drafts --------------------------------------------------------------------------------------------------------------


@bp.post("/drafts")
@requires(Permission.COORDINATE)
@commits
def begin() -> ResponseReturnValue:
    """Begin a draft with the rules in force."""
    if not DraftForm().validate():
        return redirect(url_for("workshop.overview"), SEE_OTHER)
    made = sets.new_draft(current_user.principal_id)
    audit.note("rule_draft_begun", actor=current_user.principal_id, subject=made.version)
    return to_draft(made.id)


@bp.post("/<int:identity>/back")
@requires(Permission.COORDINATE)
@commits
def back(identity: int) -> ResponseReturnValue:
    """Begin a draft with the rules of an earlier set: it is proved and put in force like any other."""
    if _card(identity).draft:
        abort(404)
    if not DraftForm().validate():
        return redirect(url_for("workshop.rule_set", identity=identity), SEE_OTHER)
    made = sets.back_to(identity, current_user.principal_id)
    audit.note("rule_draft_begun", actor=current_user.principal_id, subject=made.version)
    flash(_("This draft has the rules of the earlier set. Prove it, then put it in force."), "success")
    return to_draft(made.id)


@bp.get("/<int:identity>/fallback")
@requires(Permission.COORDINATE)
def fallback(identity: int) -> str:
    """Which desk takes what no rule matches."""
    card = draft_card(identity)
    rules = routing.rules_of(card.id)
    offices = offices_of(rules, routing.desks())
    form = FallbackForm(offices, formdata=None, fallback=card.fallback, seen=queries.latest_change(card.id))
    return render_template("workshop/fallback.html", card=card, form=form)


@bp.post("/<int:identity>/fallback")
@requires(Permission.COORDINATE)
@commits
def name_fallback(identity: int) -> ResponseReturnValue:
    """Name another fallback desk."""
    draft = draft_to_change(identity)
    form = FallbackForm(offices_of(routing.rules_of(identity), routing.desks()))
    news = missed(form, identity)
    if news is None and form.validate():
        sets.set_fallback(draft, form.fallback.data, current_user.principal_id, form.why.data)
        return changed(draft, _("The fallback desk was named."))
    html = render_template("workshop/fallback.html", card=draft_card(identity), form=form, news=news)
    return html, UNPROCESSABLE_ENTITY if news is None else CONFLICT


@bp.get("/<int:identity>/discard")
@requires(Permission.COORDINATE)
def discard(identity: int) -> str:
    """Ask before a draft goes."""
    card = draft_card(identity)
    form = DraftForm(formdata=None, seen=queries.latest_change(card.id))
    return render_template("workshop/discard.html", card=card, form=form)


@bp.post("/<int:identity>/discard")
@requires(Permission.COORDINATE)
@commits
def do_discard(identity: int) -> ResponseReturnValue:
    """Throw a draft away, as it stood on the page."""
    draft = draft_to_change(identity)
    form = DraftForm()
    news = missed(form, identity)
    if news is None and form.validate():
        audit.note("rule_draft_discarded", actor=current_user.principal_id, subject=draft.version)
        sets.discard(draft)
        flash(_("The draft is gone. The rules in force are as they were."), "success")
        return redirect(url_for("workshop.overview"), SEE_OTHER)
    html = render_template("workshop/discard.html", card=draft_card(identity), form=form, news=news)
    return html, UNPROCESSABLE_ENTITY if news is None else CONFLICT


def missed(form: DraftForm, identity: int) -> list[page.Entry] | None:
    """What others changed while somebody had the page open; None when nobody did. The form stays as it was typed."""
    latest = queries.latest_change(identity)
    if form.knows(latest):
        return None
    news = page.history(identity, after=form.seen.data if form.seen.data is not None else latest)
    form.catch_up(latest)
    return news


def changed(draft: RuleSet, done: str) -> ResponseReturnValue:
    """Say that a draft was changed, to its history's readers and to the person."""
    audit.note("rule_draft_changed", actor=current_user.principal_id, subject=draft.version)
    flash(done, "success")
    return to_draft(draft.id)


# Proof, replay, in force ---------------------------------------------------------------------------------------------


@bp.get("/<int:identity>/check")
@requires(Permission.COORDINATE)
def check(identity: int) -> str:
    """The proof of a set, and what differs from the rules in force."""
    card = _card(identity)
    return _check_page(card, WhyForm(formdata=None, seen=queries.latest_change(card.id)))


@bp.post("/<int:identity>/check")
@requires(Permission.COORDINATE)
@commits
def put_in_force(identity: int) -> ResponseReturnValue:
    """Put a draft in force, as it stood on the page, when it is proved."""
    draft = draft_to_change(identity)
    form = WhyForm()
    news = missed(form, identity)
    if news is not None:
        return _check_page(draft_card(identity), form, news), CONFLICT
    if not form.validate():
        return _check_page(draft_card(identity), form), UNPROCESSABLE_ENTITY
    try:
        # Not the proof that the page has shown: offices may have closed since.
        sets.put_in_force(draft, page.proved_now(identity), current_user.principal_id, form.why.data)
    except sets.Faulty:
        form.form_errors.append(_("These rules have faults, so they cannot be put in force. Nothing has changed."))
        return _check_page(draft_card(identity), form), UNPROCESSABLE_ENTITY
    audit.note("rule_set_put_in_force", actor=current_user.principal_id, subject=draft.version)
    db.session.flush()
    flash(_("These rules are in force now. Reports that come from now on go by them."), "success")
    return redirect(url_for("workshop.overview"), SEE_OTHER)


def _check_page(card: SetCard, form: WhyForm, news: list[page.Entry] | None = None) -> str:
    active, rules = routing.rules_of(_active().id), routing.rules_of(card.id)
    return render_template(
        "workshop/check.html",
        card=card,
        rules=rules,
        tried=page.tried(card.id, rules),
        active=active,
        differences=differences(active, rules),
        form=form,
        news=news,
    )


def _active() -> SetCard:
    return next(card for card in routing.sets() if card.active)


@bp.get("/<int:identity>/replay")
@requires(Permission.COORDINATE)
def replay(identity: int) -> str:
    """What would have become of the past year's reports by this set."""
    card = _card(identity)
    return render_template("workshop/replay.html", card=card, replayed=page.replayed(routing.rules_of(card.id)))


# Files ---------------------------------------------------------------------------------------------------------------


@bp.get("/<int:identity>/rules.yaml")
@requires(Permission.COORDINATE)
def export(identity: int) -> Response:
    """A set as a file."""
    card = _card(identity)
    body = exchange.to_yaml(routing.rules_of(card.id))
    response = Response(body, content_type="application/yaml; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"rules-{card.version}.yaml")
    return response


@bp.get("/import")
@requires(Permission.COORDINATE)
def import_page() -> str:
    """Where a file is taken in."""
    return render_template("workshop/import.html", form=ImportForm())


@bp.post("/import")
@requires(Permission.COORDINATE)
@commits
def take_in() -> ResponseReturnValue:
    """Take a file in: its rules become a draft of their own."""
    request.max_content_length = BODY_BYTES_MAX
    request.file_bytes_max = FILE_BYTES_MAX  # type: ignore[attr-defined]
    form = ImportForm()
    try:
        form.take_file()
    except ValueError as refusal:
        form.validate()
        form.file.errors = [str(refusal)]
        form.text.errors = []
        return render_template("workshop/import.html", form=form), UNPROCESSABLE_ENTITY
    if not form.validate():
        return render_template("workshop/import.html", form=form), UNPROCESSABLE_ENTITY
    by = current_user.principal_id
    try:
        with db.session.begin_nested():
            made = sets.new_draft(by)
            sets.take_in(made, exchange.from_yaml(form.text.data), by, form.why.data)
    except BrokenRules as fault:
        form.text.errors = [_("These rules cannot be taken in: %(fault)s", fault=with_line(str(fault), form.text.data))]
        return render_template("workshop/import.html", form=form), UNPROCESSABLE_ENTITY
    audit.note("rules_taken_in", actor=by, subject=made.version)
    flash(_("The rules are a draft now. Prove it, then put it in force."), "success")
    return to_draft(made.id)
