"""One rule of a draft: write it, copy it, move it, remove it."""

from __future__ import annotations

from http.client import CONFLICT, SEE_OTHER, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.core.database import commits
from app.core.permissions import Permission, requires
from app.privacy import audit
from app.routing import queries as routing
from app.routing import sets
from app.routing.domain import BrokenRules, Rule, Rules
from app.workshop import moving, page, queries
from app.workshop.forms import DraftForm, WhyForm
from app.workshop.rule_forms import RuleForm, next_priority
from app.workshop.sentences import offices_of
from app.workshop.views import changed, draft_card, draft_to_change, missed, to_draft

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("rules", __name__, url_prefix="/<lang:lang>/coordination/rules/<int:identity>")
bp.context_processor(page.words)


@bp.get("/new-rule")
@requires(Permission.COORDINATE)
def new_rule(identity: int) -> str:
    """An empty form, or one filled with a rule to copy."""
    rules = _rules(identity)
    seen = queries.latest_change(identity)
    model = next((rule for rule in rules.rules if rule.key == request.args.get("copy")), None)
    offices, taken = offices_of(rules, routing.desks()), _keys(rules)
    if model is not None:
        form = RuleForm.showing(model, offices, taken, seen, copy=True)
    else:
        form = RuleForm(offices, taken, sent=False, seen=seen, priority=next_priority(rules))
    return _rule_page(identity, form)


@bp.post("/new-rule")
@requires(Permission.COORDINATE)
@commits
def add_rule(identity: int) -> ResponseReturnValue:
    """Add a rule."""
    return _put(identity, None)


@bp.get("/rules/<key>")
@requires(Permission.COORDINATE)
def rule(identity: int, key: str) -> str:
    """The form of a rule."""
    rules = _rules(identity)
    found = _rule(rules, key)
    offices, taken = offices_of(rules, routing.desks()), _keys(rules) - {key}
    return _rule_page(identity, RuleForm.showing(found, offices, taken, queries.latest_change(identity)), found)


@bp.post("/rules/<key>")
@requires(Permission.COORDINATE)
@commits
def save_rule(identity: int, key: str) -> ResponseReturnValue:
    """Change a rule."""
    return _put(identity, key)


def _put(identity: int, key: str | None) -> ResponseReturnValue:
    """Write a rule into a draft: a new one, or in the place of the one with this key."""
    draft = draft_to_change(identity)
    rules = routing.rules_of(identity)
    before = next((one for one in rules.rules if one.key == key), None)
    form = RuleForm(offices_of(rules, routing.desks()), _keys(rules) - {key or ""})
    news = missed(form, identity)
    if news is not None:
        return _rule_page(identity, form, before, news), CONFLICT
    if key is not None and before is None:
        abort(404)
    if form.validate():
        try:
            sets.put_rule(draft, form.rule(before), current_user.principal_id, form.why.data, replaces=key)
        except BrokenRules as fault:
            form.form_errors.append(str(fault))
        else:
            changed(draft, _("The rule was saved in the draft."))
            return to_draft(identity, f"rule-{form.key.data}")
    return _rule_page(identity, form, before), UNPROCESSABLE_ENTITY


def _rule_page(identity: int, form: RuleForm, before: Rule | None = None, news: list[page.Entry] | None = None) -> str:
    return render_template("workshop/rule.html", card=draft_card(identity), form=form, before=before, news=news)


@bp.get("/rules/<key>/remove")
@requires(Permission.COORDINATE)
def remove(identity: int, key: str) -> str:
    """Ask before a rule goes."""
    found = _rule(_rules(identity), key)
    form = WhyForm(formdata=None, seen=queries.latest_change(identity))
    return render_template("workshop/remove.html", card=draft_card(identity), rule=found, form=form)


@bp.post("/rules/<key>/remove")
@requires(Permission.COORDINATE)
@commits
def do_remove(identity: int, key: str) -> ResponseReturnValue:
    """Remove a rule from a draft."""
    draft = draft_to_change(identity)
    form = WhyForm()
    news = missed(form, identity)
    found = next((one for one in routing.rules_of(identity).rules if one.key == key), None)
    if found is None:
        flash(_("Somebody else has removed or renamed this rule meanwhile."), "warning")
        return to_draft(identity)
    if news is None and form.validate():
        sets.remove_rule(draft, key, current_user.principal_id, form.why.data)
        return changed(draft, _("The rule was removed from the draft."))
    html = render_template("workshop/remove.html", card=draft_card(identity), rule=found, form=form, news=news)
    return html, UNPROCESSABLE_ENTITY if news is None else CONFLICT


@bp.post("/move")
@requires(Permission.COORDINATE)
@commits
def move(identity: int) -> ResponseReturnValue:
    """Move a rule one place up or down; the button says which."""
    draft = draft_to_change(identity)
    form = DraftForm()
    up = "up" in request.form
    key = request.form.get("up" if up else "down", "")
    if missed(form, identity) is not None:
        flash(
            _("Somebody else changed this draft meanwhile. Nothing was moved; here it is as it stands now."), "warning"
        )
    elif form.validate() and moving.move(draft, routing.rules_of(identity), key, current_user.principal_id, up=up):
        audit.note("rule_draft_changed", actor=current_user.principal_id, subject=draft.version)
    return redirect(url_for("workshop.rule_set", identity=identity, _anchor=f"rule-{key}"), SEE_OTHER)


def _rules(identity: int) -> Rules:
    return routing.rules_of(draft_card(identity).id)


def _rule(rules: Rules, key: str) -> Rule:
    return next((one for one in rules.rules if one.key == key), None) or abort(404)


def _keys(rules: Rules) -> frozenset[str]:
    return frozenset(one.key for one in rules.rules)
