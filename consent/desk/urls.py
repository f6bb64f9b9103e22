"""Addresses of the desk. An episode stands in them by its random id alone: no name, no number, no words searched for."""

from django.urls import path

from consent.desk import (
    countersign,
    deciding,
    episode,
    handing,
    house,
    in_need,
    invitations,
    locking,
    paper,
    prepare,
    reports,
    several,
    staffing,
    talking,
    texts,
    worklist,
)

app_name = "desk"
ONE = "episodes/<uuid:pk>/"

list_urls = [
    path("", worklist.today, name="today"),
    path("find/", worklist.find, name="find"),
    path("sign/", several.several, name="sign-several"),
    path("sign/elsewhere/", several.elsewhere, name="sign-elsewhere"),
    path("sign/<uuid:proof>/<int:number>/", several.one, name="sign-one"),
    path("sign/<uuid:proof>/leave/", several.leave, name="sign-leave"),
    path("sign/<uuid:proof>/back/", several.back, name="sign-back"),
]

prepare_urls = [
    path("prepare/", prepare.choose, name="prepare"),
    path("prepare/<slug:slug>/", prepare.new, name="prepare-one"),
    path(f"{ONE}edit/", prepare.edit, name="edit"),
    path(f"{ONE}tailor/", prepare.tailor, name="tailor"),
    path(f"{ONE}untailor/<int:tailoring>/", prepare.untailor, name="untailor"),
    path(f"{ONE}preview/", prepare.preview, name="preview"),
    path(f"{ONE}release/", prepare.release, name="release"),
    path(f"{ONE}take-back/", prepare.take_back, name="take-back"),
]

episode_urls = [
    path(ONE, episode.episode, name="episode"),
    path(f"{ONE}trail/", episode.trail, name="trail"),
    path(f"{ONE}arrange/", episode.arrange, name="arrange"),
    path(f"{ONE}settle/", episode.settle, name="settle"),
    path(f"{ONE}more-time/", episode.more_time, name="more-time"),
    path(f"{ONE}wants-paper/", episode.wants_paper, name="wants-paper"),
    path(f"{ONE}refuse/", episode.refuse, name="refuse"),
    path(f"{ONE}withdraw/", episode.withdraw, name="withdraw"),
    path("records/<int:record>/", episode.download, name="download"),
]

paper_urls = [
    path(f"{ONE}paper/", paper.attach, name="paper"),
    path(f"{ONE}paper/form/", paper.print_blank, name="paper-blank"),
    path("scans/<int:scan>/", paper.scan, name="scan"),
]

bedside_urls = [
    path(f"{ONE}hand-over/", handing.hand_over, name="hand-over"),
    path(f"{ONE}tablets/<uuid:tablet>/take-back/", handing.take_tablet_back, name="take-tablet-back"),
    path(f"{ONE}before/", talking.before, name="before"),
    path(f"{ONE}questions/<int:question>/answer/", talking.answer, name="answer"),
    path(f"{ONE}questions/<int:question>/talked/", talking.talked_about_question, name="talked-question"),
    path(f"{ONE}talked/", talking.talked, name="talked"),
    path(f"{ONE}discussion/", talking.discussion, name="discussion"),
    path(f"{ONE}countersign/", countersign.countersign, name="countersign"),
]

at_home_urls = [
    path(f"{ONE}invite/", invitations.invite, name="invite"),
    path(f"{ONE}invited/", invitations.invited, name="invited"),
    path(f"{ONE}invitations/<int:invitation>/revoke/", invitations.revoke, name="revoke"),
]

who_decides_urls = [
    path(f"{ONE}assess/<slug:kind>/", deciding.assess, name="assess"),
    path(f"{ONE}representative/", deciding.representative, name="representative"),
    path(f"{ONE}patient-decides/", deciding.patient_decides, name="patient-decides"),
]

lock_urls = [
    path("lock/", locking.unlock, name="unlock"),
    path("lock/passkey/", locking.passkey, name="passkey"),
    path("lock/elsewhere/", locking.unlock_elsewhere, name="unlock-elsewhere"),
    path("lock/left/", locking.time_left, name="time-left"),
    path("lock/here/", locking.still_here, name="still-here"),
    path("lock/kept/", locking.kept, name="kept"),
    path("lock/forget/", locking.forget, name="forget"),
]

watching_urls = [
    path("break-glass/", in_need.break_glass, name="break-glass"),
    path("break-glass/<int:glass_id>/end/", in_need.end_glass, name="end-glass"),
    path("reports/break-glass/", reports.in_need, name="report-glass"),
    path("reports/break-glass/<int:glass_id>/looked-at/", reports.looked_at, name="looked-at"),
    path("reports/access/", reports.readings, name="readings"),
    path("reports/chains/", reports.chains, name="chains"),
]

staff_urls = [
    path("staff/", staffing.staff, name="staff"),
    path("staff/new/", staffing.new, name="staff-new"),
    path("staff/<int:account>/", staffing.one, name="staff-one"),
    path("staff/<int:account>/close/", staffing.close, name="staff-close"),
    path("staff/<int:account>/open/", staffing.open_again, name="staff-open"),
    path("staff/<int:account>/password/", staffing.password, name="staff-password"),
    path("staff/<int:account>/second-factor/", staffing.forget_second_factor, name="staff-second-factor"),
    path("clinics/", staffing.clinics, name="clinics"),
]

house_urls = [
    path("verify/", house.verify, name="verify"),
    path("values/", house.values, name="values"),
    path("values/<int:site>/<slug:slug>/", house.site_values, name="site-values"),
    path("texts/", texts.texts, name="texts"),
    path("pin/", house.pin, name="pin"),
]

urlpatterns = [
    *list_urls, *prepare_urls, *episode_urls, *paper_urls, *bedside_urls, *at_home_urls, *who_decides_urls, *watching_urls, *lock_urls,
    *staff_urls, *house_urls,
]  # fmt: skip
