"""The words for what an entry of the trail says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.privacy.audit import HEAD, OPENED

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

ACTIONS: Mapping[str, LazyString] = {
    OPENED: _l("Opened the report"),
    "file_opened": _l("Saved a file of the report"),
    "file_shown": _l("Looked at a picture of the report"),
    "case_take": _l("Started work or read what was new"),
    "case_reply": _l("Wrote to the person"),
    "case_note": _l("Kept a note"),
    "case_move": _l("Took a step with the case"),
    "case_close": _l("Closed the case"),
    "case_link": _l("Linked a measure"),
    "case_unlink": _l("Removed the link to a measure"),
    "case_labels": _l("Changed the labels of the case"),
    "case_undone": _l("Took back what was done to several cases at once"),
    "searched": _l("Searched in the texts of open cases"),
    "case_todo": _l("Kept something to do in the case"),
    "case_todo_done": _l("Marked something in the case as done"),
    "case_todo_again": _l("Marked something in the case as not done"),
    "case_relate": _l("Linked the case to another one of the same incident"),
    "case_part": _l("Removed the link to another case"),
    "label_changed": _l("Changed the city’s list of labels"),
    "template_changed": _l("Changed the templates for replies"),
    "case_offer": _l("Offered the case to another office"),
    "case_accept": _l("Took over the case"),
    "case_return": _l("Returned the case"),
    "case_take_back": _l("Took an offer back"),
    "case_consult": _l("Asked another office to work along"),
    "case_consult_accept": _l("Said that the office works along"),
    "case_consult_return": _l("Said that the office does not work along"),
    "case_consult_done": _l("Said that the office has done its part"),
    "case_consult_end": _l("Ended that another office works along"),
    "case_mine": _l("Took the case on"),
    "case_assign": _l("Gave the case to somebody, or to nobody"),
    "case_recode": _l("Corrected the facts of the case"),
    "case_split": _l("Split a second matter off the case"),
    "case_spam": _l("Closed the case: not a report"),
    "case_abuse": _l("Closed the case: abusive"),
    "case_danger": _l("Raised the alarm"),
    "case_recuse": _l("Is not impartial and no longer reads the case"),
    "filed_on_behalf": _l("Wrote a report down for somebody"),
    "kept_clear": _l("Belongs to an office that the case is about, and no longer reads it"),
    "signed_in": _l("Signed in"),
    "signed_out": _l("Signed out"),
    "wrong_second_factor": _l("Gave a wrong second factor"),
    "factor_set_up": _l("Set an authenticator app up"),
    "factor_removed": _l("The second factors of an account were removed"),
    "passkey_added": _l("Added a passkey"),
    "passkey_removed": _l("Removed a passkey"),
    "recovery_codes_made": _l("Made new recovery codes"),
    "recovery_code_used": _l("Used a recovery code"),
    "directory_connected": _l("Connected the account with the city’s own sign-in"),
    "directory_disconnected": _l("Disconnected the account from the city’s own sign-in"),
    "password_changed": _l("Changed the password"),
    "reassigned": _l("Asked that the case goes to another office"),
    "reassignment_cancelled": _l("No longer asks that the case goes to another office"),
    "reassignment_carried_out": _l("Offered the case as the coordination had asked"),
    "purged": _l("The report was deleted because its time was over"),
    "account_invited": _l("Invited somebody"),
    "invitation_sent_again": _l("Sent an invitation again"),
    "invitation_withdrawn": _l("Withdrew an invitation"),
    "account_made": _l("Chose a password and has an account now"),
    "account_changed": _l("Changed an account"),
    "account_ended": _l("Ended an account"),
    "password_link_sent": _l("Sent a link for a new password"),
    "keys_renewed": _l("Chose a new password and has new keys"),
    "key_given": _l("Let somebody in to an office’s mailbox"),
    "member_doubted": _l("Doubted that somebody belongs to the office"),
    "key_rotated": _l("The key of an office’s mailbox was changed"),
    "recovery_key_made": _l("The city’s recovery key was made"),
    "recovery_key_used": _l("The city’s recovery key was used"),
    "office_added": _l("Added an organisation to the directory"),
    "office_changed": _l("Changed the entry of an organisation"),
    "office_closed": _l("Gave an organisation a last day"),
    "office_reopened": _l("Took the last day of an organisation back"),
    "retention_months_chosen": _l("Changed how long reports are kept"),
    "disclosure_threshold_chosen": _l("Changed the smallest number that is published"),
    "languages_chosen": _l("Changed the languages that residents can choose"),
    "deadlines_chosen": _l("Changed the deadlines"),
    "closed_day_added": _l("Added a closed day"),
    "closed_day_removed": _l("Took a closed day back"),
    "mail_tried_again": _l("Had mails sent again"),
    "mail_dropped": _l("Removed a mail that did not arrive"),
    "rule_draft_begun": _l("Began a draft of the rules"),
    "rule_draft_changed": _l("Changed a draft of the rules"),
    "rule_draft_discarded": _l("Discarded a draft of the rules"),
    "rules_taken_in": _l("Took rules in from a file"),
    "rule_set_put_in_force": _l("Put rules in force"),
    "backup_made": _l("A backup was made"),
    "backup_restored": _l("A backup was restored"),
    HEAD: _l("The day’s checksum was sent to the administrators"),
}


def action(key: str) -> str:
    """What an entry says happened."""
    return str(ACTIONS[key]) if key in ACTIONS else str(_("Something this version does not know (%(key)s)", key=key))
