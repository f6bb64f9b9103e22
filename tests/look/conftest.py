import pytest


@pytest.fixture(autouse=True)
def no_rooms_behind(settings):
    """The look alone: no room's addresses, and style sheets under their own names."""
    settings.ROOT_URLCONF = "tests.look.urls"
    files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": files}
