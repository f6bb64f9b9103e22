"""The same consent on paper: print the form that a person may sign by hand, and take the signed scan back in."""

from consent.papering.attaching import ModeNotSaid, NotAClinician, WrongTime, attach
from consent.papering.blanks import NotPrintable, blank_for_episode, blank_for_version
from consent.papering.scans import NotAScan

__all__ = [
    "ModeNotSaid",
    "NotAClinician",
    "NotAScan",
    "NotPrintable",
    "WrongTime",
    "attach",
    "blank_for_episode",
    "blank_for_version",
]
