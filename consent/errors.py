"""Every named error with its page: what happened, and what to do next. In one place, so that none ends as a bare 500."""

from dataclasses import dataclass, field

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from consent import (
    access,
    accounts,
    answering,
    asking,
    deciding,
    discussing,
    doorbook,
    handover,
    inviting,
    lifecycle,
    misses,
    papering,
    preparing,
    proving,
    signing,
)
from consent.disclosure import LanguageNotOffered
from consent.identity import passkeys, single
from consent.records import archive
from consent.strokes import BadStrokes
from procedures import canonical


@dataclass
class ErrorPage:
    """`lines` say what it is about, one by one; `what_next` lists {text, url}."""

    status: int
    title: str
    lead: str = ""
    what_next: list = field(default_factory=list)
    lines: list = field(default_factory=list)

    def context(self, request):
        return {
            "title": self.title,
            "lead": self.lead,
            "what_next": self.what_next,
            "lines": self.lines,
            "on_tablet": on_tablet(request),
        }


def on_tablet(request):
    return request.path_info.startswith("/p/")


def is_remote(request):
    return bool(request.session.get("own_device"))


def way_back(request):
    if on_tablet(request):
        return [{"text": _("Go on where you were"), "url": reverse("walk:go-on")}]
    if request.path_info.startswith(("/c/", "/closed/")):
        # Somebody at home, with nothing open: the house of staff is not theirs.
        return []
    return [{"text": _("Back to today's list"), "url": reverse("desk:today")}]


def page_for(exception, request):
    """The ErrorPage of a named exception, or None when it has none."""
    maker = PAGES.get(type(exception))
    return maker(exception, request) if maker else None


def wrong_move(error, request):
    return ErrorPage(
        409,
        _("This has moved on"),
        _(
            "This consent is now: %(status)s. What you wanted to do is no longer possible from there. Nothing was changed."
        )
        % {"status": error.episode.get_status_display()},
        way_back(request),
    )


def out_of_order(error, request):
    url = reverse("walk:step", args=[error.step.key])
    return ErrorPage(
        409,
        _("Something comes before this"),
        _("Nothing is lost. Please go on from the page that is next."),
        [{"text": _("Go to the next page"), "url": url}],
    )


def page_changed(error, request):
    url = reverse("walk:step", args=[error.step.key])
    return ErrorPage(
        409,
        _("This page has changed"),
        _("Your team has changed something since you opened it. What you wrote is kept. Please read the page again."),
        [{"text": _("Read the page again"), "url": url}],
    )


def gate_closed(error, request):
    lead = _("You can say no, take more time, or ask for paper right now. These are still open:")
    ways = way_back(request) if not on_tablet(request) else list(ways_to(error.items))
    return ErrorPage(409, _("Before you can say yes, we need to talk"), lead, ways, [item.text for item in error.items])


def ways_to(items):
    """The pages on which open items are answered again."""
    if any(item.kind != "check" for item in items):
        yield {"text": _("Go to your checklist"), "url": reverse("walk:step", args=["checklist"])}
    if any(item.kind == "check" for item in items):
        yield {"text": _("Look at our question again"), "url": reverse("walk:step", args=["check"])}


def not_releasable(error, request):
    return ErrorPage(
        409,
        _("Not ready to be released"),
        _("Something is missing:"),
        way_back(request),
        error.gaps,
    )


def held(error, request):
    return ErrorPage(
        409,
        _("We need to look at this together"),
        _("Please phone us. Your answers are kept.")
        if is_remote(request)
        else _("Please call a member of staff. Your answers are kept."),
        way_back(request),
    )


def hand_over_closed(error, request):
    """No way on: whatever this browser was bound to opens nothing any more."""
    lead = _("Nothing was changed. To go on, open your link once more, or phone us.")
    if not is_remote(request):
        lead = _("Nothing was changed. Please give the tablet back to us.")
    return ErrorPage(409, _("This page was closed"), lead)


def tries_used_up(error, request):
    return ErrorPage(
        403,
        _("Please sign in again"),
        _(
            "There were five wrong tries, so you are signed out here. Nothing was signed or saved. A PIN does not help now: sign in in full."
        ),
        [{"text": _("Sign in"), "url": reverse("sign-in")}],
    )


def simple(status, title, lead, at_home=None):
    """`at_home` is what is said instead on a device of the person's own, where no tablet can be given back."""
    return lambda error, request: ErrorPage(
        status, title(), (at_home or lead)() if is_remote(request) else lead(), way_back(request)
    )


def to_sign_in(title, lead, status=403):
    """Nobody is signed in, so the way on is the sign-in page."""
    return lambda error, request: ErrorPage(status, title(), lead(), sign_in_page())


def sign_in_page():
    return [{"text": _("To the sign-in page"), "url": reverse("sign-in")}]


