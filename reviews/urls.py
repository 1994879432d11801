"""The desk's site map."""

from django.urls import path, register_converter

from reviews.desk import kept_forms, monograph_list, queue, remarks, transitions
from reviews.desk.editor import citing, presence, scratch, sections, sorting, start_from, together, write
from reviews.desk.library import classes, drugs
from reviews.desk.monograph import change_address, compare, copy, history, new, restore, reviewers, tier, workspace
from reviews.desk.people import directory, due, first_steps, invite, person, profile, recheck, rights, trail, trail_out
from reviews.desk.published import acts, page, reports, where_page
from reviews.desk.review import read_ticks, review_page, signatures


class PartKind:
    """A kind of part, as it stands in an address."""

    regex = "section|regimen|monitoring|notice|citation|related"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PartKind, "kind")

MONOGRAPH = "monographs/<slug:slug>/"

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("kept/<int:pk>/", kept_forms.throw_away, name="throw_away"),
    path("signed/", signatures.signed_by_me, name="signed_by_me"),
    path("signatures/<int:pk>/", signatures.signature, name="signature"),
    path("monographs/", monograph_list.monographs, name="monographs"),
    path("monographs/new/", new.monograph_new, name="monograph_new"),
    path(MONOGRAPH, workspace.workspace, name="workspace"),
    path(f"{MONOGRAPH}edit/", write.edit, name="edit"),
    path(f"{MONOGRAPH}edit/all/", together.edit_all, name="edit_all"),
    path(f"{MONOGRAPH}edit/header/", write.header, name="edit_header"),
    path(f"{MONOGRAPH}edit/cite/", citing.cite, name="cite"),
    path(f"{MONOGRAPH}edit/here/", presence.stay, name="here"),
    path(f"{MONOGRAPH}edit/order/", sorting.order, name="edit_order"),
    path(f"{MONOGRAPH}edit/from/", start_from.start_from, name="start_from"),
    path(f"{MONOGRAPH}edit/sections/", sections.sections, name="start_sections"),
    path(f"{MONOGRAPH}edit/<kind:kind>/new/", write.part_new, name="part_new"),
    path(f"{MONOGRAPH}edit/<uuid:key>/", write.part, name="part_edit"),
    path(f"{MONOGRAPH}scratch/<part>/", scratch.keep, name="scratch"),
    path(f"{MONOGRAPH}preview/", write.preview, name="preview"),
    path(f"{MONOGRAPH}review/", review_page.review, name="review"),
    path(f"{MONOGRAPH}review/read/", read_ticks.read, name="read_tick"),
    path(f"{MONOGRAPH}remarks/", remarks.remarks, name="remarks"),
    path(f"{MONOGRAPH}reviewers/", reviewers.reviewers_page, name="reviewers"),
    path("assignments/<int:pk>/end/", reviewers.assignment_end, name="assignment_end"),
    path(f"{MONOGRAPH}history/", history.history, name="history"),
    path(f"{MONOGRAPH}compare/", compare.compare, name="compare"),
    path(f"{MONOGRAPH}restore/<uuid:key>/", restore.restore, name="restore"),
    path(f"{MONOGRAPH}tier/", tier.tier, name="tier"),
    path(f"{MONOGRAPH}tier/ask/", tier.ask, name="ask_for_tier"),
    path(f"{MONOGRAPH}do/<transition>/", transitions.do, name="do"),
    path(f"{MONOGRAPH}move/", change_address.move, name="move"),
    path(f"{MONOGRAPH}withdraw/", page.published, name="published"),
    path(f"{MONOGRAPH}withdraw/places/", where_page.places, name="places"),
    path(f"{MONOGRAPH}erratum/", acts.erratum, name="erratum"),
    path(f"{MONOGRAPH}harmless/", acts.harmless, name="harmless"),
    path(f"{MONOGRAPH}place/<kind>/", acts.place, name="place"),
    path(f"{MONOGRAPH}copy/", copy.copy, name="copy"),
    path("drugs/", drugs.drug_list, name="drug_list"),
    path("drugs/<slug:slug>/", drugs.drug, name="drug"),
    path("drugs/<slug:slug>/do/<act>/", drugs.drug_act, name="drug_act"),
    path("classes/", classes.class_list, name="class_list"),
    path("classes/new/", classes.class_new, name="class_new"),
    path("classes/<slug:slug>/", classes.therapeutic_class, name="therapeutic_class"),
    path("classes/<slug:slug>/do/<act>/", classes.class_act, name="class_act"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/take-in/", reports.take_in, name="reports_take_in"),
    path("reports/close/", reports.close, name="reports_close"),
    path("reports/<int:pk>/", reports.report_page, name="report_page"),
    path("reports/<int:pk>/look/", reports.look, name="report_look"),
    path("reports/<int:pk>/give-back/", reports.give_back, name="report_give_back"),
    path("rechecks/<int:pk>/", recheck.recheck, name="recheck"),
    path("first-steps/", first_steps.first_steps, name="first_steps"),
    path("first-steps/mail/", first_steps.mail_try, name="mail_try"),
    path("first-steps/copied/", first_steps.checkpoint_copied, name="checkpoint_copied"),
    path("people/", directory.people, name="people"),
    path("people/invite/", invite.invite, name="invite"),
    path("roles/", due.roles, name="roles"),
    path("people/<username>/", person.person, name="person"),
    path("people/<username>/do/<act>/", person.person_do, name="person_do"),
    path("rights/", rights.rights, name="rights"),
    path("trail/", trail.trail, name="trail"),
    path("trail/trail.<form>", trail_out.trail_out, name="trail_out"),
    path("profile/", profile.profile, name="profile"),
    path("profile/register/", profile.register, name="profile_register"),
    path("profile/interests/", profile.interests, name="profile_interests"),
    path("warnings/new/", acts.warning_new, name="warning_new"),
    path("overlays/<int:pk>/countersign/", acts.countersign, name="countersign"),
    path("overlays/<int:pk>/lift/", acts.lift, name="lift"),
]
