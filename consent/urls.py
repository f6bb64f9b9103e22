"""Every address, grouped by who uses it."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from consent.desk.demo import demo_urls

handler403 = "consent.errors.not_allowed"
handler404 = "consent.errors.not_found"
handler500 = "consent.errors.broken"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="desk:today")),
    path("", include("consent.identity.urls")),
    path("p/", include("consent.walkthrough.urls")),
    path("desk/", include("consent.desk.urls")),
    # Nobody gets into the back office past the second factor: it has no sign-in and no passwords of its own.
    path("back-office/login/", RedirectView.as_view(pattern_name="sign-in")),
    path("back-office/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("back-office/", admin.site.urls),
    path("healthy/", lambda request: HttpResponse("ok", content_type="text/plain"), name="healthy"),
]
if settings.DEMO:
    urlpatterns += demo_urls
