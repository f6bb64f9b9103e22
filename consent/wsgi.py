"""The web server's way in. It never starts other processes: manage.py serve does."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consent.settings")
application = get_wsgi_application()
