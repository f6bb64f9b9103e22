"""The hospital's own single sign-on (OpenID Connect): who somebody is, and each time anew what they are here.

A person is known by issuer and subject, never by e-mail or name: those can be given to somebody else.
"""

import hashlib
import time
import unicodedata

import jwt
import requests
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from consent import accounts, client, events
from consent.identity import second
from consent.models import Sitting
from consent.staff.models import Clinic, User
from consent.staff.roles import ROLES, WITHOUT_PATIENTS

# Signed by a key that only the provider holds. Neither "none" nor a shared secret is a signature to us.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
MUST_SAY = ["iss", "sub", "aud", "exp", "iat", "nonce"]
CLOCKS_APART = 60
JUST_NOW = 60
CAME_BACK = "came_back_from_single_sign_on"
SOMEBODY_LEFT = "somebody_left"


class NotProven(Exception):
    """What came back from single sign-on proves nothing: unsigned, wrongly signed, too old, or not what we asked for."""


class NotAskedAgain(Exception):
    """Single sign-on does not say that it has just asked this person anew."""


class OutOfReach(Exception):
    """Single sign-on does not answer."""


class NoPlaceHere(Exception):
    """Single sign-on knows this person, and gives them no role or no clinic here."""


def is_on():
    return bool(settings.OIDC_ISSUER)


def name():
    """What staff call it."""
    return settings.OIDC_NAME or gettext("your hospital account")


def may_be_silent(request):
    """May the provider's own session let somebody in, without asking who is there?

    It is that of whoever was here last. A patient who holds a tablet, or sits at a desk that its owner has left, would
    come in as them by two taps.
    """
    if not settings.OIDC_SILENT or client.DEVICE in request.COOKIES or SOMEBODY_LEFT in request.session:
        return False
    sitting = Sitting.objects.filter(session_id=request.session.session_key).first()
    return sitting is None or not (sitting.is_locked or sitting.is_over)


def leave(request):
    logout(request)
    ask_the_next(request)


def ask_the_next(request):
    """Somebody has left this browser: whoever comes to it next is not taken for them."""
    if settings.OIDC_SILENT:
        request.session[SOMEBODY_LEFT] = True


# --- there and back --------------------------------------------------------------------------------------------------


@require_GET
def begin(request):
    """To the provider, with a state, a nonce and a challenge that only this browser's session can answer."""
    if not is_on():
        raise Http404("single sign-on")
    try:
        return Adapter(request, settings.OIDC_ISSUER).get_provider().redirect_from_request(request)
    except requests.RequestException as problem:
        raise OutOfReach from problem


@require_GET
def back(request):
    if not is_on():
        raise Http404("single sign-on")
    try:
        return Callback.adapter_view(Adapter(request, settings.OIDC_ISSUER))(request)
    except requests.RequestException as problem:
        raise OutOfReach from problem


class Provider(OpenIDConnectProvider):
    """Nothing in the address says how we ask, and nothing of what is told is kept but the subject."""

    def get_redirect_from_request_kwargs(self, request):
        nonce, proves = get_random_string(32), "proves" in request.GET
        anew = proves or "again" in request.GET or not may_be_silent(request)
        return {
            "process": AuthProcess.LOGIN,
            "next_url": get_next_redirect_url(request),
            "auth_params": {"nonce": nonce} | ({"prompt": "login", "max_age": "0"} if anew else {}),
            "nonce": nonce,
            "anew": anew,
            "proves": proves,
        }

    def get_oauth2_adapter(self, request):
        return Adapter(request, self.app.provider_id)

    def get_scope(self):
        return ["openid", "profile"]

    def extract_extra_data(self, data):
        return {}

    def extract_email_addresses(self, data):
        return []

    def extract_common_fields(self, data):
        return {}


