"""The demonstration's front door: who to sign in as, and a way to be the patient at once. Not there in production."""

from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from consent import demo, events, handover


@require_GET
def front_door(request):
    staff = [{"username": username, "name": name, "title": title} for username, (name, title, _) in demo.STAFF.items()]
    context = {"staff": staff, "password": demo.PASSWORD, "pin": demo.PIN, "waiting": demo.first_waiting()}
    return render(request, "desk/demo.html", context)


@require_POST
def be_the_patient(request):
    """Hand this browser over as the nurse of the demonstration would."""
    episode = demo.first_waiting()
    if episode is None:
        return redirect("demo")
    hand = handover.hand_over(
        episode=episode,
        party=episode.decision_maker,
        by=events.staff(demo.user("bo"), "demonstration"),
        said_name_and_birth_date=True,
    )
    request.session.flush()
    request.session["hand_over"], request.session["language"] = str(hand.pk), episode.language
    return redirect("walk:go-on")


demo_urls = [
    path("demo/", front_door, name="demo"),
    path("demo/patient/", be_the_patient, name="demo-patient"),
]
