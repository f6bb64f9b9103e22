"""Parts 9 and 10: what binds the record, how it can be checked, and where its figures come from."""

from django.conf import settings
from django.utils.translation import gettext as _

from consent import disclosure as disclosing
from consent import policy, wording
from consent.records import shape
from consent.records.compose.story import CITED
from consent.records.compose.told import paragraph, part
from consent.records.compose.words import at_clock, day, sentences
from consent.steps import LANGUAGES


def marks(story):
    """What stands at the edge of every page."""
    found = []
    if settings.DEMO or settings.DEBUG:
        found.append(story.both(lambda: _("DEMONSTRATION: NOT FOR CLINICAL USE")))
    if not all(item["approved"] for item in story.items):
        found.append(story.both(lambda: _("Text not yet approved by this hospital")))
    return found


# --- what binds ------------------------------------------------------------------------------------------------------


def bound(story):
    rules, last, last_word = policy.current(), story.events[-1], story.withdrawal
    return shape.Bound(
        disclosure=story.disclosure.digest,
        answers=[*(walk.answers_digest for walk in story.walks), *([last_word.digest] if last_word else [])],
        chain_head=last.hash,
        chain_sequence=last.seq,
        policy=f"{rules.slug} {rules.version}",
        policy_digest=rules.digest,
        previous=[each.digest for each in earlier(story)],
        versions=[
            shape.Version(
                procedure=item["procedure"],
                version=item["version"],
                language=story.language,
                digest=item["version_digest"],
            )
            for item in versions(story)
        ],
    )


def earlier(story):
    """The records before this one, newest first."""
    record, found = story.previous, []
    while record is not None:
        found.append(record)
        record = record.previous
    return found


def versions(story):
    """One item of each version that was used."""
    return list({item["version_digest"]: item for item in story.items}.values())


# --- how it can be checked -------------------------------------------------------------------------------------------


def checks(story, number):
    binds = bound(story)
    rows = [
        evidence(_("Disclosure digest"), _("what was told, frozen"), digests=[binds.disclosure]),
        evidence(_("Answers digest"), _("what was answered"), digests=binds.answers),
        evidence(
            _("Audit chain head"),
            _("event %(number)s of this episode, before this record") % {"number": binds.chain_sequence},
            digests=[binds.chain_head],
        ),
        *(signature(story, each) for each in story.signatures),
        *(content(story, each) for each in versions(story)),
        evidence(_("Language"), text=language(story)),
        evidence(_("Rules in force"), text=rules(), digests=[binds.policy_digest]),
        previous(story),
        evidence(_("Time"), text=_("Taken from the hospital's own clock; no outside time stamp")),
        evidence(_("Inside this file"), text=_("record.json holds every word of this record for a machine to read.")),
        evidence(
            _("To check it"),
            text=_(
                "Open “Verify a record” in Plain Consent and choose this file, or compare the record digest above "
                "with the hospital's list. Any change to the file breaks its seal."
            ),
        ),
    ]
    proof = shape.Proof(digest_label=_("Record digest, SHA-256"), rows=rows)
    return part("proof", number, _("How this record can be checked"), [proof])


def evidence(label, note=None, text=None, digests=()):
    return shape.Evidence(label=label, note=note, text=text, digests=digests)


def signature(story, each):
    """A clinician may have signed what was told in another language: then it was other words that were signed."""
    label, text, digests = _("Signature of %(name)s") % {"name": each.printed_name}, None, [each.digest]
    if each.disclosure.digest != story.disclosure.digest:
        name = LANGUAGES.get(each.disclosure.language, each.disclosure.language)
        text = _("Signed on the text in %(language)s; below, the disclosure digest of that text.") % {"language": name}
        digests.append(each.disclosure.digest)
    return evidence(label, str(each.get_meaning_display()), text=text, digests=digests)


def content(story, item):
    version = disclosing.version_of(item)
    approved = [each for each in version.state_rows.order_by("id") if each.state == "approved" and not each.language]
    name = _("%(name)s, version %(number)s, of %(day)s") % {
        "name": item["medical"],
        "number": item["version"],
        "day": day(version.made_at),
    }
    who = (
        _("Approved by %(who)s, %(day)s.") % {"who": approved[-1].by_name, "day": day(approved[-1].at)}
        if approved
        else ""
    )
    text = sentences(f"{name}.", who if item["approved"] else _("Not yet approved by this hospital."))
    return evidence(_("Content version"), text=text, digests=[item["version_digest"]])


def language(story):
    told = story.told
    if story.language == told["source_language"]:
        return _("%(language)s, the language it was written in") % {"language": story.language_name}
    words = {"language": story.language_name, "who": told["translator"]}
    by = _("%(language)s, translated by %(who)s") if words["who"] else _("%(language)s, a translation")
    return sentences(f"{(by % words).rstrip('.')}.", *approvals(story))


def approvals(story):
    """Who approved the translation of each version, by its newest approval."""
    for item in versions(story):
        rows = disclosing.version_of(item).state_rows.filter(state="approved", language=story.language)
        newest = rows.order_by("-id").first()
        if newest:
            yield _("Approved by %(who)s, %(day)s.") % {"who": newest.by_name, "day": day(newest.at)}


def rules():
    current = policy.current()
    words = {"name": current.name, "version": current.version, "day": wording.day(current.in_force_from)}
    return _("%(name)s, version %(version)s, in force from %(day)s") % words


def previous(story):
    found = earlier(story)
    if not found:
        return evidence(_("Earlier records"), text=_("None; the first record of this episode"))
    names = "; ".join(f"{each.get_kind_display()}, {at_clock(each.at)}" for each in found)
    return evidence(_("Earlier records"), text=names, digests=[each.digest for each in found])


# --- where the figures come from -------------------------------------------------------------------------------------


def sources(story, number):
    found = {each["key"]: each for key in CITED for each in (story.page(key) or {}).get("sources", ())}
    references = [
        shape.Reference(number=str(place), text=sentences(found[key]["citation"], found[key]["note"]), code=key)
        for key, place in story.source_numbers.items()
    ]
    block = shape.References(references=references) if references else None
    none = None if references else paragraph(_("No page with figures was shown."))
    return part("sources", number, _("Where the figures come from"), [block, none])
