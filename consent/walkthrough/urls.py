"""Addresses of the patient's pages. None holds an id of a person or a consent: the tablet's session knows both."""

from django.urls import path

from consent.walkthrough import bedside, views

app_name = "walk"

step_urls = [
    path("", views.go_on, name="go-on"),
    path("step/<slug:key>/", views.step, name="step"),
    path("sign/", views.sign, name="sign"),
    path("sign/help/", views.help_sign, name="help"),
    path("whole/", views.whole, name="whole"),
    path("done/", views.done, name="done"),
]

way_out_urls = [
    path("ask/", views.ask, name="ask"),
    path("ask/<int:pk>/accept/", views.accept, name="accept"),
    path("stop/", views.stop, name="stop"),
    path("more-time/", views.more_time, name="more-time"),
    path("refuse/", views.refuse, name="refuse"),
    path("change/", views.change, name="change"),
    path("paper/", views.paper, name="paper"),
    path("not-me/", views.not_me, name="not-me"),
    path("stopped/", views.stopped_page, name="stopped"),
    path("held/", views.held, name="held"),
]

small_urls = [
    path("comfort/", views.comfort, name="comfort"),
    path("draft/", views.draft, name="draft"),
    path("here/", views.here, name="here"),
]

staff_urls = [
    path("back/", bedside.back_to_staff, name="back-to-staff"),
    path("back/passkey/", bedside.back_by_passkey, name="back-by-passkey"),
    path("back/sign-in/", bedside.sign_in_instead, name="sign-in-instead"),
    path("staff/", bedside.step_in, name="staff"),
    path("staff/passkey/", bedside.step_in_by_passkey, name="staff-by-passkey"),
    path("staff/bedside/", bedside.bedside, name="bedside"),
    path("staff/here/", bedside.here, name="bedside-here"),
    path("staff/answer/<int:pk>/", bedside.answer, name="bedside-answer"),
    path("staff/talked/", bedside.talked, name="bedside-talked"),
    path("staff/settle/", bedside.settle, name="bedside-settle"),
    path("staff/discussion/", bedside.discussion, name="bedside-discussion"),
    path("staff/read-aloud/", bedside.read_aloud, name="bedside-read-aloud"),
    path("staff/give-back/", bedside.give_back, name="bedside-give-back"),
    path("staff/take-back/", bedside.take_back, name="bedside-take-back"),
]

urlpatterns = [*step_urls, *way_out_urls, *small_urls, *staff_urls]
