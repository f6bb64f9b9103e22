"""Every address, grouped by who uses it."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth
from django.http import HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from consent.desk.demo import demo_urls
from consent.desk.forms import SignInForm

handler403 = "consent.errors.not_allowed"
handler404 = "consent.errors.not_found"
handler500 = "consent.errors.broken"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="desk:today")),
    path(
        "sign-in/",
        auth.LoginView.as_view(template_name="desk/sign_in.html", authentication_form=SignInForm),
        name="sign-in",
    ),
    path("sign-out/", auth.LogoutView.as_view(), name="sign-out"),
    path("p/", include("consent.walkthrough.urls")),
    path("desk/", include("consent.desk.urls")),
    path("back-office/", admin.site.urls),
    path("healthy/", lambda request: HttpResponse("ok", content_type="text/plain"), name="healthy"),
]
if settings.DEMO:
    urlpatterns += demo_urls
