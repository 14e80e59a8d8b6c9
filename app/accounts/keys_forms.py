"""The form about somebody who waits for the key of an office."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField
from wtforms.validators import InputRequired

from app.core.desk_forms import DeskForm


class NewcomerForm(DeskForm):
    """Who waits, for which office, and the check code that the page has shown."""

    office = IntegerField(validators=[InputRequired()])
    person = IntegerField(validators=[InputRequired()])
    code = HiddenField(validators=[InputRequired()])
