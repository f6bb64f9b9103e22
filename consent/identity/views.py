"""Signing in, and the page where staff look after their own account: password, second factor, passkeys, sessions."""

from hashlib import sha256

from allauth.account import views as account_views
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as mfa_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as passkey_views
from allauth.mfa.webauthn.internal import auth, flows
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST
from django.views.generic.edit import FormView

from consent import accounts, events
from consent.identity import devices, second, single

# --- signing in ------------------------------------------------------------------------------------------------------


class SignIn(account_views.LoginView):
    """Name and password. Whoever was signed in on this browser is signed out first: nobody acts in another's name."""

    template_name = "account/sign_in.html"
    extra_context = {"single": single.is_on, "single_name": lambda: settings.OIDC_NAME}

    def dispatch(self, request, *args, **kwargs):
        if request.method == "POST" and request.user.is_authenticated:
            single.leave(request)
        return super().dispatch(request, *args, **kwargs)


class PasskeySignIn(passkey_views.LoginWebAuthnView):
    """No name and no password. GET by script gives what the browser must be asked; POST takes its answer."""

    def form_valid(self, form):
        passkey = form.cleaned_data["credential"]
        login = Login(user=passkey.user, redirect_url=get_next_redirect_url(self.request))
        return flows.perform_passwordless_login(self.request, passkey, login)

    def form_invalid(self, form):
        return redirect(f"{reverse('sign-in')}?passkey=no")


class SecondStep(mfa_views.AuthenticateView):
    """The code or the passkey, after the password."""

    template_name = "account/second_step.html"


class SignOut(LogoutView):
    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        single.ask_the_next(request)
        return response


# --- one's own account -----------------------------------------------------------------------------------------------


@require_GET
@login_required
def account(request):
    found = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    of = {kind: [each for each in found if each.type == kind] for kind in Authenticator.Type.values}
    context = {
        "app": of["totp"],
        "passkeys": of["webauthn"],
        "codes": [len(each.wrap().get_unused_codes()) for each in of["recovery_codes"]],
        "sessions": list(own_sessions(request)),
        "must": second.is_missing(request),
        "from_elsewhere": second.is_from_elsewhere(request.user),
    }
    return render(request, "account/account.html", context)


def own_sessions(request):
    """{id, device, since, is_this} of every browser in which this person is signed in. The id is no key to it."""
    for row in request.user.sessions.filter(expire_date__gt=timezone.now()).order_by("-expire_date"):
        said = row.get_decoded()
        yield {
            "id": sha256(row.session_key.encode()).hexdigest()[:16],
            "key": row.session_key,
            "is_this": row.session_key == request.session.session_key,
            **devices.kept(said),
        }


@require_POST
@login_required
def end_session(request, session):
    found = [each for each in own_sessions(request) if each["id"] == session]
    if not found:
        raise Http404("session")
    accounts.end_session(user=request.user, key=found[0]["key"], by=events.staff(request.user))
    return redirect("account")


@require_POST
@login_required
def end_others(request):
    accounts.end_other_sessions(user=request.user, keep=request.session.session_key, by=events.staff(request.user))
    return redirect("account")


def only_local(view):
    """Whom single sign-on vouches for has password and second factor there, so that what ends there ends here."""

    @login_required
    def checked(request, *args, **kwargs):
        if second.is_from_elsewhere(request.user):
            return redirect("account")
        return view(request, *args, **kwargs)

    return checked


local = method_decorator(only_local, name="dispatch")


class ChangePassword(account_views.PasswordChangeView):
    template_name = "account/password.html"


change_password = only_local(account_views.rate_limit(action="change_password")(ChangePassword.as_view()))


@local
class App(totp_views.ActivateTOTPView):
    template_name = "account/app.html"
    success_url = reverse_lazy("account")

    def get_success_url(self):
        return reverse("mfa_view_recovery_codes") if self.did_generate_recovery_codes else reverse("account")


class AppOff(totp_views.DeactivateTOTPView):
    template_name = "account/app_off.html"
    success_url = reverse_lazy("account")


class Codes(codes_views.ViewRecoveryCodesView):
    template_name = "account/codes.html"


class NewCodes(codes_views.GenerateRecoveryCodesView):
    template_name = "account/new_codes.html"


@local
class AddPasskey(passkey_views.AddWebAuthnView):
    """Every passkey is one that signs in alone: kept on the device, and the device knows its owner."""

    template_name = "account/passkey.html"

    def get_context_data(self, **kwargs):
        options = auth.begin_registration(self.request.user, passwordless=True)
        return FormView.get_context_data(self, **kwargs) | {"js_data": {"creation_options": options}}

    def get_success_url(self):
        return reverse("mfa_view_recovery_codes") if self.did_generate_recovery_codes else reverse("account")


class RemovePasskey(passkey_views.RemoveWebAuthnView):
    template_name = "account/passkey_off.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form):
        if settings.SECOND_FACTOR and not second.others(self.object).exists():
            return redirect("account")
        return super().form_valid(form)


# --- asked again -----------------------------------------------------------------------------------------------------


class PasswordAgain(account_views.ReauthenticateView):
    template_name = "account/again.html"


class CodeAgain(mfa_views.ReauthenticateView):
    template_name = "account/again.html"


class PasskeyAgain(passkey_views.ReauthenticateWebAuthnView):
    template_name = "account/again_passkey.html"

    def form_invalid(self, form):
        """The same page once more, with a fresh challenge and the same way on."""
        asked = {**self.request.GET.dict(), "passkey": "no"}
        return redirect(f"{self.request.path}?{urlencode(asked)}")
