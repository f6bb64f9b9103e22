"""What the pad keeps of fingers, palms and pens."""

import json

import pytest

from consent import strokes as judge

pytestmark = pytest.mark.browser

PALM = {"number": 7, "radius": 12}


def test_a_finger_leaves_one_stroke_the_server_accepts(tablet):
    tablet.draw()
    assert len(tablet.strokes) == 1
    assert len(tablet.strokes[0]) >= 8
    assert judge.parse(tablet.field).device == "touch"


def test_page_and_server_draw_the_same_line(tablet):
    tablet.draw()
    tablet.tap_glass(650, 90)
    assert tablet.ink == judge.svg_path(judge.parse(tablet.field))


def test_points_lie_where_the_finger_was(tablet):
    tablet.draw(start=(100, 50), end=(900, 350))
    first, last = tablet.strokes[0][0], tablet.strokes[0][-1]
    assert first[:2] == pytest.approx([100, 50], abs=3)
    assert last[:2] == pytest.approx([900, 350], abs=3)
    assert first[3] == 0 <= last[3]


def test_a_stroke_that_leaves_the_box_stays_within_its_numbers(tablet):
    tablet.draw(start=(900, 350), end=(1040, 460))
    judge.parse(tablet.field)


def test_a_mouse_draws_too(tablet):
    mouse = tablet.page.mouse
    mouse.move(*tablet.at(200, 200))
    mouse.down()
    mouse.move(*tablet.at(500, 200), steps=10)
    mouse.up()
    assert judge.parse(tablet.field).device == "mouse"


def test_a_palm_that_lands_first_does_not_lose_the_signature(tablet):
    palm = tablet.finger(900, 350, **PALM)
    tablet.touch("touchStart", palm)
    tablet.draw(resting=[palm])
    tablet.touch("touchMove", tablet.finger(860, 350, **PALM))
    tablet.touch("touchEnd", tablet.finger(860, 350, **PALM))
    assert len(tablet.strokes) == 1
    assert len(tablet.strokes[0]) >= 8
    assert tablet.strokes[0][0][:2] == pytest.approx([200, 300], abs=3)


def test_a_palm_that_lands_second_neither_jumps_nor_leaves_a_dot(tablet):
    palm = tablet.finger(900, 350, **PALM)
    tablet.touch("touchStart", tablet.finger(200, 300))
    tablet.touch("touchMove", tablet.finger(260, 280))
    tablet.touch("touchStart", tablet.finger(260, 280), palm)
    for x in range(280, 400, 20):
        tablet.touch("touchMove", tablet.finger(x, 270), palm)
    tablet.touch("touchEnd", tablet.finger(380, 270))
    tablet.touch("touchMove", tablet.finger(860, 350, **PALM))
    tablet.touch("touchEnd", tablet.finger(860, 350, **PALM))
    assert len(tablet.strokes) == 1
    assert max(point[0] for point in tablet.strokes[0]) < 420


def test_a_wide_contact_is_a_palm(tablet):
    tablet.touch("touchStart", tablet.finger(300, 300, radius=30))
    tablet.touch("touchMove", tablet.finger(500, 300, radius=30))
    tablet.touch("touchEnd", tablet.finger(500, 300, radius=30))
    tablet.tap_glass(300, 300, radius=30)
    assert tablet.field == ""


def test_a_tap_is_a_dot_even_beside_a_resting_palm(tablet):
    palm = tablet.finger(900, 350, **PALM)
    tablet.touch("touchStart", palm)
    tablet.touch("touchStart", palm, tablet.finger(300, 100))
    tablet.touch("touchEnd", tablet.finger(300, 100))
    tablet.touch("touchEnd", palm)
    assert [len(stroke) for stroke in tablet.strokes] == [1]
    assert tablet.strokes[0][0][:2] == pytest.approx([300, 100], abs=3)


def test_a_pen_writes_with_its_pressure(tablet):
    tablet.write()
    assert judge.parse(tablet.field).device == "pen"
    assert tablet.strokes[0][3][2] == pytest.approx(700, abs=5)


def test_touch_is_ignored_while_the_pen_writes_and_shortly_after(tablet):
    tablet.write()
    tablet.draw()
    assert len(tablet.strokes) == 1
    tablet.page.wait_for_timeout(1600)
    tablet.draw()
    assert len(tablet.strokes) == 2


