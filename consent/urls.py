"""Every address, grouped by who uses it."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from consent.admin import back_office
from consent.desk.demo import demo_urls
from consent.walkthrough import link

handler403 = "consent.errors.not_allowed"
handler404 = "consent.errors.not_found"
handler500 = "consent.errors.broken"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="desk:today")),
    path("", include("consent.identity.urls")),
    path("c/", link.open_link, name="link"),
    path("closed/", link.closed, name="closed"),
    path("closed/done/", link.closed, {"is_over": True}, name="closed-done"),
    path("closed/not-me/", link.closed, {"not_me": True}, name="closed-not-me"),
    path("p/", include("consent.walkthrough.urls")),
    path("desk/", include("consent.desk.urls")),
    path("back-office/", back_office.urls),
    path("healthy/", lambda request: HttpResponse("ok", content_type="text/plain"), name="healthy"),
]
if settings.DEMO:
    urlpatterns += demo_urls