PAGES = {
    lifecycle.WrongMove: wrong_move,
    access.HandOverClosed: hand_over_closed,
    answering.TakenBack: simple(
        409,
        lambda: _("Your team is correcting something"),
        lambda: _("What you wrote is kept. Please give the tablet back for a moment."),
        lambda: _("What you wrote is kept. You get a new link when it is ready."),
    ),
    answering.NotDeciding: simple(
        409,
        lambda: _("Somebody else decides now"),
        lambda: _("Please give the tablet back to us. Nothing was changed."),
        lambda: _("Nothing was changed. You can close this page."),
    ),
    answering.OutOfOrder: out_of_order,
    answering.PageChanged: page_changed,
    answering.Held: held,
    signing.GateClosed: gate_closed,
    lifecycle.Changed: simple(
        409,
        lambda: _("Something has changed"),
        lambda: _(
            "What you were told or what you answered has changed since this page was opened. Nothing was signed. Please look at it again."
        ),
    ),
    signing.KeyReused: simple(
        409,
        lambda: _("This was sent before"),
        lambda: _("Nothing was signed a second time. Please open the page again."),
    ),
    signing.AlreadySigned: simple(
        409, lambda: _("This is signed already"), lambda: _("Nothing was signed a second time.")
    ),
    signing.NotThisPerson: simple(
        409,
        lambda: _("Somebody else has to do this"),
        lambda: _("The same person cannot take two parts in one signing. Please ask a colleague."),
    ),
    signing.WitnessNeeded: simple(
        409, lambda: _("A witness is needed"), lambda: _("This way of signing needs a witness. Nothing was signed.")
    ),
    signing.NotFromHere: simple(
        409,
        lambda: _("This is signed at the hospital"),
        lambda: _("Nothing was signed. Your answers are kept, and you sign with us."),
    ),
    inviting.NotInvitable: simple(
        409,
        lambda: _("This person cannot be invited so"),
        lambda: _("They no longer decide, or this site cannot send it in this way. Nothing was sent."),
    ),
    inviting.NotSettled: simple(
        409,
        lambda: _("Settle first what stopped this"),
        lambda: _(
            "Somebody said: this is not me. Phone the patient and check the address. Settle it on the consent’s page, then invite again. Nothing was sent."
        ),
    ),
    inviting.AlreadyEnded: simple(
        409, lambda: _("This invitation has ended already"), lambda: _("The link opens nothing any more.")
    ),
    signing.NothingTold: simple(
        409,
        lambda: _("Nothing has been told yet"),
        lambda: _("There is nothing to sign before the person has been told."),
    ),
    proving.NotProven: simple(
        403,
        lambda: _("Prove again who you are"),
        lambda: _("What you gave does not cover this document, or it was given elsewhere. Nothing was signed."),
    ),
    proving.ProofTooOld: simple(
        403,
        lambda: _("That was more than a minute ago"),
        lambda: _("Nothing was signed. Open the page again, and prove again who you are."),
    ),
    accounts.TriesUsedUp: tries_used_up,
    preparing.NotReleasable: not_releasable,
    preparing.SecondConsent: simple(
        409,
        lambda: _("This patient has another open consent"),
        lambda: _("Look at both, and say whether a second one is meant. Nothing was released."),
    ),
    preparing.ContentNotApproved: simple(
        409,
        lambda: _("This text is not approved here"),
        lambda: _("Nobody at this hospital has approved the text yet. It may not be given to patients."),
    ),
    preparing.PatientConflict: simple(
        409,
        lambda: _("That number belongs to somebody else"),
        lambda: _("Name or birth date do not match the number. Check the wrist band. Nothing was saved."),
    ),
    handover.WrongPin: simple(
        403, lambda: _("That PIN is not right"), lambda: _("After five wrong tries a full sign-in is needed.")
    ),
    papering.ModeNotSaid: simple(
        422, lambda: _("How did they talk?"), lambda: _("Say whether it was here, by video or by phone.")
    ),
    papering.NotPrintable: simple(
        409,
        lambda: _("This form cannot be printed now"),
        lambda: _("The text is recalled or not approved, or a local value is not set. Look at the consent's page."),
    ),
    handover.NothingHeld: simple(
        409, lambda: _("There is nothing to settle"), lambda: _("Somebody may have settled it already.")
    ),
    handover.Recalled: simple(
        409,
        lambda: _("This text has been recalled"),
        lambda: _(
            "Nobody may be given it, and nothing may be signed on it. Choose the current text and release again."
        ),
    ),
    accounts.Closed: to_sign_in(lambda: _("This account is closed"), lambda: _("Ask whoever looks after accounts.")),
    accounts.NewPassword: to_sign_in(
        lambda: _("There is a new password"),
        lambda: _("It was set while you were signing in. Begin again with the new one."),
    ),
    accounts.Elsewhere: to_sign_in(
        lambda: _("Sign in by single sign-on"),
        lambda: _("The hospital’s single sign-on looks after your account. Use it on the sign-in page."),
    ),
    passkeys.NotThatPasskey: simple(
        403,
        lambda: _("That passkey does not open this"),
        lambda: _("Try again, or use your sign-in name and PIN."),
    ),
    single.NotProven: to_sign_in(
        lambda: _("That did not sign you in"),
        lambda: _("Nothing came back that we can rely on. Begin again from the sign-in page."),
    ),
    single.NotAskedAgain: simple(
        403,
        lambda: _("Single sign-on did not ask you again"),
        lambda: _(
            "So it proves nothing. Nobody was signed in, nothing was signed, and a locked desk stays locked. Tell whoever runs this site if it stays."
        ),
    ),
    single.NoPlaceHere: to_sign_in(
        lambda: _("You have no role here"),
        lambda: _(
            "The hospital’s single sign-on knows you, but gives you no role or clinic in this program. Ask whoever looks after accounts."
        ),
    ),
    single.OutOfReach: to_sign_in(
        lambda: _("Single sign-on does not answer"),
        lambda: _("Try again in a minute. Tell whoever runs this site if it stays."),
        status=503,
    ),
    accounts.OwnAccount: simple(
        409,
        lambda: _("This is your own account"),
        lambda: _("You are signed in with it. Another administrator has to do this."),
    ),
    accounts.LastAdministrator: simple(
        409,
        lambda: _("This is the last administrator"),
        lambda: _("Without this account nobody could look after accounts. Make somebody else an administrator first."),
    ),
    misses.TooMany: simple(
        429,
        lambda: _("Too many wrong numbers"),
        lambda: _("Wait an hour, or ask a colleague. Your tries are written down."),
    ),
    archive.Missing: simple(
        500,
        lambda: _("We cannot find this file"),
        lambda: _("Its record is whole, but the sealed file is not where it should be. Tell whoever runs this site."),
    ),
    archive.Damaged: simple(
        500,
        lambda: _("This file has been changed"),
        lambda: _(
            "The sealed file on this server is not the one that was sealed. Do not rely on it. Tell whoever runs this site."
        ),
    ),
    asking.NothingToAnswer: simple(
        409, lambda: _("There is nothing open here"), lambda: _("Somebody may have answered already.")
    ),
    deciding.MayDecideAlone: simple(
        409,
        lambda: _("The patient decides"),
        lambda: _(
            "Somebody else may decide only after a clinician has recorded that the patient is a child or cannot decide this."
        ),
    ),
    deciding.NotAChild: simple(
        409,
        lambda: _("The patient is of age"),
        lambda: _("Nobody decides for them as for a child. Nothing was recorded."),
    ),
    canonical.NotCanonical: simple(
        422, lambda: _("We cannot keep this text"), lambda: _("It holds a sign that is none. Please write it again.")
    ),
    deciding.NotAnAuthority: simple(
        409, lambda: _("The policy does not allow this"), lambda: _("Such a person may not decide for this patient.")
    ),
    discussing.InTheFuture: simple(
        409, lambda: _("That time has not come yet"), lambda: _("A discussion can be recorded after it has happened.")
    ),
    LanguageNotOffered: simple(
        409, lambda: _("Not in this language"), lambda: _("There is no approved text in this language.")
    ),
    BadStrokes: simple(
        422, lambda: _("We could not read the signature"), lambda: _("Please draw it again, or type your name.")
    ),
}


