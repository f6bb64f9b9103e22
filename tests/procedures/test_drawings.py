"""Drawings are shown as safe SVG, and in the same letters whatever else this process has loaded."""

import subprocess
import sys

from django.conf import settings

from procedures import drawings

SVG = (settings.LIBRARY_DIR / "cervical-nerve-root-injection" / "neck-from-behind.svg").read_text()
SHOW = f"""
import sys; sys.path.insert(0, {str(settings.BASE_DIR)!r})
{{before}}
from procedures import drawings
sys.stdout.write(drawings.shown(open(sys.argv[1]).read(), spots=["left-C6"]))
"""


def shown_after(imports):
    path = settings.LIBRARY_DIR / "cervical-nerve-root-injection" / "neck-from-behind.svg"
    done = subprocess.run(
        [sys.executable, "-c", SHOW.format(before=imports), str(path)], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_library_that_names_its_own_prefixes_changes_no_letter():
    assert shown_after("") == shown_after("import weasyprint.pdf.metadata") == drawings.shown(SVG, spots=["left-C6"])


def test_the_place_of_this_person_is_there_and_no_other():
    shown = drawings.shown(SVG, spots=["left-C6"])
    assert 'id="spot-left-C6"' in shown
    assert 'id="spot-right-C6"' not in shown
    assert "display" not in shown


def test_what_could_run_or_reach_out_is_gone():
    hostile = SVG.replace("</svg>", '<script>1</script><image href="x"/><g onclick="x()" style="fill:red"/></svg>')
    shown = drawings.shown(hostile)
    assert not [word for word in ("script", "image", "onclick", "style", "href") if word in shown]


def test_ids_are_made_unique_by_their_prefix():
    assert 'aria-labelledby="a-neck-title a-neck-desc"' in drawings.shown(SVG, prefix="a-")


def test_there_is_no_disc_between_c1_and_c2():
    assert "no disc between C1 and C2" in SVG


def test_a_value_that_reaches_out_is_dropped_however_it_is_written():
    hostile = '<svg xmlns="http://www.w3.org/2000/svg"><rect fill="&#117;RL(//elsewhere/x)" stroke="u\\72l(x)" width="3"/></svg>'
    assert drawings.shown(hostile) == '<svg xmlns="http://www.w3.org/2000/svg"><rect width="3" /></svg>'
