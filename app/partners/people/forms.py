"""The form of an invitation to a partner desk."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.accounts.people_forms import InviteForm
from app.core.desk_forms import DeskForm
from app.core.fields import Pick
from app.core.languages import in_language
from app.directory.domain import OrganisationCard
from app.partners.people.domain import Newcomer


class PartnerForm(InviteForm):
    """Whom to invite. The role and the organisation are given."""

    roles = None  # type: ignore[assignment]
    organisations = None  # type: ignore[assignment]

    organisation = Pick(
        _l("Which of your organisations?"), validators=[InputRequired(_l("Please choose an organisation."))]
    )

    def __init__(self, organisations: Sequence[OrganisationCard], *, sent: bool) -> None:
        """A form for one of these organisations."""
        super().__init__(sent=sent)
        self._only = organisations[0] if len(organisations) == 1 else None
        self._known = {card.key: card for card in organisations}
        if self._only is not None:
            del self.organisation
        else:
            offers = [SelectChoice(card.key, in_language(card.name).text) for card in organisations]
            self.organisation.choices = [SelectChoice("", _l("Please choose")), *offers]

    def target(self) -> OrganisationCard:
        """The organisation. A form that is valid gives it."""
        return self._only or self._known[str(self.organisation.data)]

    def newcomer(self) -> Newcomer:
        """Whom to invite. A form that is valid gives it."""
        return Newcomer(str(self.email.data), str(self.title.data), str(self.language.data))


class Button(DeskForm):
    """Nothing but a button."""
