"""The addresses that the frames of tablet and desk name, so that the look is tried without the rooms."""

from django.http import HttpResponse
from django.urls import include, path


def here(request):
    return HttpResponse()


walk = [
    path(f"p/{name}/", here, name=name)
    for name in ("go-on", "comfort", "ask", "stop", "refuse", "change", "draft", "here")
]

urlpatterns = [
    path("", include((walk, "walk"))),
    path("", include(([path("desk/", here, name="today")], "desk"))),
    path("account/", here, name="account"),
    path("sign-out/", here, name="sign-out"),
]
