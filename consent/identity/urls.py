"""Addresses of staff sign-in. Those of django-allauth are listed one by one: no signing up, no password by e-mail.

The names that begin with account_ and mfa_ are the library's own; it looks for them.
"""

from django.urls import path

from consent.identity import single, views

sign_in = views.SignIn.as_view()

sign_in_urls = [
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-in/", sign_in, name="account_login"),
    path("sign-in/code/", views.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey/", views.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("sign-in/single/", single.begin, name="single-sign-on"),
    path("sign-in/single/back/", single.back, name="single-sign-on-back"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
]

own_urls = [
    path("account/", views.account, name="account"),
    path("account/password/", views.change_password, name="account_change_password"),
    path("account/app/", views.App.as_view(), name="mfa_activate_totp"),
    path("account/app/off/", views.AppOff.as_view(), name="mfa_deactivate_totp"),
    path("account/codes/", views.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("account/codes/new/", views.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("account/passkeys/add/", views.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/remove/", views.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("account/sessions/end-others/", views.end_others, name="end-other-sessions"),
    path("account/sessions/<slug:session>/end/", views.end_session, name="end-session"),
]

again_urls = [
    path("account/again/", views.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("account/again/code/", views.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("account/again/passkey/", views.PasskeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
]

urlpatterns = [*sign_in_urls, *own_urls, *again_urls]
