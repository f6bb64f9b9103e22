"""The web server's way in. It never starts other processes: manage.py serve does. It refuses unsafe settings as serve does."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consent.settings")
application = get_wsgi_application()

from consent import checks  # noqa: E402 (there are no settings before)

checks.refuse_unsafe()