class Adapter(OpenIDConnectOAuth2Adapter):
    nonce, anew = None, True

    def get_provider(self):
        return Provider(self.request, app=app())

    def get_callback_url(self, request, app):
        return request.build_absolute_uri(reverse("single-sign-on-back"))

    @property
    def openid_config(self):
        """What the provider says of itself, when it is the one that the settings mean."""
        said = super().openid_config
        if said.get("issuer") != settings.OIDC_ISSUER:
            raise NotProven
        return said

    def complete_login(self, request, app, token, response, **kwargs):
        """Only the signed token counts. It is checked as if it had come by a stranger's hand."""
        claims = request.single_sign_on = self.checked(response.get("id_token") or "")
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def checked(self, id_token):
        try:
            said = jwt.decode(
                id_token,
                self.key_of(id_token),
                algorithms=ALGORITHMS,
                audience=settings.OIDC_CLIENT_ID,
                issuer=settings.OIDC_ISSUER,
                leeway=CLOCKS_APART,
                options={"require": MUST_SAY},
            )
        except jwt.PyJWTError as problem:
            raise NotProven from problem
        for_whom = said.get("azp", settings.OIDC_CLIENT_ID)
        if not self.nonce or said["nonce"] != self.nonce or for_whom != settings.OIDC_CLIENT_ID:
            raise NotProven
        # Looked at once more: the desk may have been locked since it began.
        if not (is_just_now(said.get("auth_time")) if self.anew else may_be_silent(self.request)):
            raise NotAskedAgain
        if not said["sub"] or len(said["sub"]) > SocialAccount._meta.get_field("uid").max_length:
            raise NotProven
        return said

    def key_of(self, id_token):
        """The provider's key that the token names. A provider with one key need not name it."""
        name = jwt.get_unverified_header(id_token).get("kid")
        with SocialAdapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
        answer.raise_for_status()
        keys = [each for each in jwt.PyJWKSet.from_dict(answer.json()).keys if each.public_key_use in (None, "sig")]
        found = [each for each in keys if each.key_id == name] if name else keys
        if len(found) != 1:
            raise NotProven
        return found[0].key


class Callback(OAuth2CallbackView):
    def _get_state(self, request, provider):
        state, response = super()._get_state(request, provider)
        self.adapter.nonce, self.adapter.anew = (state or {}).get("nonce"), (state or {}).get("anew", True)
        return state, response


def app():
    """One provider, told by the settings. A row in the database adds no other."""
    return SocialApp(
        provider=Provider.id,
        provider_id=settings.OIDC_ISSUER,
        name=settings.OIDC_NAME,
        client_id=settings.OIDC_CLIENT_ID,
        secret=settings.OIDC_CLIENT_SECRET,
        settings={"server_url": settings.OIDC_ISSUER, "oauth_pkce_enabled": True},
    )