# --- pages for what has no name ---------------------------------------------------------------------------------------


def not_allowed(request, exception=None):
    doorbook.refused(request, 403)
    return shown(
        request, 403, _("You may not do this"), _("Your role does not allow it. Ask a colleague whose role does.")
    )


def not_found(request, exception=None):
    doorbook.refused(request, 404)
    return shown(request, 404, _("There is nothing here"), _("The address may be wrong, or it is not yours to see."))


def forged(request, reason=""):
    """A form without its secret: mostly a page that was open for too long."""
    return shown(request, 403, _("This page was open for too long"), _("Nothing was saved. Please open it again."))


def broken(request):
    return shown(
        request, 500, _("Something went wrong here"), _("It is our fault, not yours. What was saved is still there.")
    )


def locked_out(request, response=None, credentials=None):
    """Too many wrong passwords. The same words for a name that is here and for one that is not."""
    return shown(
        request,
        429,
        _("Too many wrong passwords"),
        _("Wait a quarter of an hour, then try again. With a passkey you can sign in now. If you have forgotten your password, ask whoever looks after accounts."),
        sign_in_page(),
    )  # fmt: skip


def shown(request, status, title, lead, ways=None):
    page = ErrorPage(status, title, lead, ways or way_back(request))
    return render(request, "error.html", page.context(request), status=status)
