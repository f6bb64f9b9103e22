"""One field of each kind, as a page author would write it."""

from django import forms

from consent.clear import (
    Chips,
    ChipTicks,
    Choice,
    ClearForm,
    DayMonthYear,
    Mine,
    Pick,
    Pin,
    Radios,
    Seg,
    Tick,
    Ticks,
)

YES_NO = [("yes", "Yes"), ("no", "No"), ("unsure", "Not sure")]
LEVELS = [("C5", "C5"), ("C6", "C6")]
SIDES = [
    ("left", Choice("My left arm", picture="components/pictures/arm_left.html")),
    ("right", Choice("My right arm", picture="components/pictures/arm_right.html")),
]
MUCH = [("main", Choice("The main points", small="Tap for more")), ("all", "Everything")]


class EveryKind(ClearForm):
    text = forms.CharField(label="What are you allergic to?", help_text="If you do not know, write “not sure”.")
    textarea = forms.CharField(label="In your own words", widget=forms.Textarea, required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    pin = forms.CharField(label="Your PIN", widget=Pin)
    number = forms.IntegerField(label="How many?", widget=forms.NumberInput(attrs={"class": "box-short"}))
    select = forms.ChoiceField(label="Responsible clinician", choices=[("", "Choose one"), ("a", "Dr Sam Example")])
    radios = forms.ChoiceField(label="Do you take a blood thinner?", choices=YES_NO, widget=Radios(columns=3))
    heading = forms.ChoiceField(
        label="How much do you want to know?", help_text="All are fine.", choices=MUCH, widget=Radios(heading=True)
    )
    ticks = forms.MultipleChoiceField(label="What matters?", help_text="Any.", choices=YES_NO, widget=Ticks(columns=2))
    chips = forms.ChoiceField(label="Level", choices=LEVELS, widget=Chips)
    chip_ticks = forms.MultipleChoiceField(label="Levels", choices=LEVELS, widget=ChipTicks)
    tick = forms.BooleanField(label="I have read this record and sign it.", widget=Tick)
    mine = forms.BooleanField(label="This matters to me", required=False, widget=Mine(describedby="risk-1-h"))
    seg = forms.ChoiceField(label="I had enough time.", choices=[*YES_NO, ("talk", "Talk first")], widget=Seg)
    pick = forms.ChoiceField(label="Which arm hurts?", choices=SIDES, widget=Pick)
    born = forms.DateField(label="When were you born?", help_text="For example 14 March 1961", widget=DayMonthYear)
    file = forms.FileField(label="A scan of the paper")
    hidden = forms.CharField(widget=forms.HiddenInput, initial="key")