def test_a_pen_takes_over_from_a_sliding_palm(tablet):
    tablet.touch("touchStart", tablet.finger(900, 350, **PALM))
    tablet.touch("touchMove", tablet.finger(860, 350, **PALM))
    tablet.write()
    tablet.touch("touchEnd", tablet.finger(860, 350, **PALM))
    assert len(tablet.strokes) == 1
    assert judge.parse(tablet.field).device == "pen"


def test_what_the_system_takes_away_is_kept_as_drawn(tablet):
    tablet.touch("touchStart", tablet.finger(200, 300))
    for x in range(220, 400, 20):
        tablet.touch("touchMove", tablet.finger(x, 300))
    tablet.touch("touchCancel")
    assert len(tablet.strokes) == 1
    assert tablet.status == "Signature drawn."
    tablet.draw()
    assert len(tablet.strokes) == 2


def test_turning_the_tablet_only_redraws(tablet):
    tablet.draw()
    before, ink = tablet.field, tablet.ink
    tablet.page.set_viewport_size({"width": 1024, "height": 768})
    assert (tablet.field, tablet.ink) == (before, ink)
    tablet.draw(start=(200, 200), end=(400, 200))
    assert tablet.strokes[0] == json.loads(before)["strokes"][0]
    assert tablet.strokes[1][0][:2] == pytest.approx([200, 200], abs=3)


def test_drawing_does_not_scroll_the_page(tablet):
    tablet.page.set_viewport_size({"width": 768, "height": 400})
    tablet.look()
    before = tablet.page.evaluate("scrollY")
    tablet.draw(start=(300, 350), end=(300, 60))
    assert tablet.page.evaluate("scrollY") == before


def test_undo_takes_the_last_stroke_and_says_so(tablet):
    tablet.draw()
    tablet.draw(start=(300, 100), end=(500, 300))
    undo = tablet.page.get_by_role("button", name="Undo")
    undo.tap()
    assert len(tablet.strokes) == 1
    assert tablet.status == "Signature drawn."
    undo.tap()
    assert (tablet.field, tablet.ink, tablet.status) == ("", "", "The box is empty.")


def test_start_again_empties_the_box(tablet):
    tablet.draw()
    tablet.draw()
    tablet.page.get_by_role("button", name="Start again").tap()
    assert (tablet.field, tablet.ink, tablet.status) == ("", "", "The box is empty.")


def test_drawing_chooses_the_way_to_sign(tablet):
    tablet.page.get_by_label("Type my name").check()
    tablet.draw()
    assert tablet.page.get_by_label("Draw my name").is_checked()


def test_a_very_long_drawing_stays_within_what_the_server_takes(tablet):
    mouse = tablet.page.mouse
    mouse.move(*tablet.at(10, 10))
    mouse.down()
    tablet.page.evaluate(SCRIBBLE)
    mouse.up()
    assert sum(map(len, tablet.strokes)) <= 5000
    judge.parse(tablet.field)


# Far more moves than a hand makes, as the browser would report them for the mouse that is down.
SCRIBBLE = """() => {
  const pad = document.querySelector('.pad'), box = pad.getBoundingClientRect();
  for (let i = 0; i < 9000; i++) {
    const clientX = box.left + (i % 2 ? 10 : box.width - 10), clientY = box.top + (i * 7) % box.height;
    pad.dispatchEvent(new PointerEvent('pointermove', { pointerId: 1, pointerType: 'mouse', clientX, clientY }));
  }
}"""


def test_without_script_the_pad_stays_hidden_and_the_typed_name_is_there(chromium, desk):
    context = chromium.new_context(java_script_enabled=False, base_url=f"http://127.0.0.1:{desk.server_port}")
    page = context.new_page()
    page.goto("/sign")
    assert page.locator("#by-draw").is_hidden()
    assert page.locator("#way-draw").is_hidden()
    assert page.get_by_label("Type your full name").is_visible()
    context.close()


def test_with_script_the_pad_is_shown(tablet):
    assert tablet.page.locator("#by-draw").is_visible()
    assert tablet.page.locator("#way-draw").is_visible()