class SocialAdapter(DefaultSocialAccountAdapter):
    def get_provider(self, request, provider, client_id=None):
        return Provider(request, app=app())

    def get_requests_session(self):
        """Nobody sends us on: secrets go to the provider's own addresses or nowhere."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        raise NotProven from exception

    def pre_social_login(self, request, sociallogin):
        if sociallogin.state.get("proves"):
            raise ImmediateHttpResponse(bring_back(request, sociallogin))
        sociallogin.user = welcome(sociallogin.account, request.single_sign_on)


# --- asked again, while one is signed in ----------------------------------------------------------------------------


def vouches_for(user):
    return is_on() and second.is_from_elsewhere(user)


def way_to(back):
    """The address that asks anew who is there, and then leads to `back`, a page of ours."""
    return f"{reverse('single-sign-on')}?{urlencode({'proves': 'yes', 'next': back})}"


def bring_back(request, sociallogin):
    """Nobody is signed in by this, so the session stays. What the provider said waits in it for the page that had it asked."""
    identity, back = sociallogin.account, sociallogin.state.get("next")
    if not request.user.is_authenticated or not back:
        raise NotProven
    is_them = SocialAccount.objects.filter(user=request.user, provider=identity.provider, uid=identity.uid).exists()
    try:
        if is_them:
            welcome(identity, request.single_sign_on)
    except NoPlaceHere:
        leave(request)
        raise
    request.session[CAME_BACK] = {"to": back, "who": request.user.pk if is_them else 0, "at": time.time()}
    return redirect(back)


def who_came_back(request):
    """The key of the user who has just been asked anew for this very page; 0 is somebody else, None nobody. It is told once."""
    said = request.session.pop(CAME_BACK, None)
    if said is None or said["to"] != request.get_full_path() or not is_just_now(said["at"]):
        return None
    return said["who"]


def is_just_now(at):
    return isinstance(at, int | float) and abs(time.time() - at) <= JUST_NOW


# --- who they are here -----------------------------------------------------------------------------------------------


def welcome(identity, claims):
    """The account of this identity, with just the roles and clinics that the claims give. Raises NoPlaceHere."""
    user = User.objects.filter(socialaccount__provider=identity.provider, socialaccount__uid=identity.uid).first()
    if user and not user.is_active:
        raise accounts.Closed
    roles, clinics = roles_in(claims), clinics_in(claims)
    if not roles or not (clinics or roles <= set(WITHOUT_PATIENTS)):
        if user:
            turn_away(user)
        raise NoPlaceHere
    if user:
        accounts.place(user=user, roles=roles, clinics=clinics, organisation=accounts.home_of(clinics), by=provider())
        return user
    return admit(identity, claims, roles, clinics)


@transaction.atomic
def turn_away(user):
    """Nothing they were here is left, neither in an open browser nor by PIN at a tablet."""
    accounts.place(user=user, roles=set(), clinics=[], by=provider())
    accounts.end_sessions(user=user)


@transaction.atomic
def admit(identity, claims, roles, clinics):
    user = accounts.add(
        username=name_for(identity, claims),
        full_name=full_name_in(claims) or name_for(identity, claims),
        roles=roles,
        clinics=clinics,
        by=provider(),
    )
    SocialAccount.objects.create(user=user, provider=identity.provider, uid=identity.uid)
    return user


def provider():
    return events.Actor("system", "single-sign-on", settings.OIDC_NAME, "single sign-on")


def roles_in(claims):
    """Our roles among what the provider says, by the mapping of the settings or by the same name."""
    said = listed(claims, settings.OIDC_ROLES_CLAIM)
    names = [settings.OIDC_ROLES.get(each) for each in said] if settings.OIDC_ROLES else said
    return set(names) & set(ROLES)


def clinics_in(claims):
    """Clinics by name. Where two hospitals have one of the same name, the hospital stands before it: Site/Clinic."""
    said, named = listed(claims, settings.OIDC_CLINICS_CLAIM), {}
    for clinic in Clinic.objects.select_related("site"):
        for name in (clinic.name, f"{clinic.site.name}/{clinic.name}"):
            named.setdefault(name, []).append(clinic)
    return [found[0] for name, found in named.items() if name in said and len(found) == 1]


def listed(claims, name):
    """The words under a claim. A name with dots is a way through the claims, such as realm_access.roles."""
    value = claims.get(name)
    if value is None:
        value = claims
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    words = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [each for each in words if isinstance(each, str)]


def name_for(identity, claims):
    """The name that the hospital uses for them when it is free and one of ours can be; else one that is theirs alone."""
    preferred = claims.get("preferred_username")
    own = "sso-" + hashlib.sha256(f"{identity.provider}\n{identity.uid}".encode()).hexdigest()[:16]
    if not isinstance(preferred, str) or len(preferred) > 150:
        return own
    try:
        UnicodeUsernameValidator()(preferred)
    except ValidationError:
        return own
    return own if User.objects.filter(username__iexact=preferred).exists() else preferred


def full_name_in(claims):
    """As it is printed on records, so without signs that cannot be seen."""
    said = claims.get("name")
    seen = "".join(each if each.isprintable() else " " for each in said) if isinstance(said, str) else ""
    return unicodedata.normalize("NFC", " ".join(seen.split()))[:200]
