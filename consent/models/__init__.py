"""The rows of consent, one module per subject."""

from consent.models.answer import Answer, StepDraft
from consent.models.disclosure import Disclosure, Release
from consent.models.discussion import Assessment, Discussion
from consent.models.episode import Episode, EpisodeItem, Status, Tailoring
from consent.models.event import Access, Event, EventPayload
from consent.models.glass import BreakGlass, BreakGlassEnd, BreakGlassReview
from consent.models.invitation import Invitation
from consent.models.party import HandOver, Party, Role
from consent.models.patient import Patient, PatientIdentifier
from consent.models.question import Question, Reply
from consent.models.record import Record, RecordFile, Scan, SealKey
from consent.models.signature import Signature
from consent.models.sitting import Proof, Sitting, ToSign
from consent.models.work import Work

__all__ = [
    "Access", "Answer", "Assessment", "BreakGlass", "BreakGlassEnd", "BreakGlassReview", "Disclosure", "Discussion", "Episode", "EpisodeItem", "Event", "EventPayload",
    "HandOver", "Invitation", "Party", "Patient", "PatientIdentifier", "Proof", "Question", "Record", "RecordFile", "Release",
    "Reply", "Role", "Scan", "SealKey", "Signature", "Sitting", "Status", "StepDraft", "Tailoring", "ToSign", "Work",
]  # fmt: skip
