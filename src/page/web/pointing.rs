//! Pointing at rounds: a round that is pointed at anywhere is marked in every chart, on the timeline and in the tables, and
//! a chart says what it shows of the place that is pointed at. The arrow keys do the same on a chart that has the focus.

use crate::web::{
    app::{App, with_app},
    chart_canvas::ChartCanvas,
    dom,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, KeyboardEvent, PointerEvent};

/// Installs the listeners.
pub(super) fn listen() -> Result<(), JsValue> {
    let body = dom::body()?;
    dom::add_listener(&body, "pointermove", on_pointer);
    dom::add_listener(&body, "pointerdown", on_pointer);
    dom::add_listener(&body, "keydown", |event: KeyboardEvent| {
        let step = match &*event.key() {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            _ => return,
        };
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        let moved = with_app(|app| app.step_mark(&target, step));
        if moved == Some(true) {
            event.prevent_default();
        }
    });
    Ok(())
}

fn on_pointer(event: PointerEvent) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let place = (f64::from(event.client_x()), f64::from(event.client_y()));
    let x = f64::from(event.offset_x());
    with_app(|app| app.point_at(&target, x, place));
}

impl App {
    /// Marks what the pointer is at. `x` is in CSS pixels from the left of the target, `place` in the window.
    fn point_at(&mut self, target: &Element, x: f64, place: (f64, f64)) {
        if let Some(at) = self.view.plots.iter().position(|plot| ***plot.canvas() == *target) {
            let stops = self.view.plots[at].stops();
            let nearest = stops
                .iter()
                .enumerate()
                .min_by(|one, other| (one.1.x - x).abs().total_cmp(&(other.1.x - x).abs()));
            let nearest = nearest.map(|(stop, _)| stop);
            self.mark_stop(at, nearest, Some(place));
            return;
        }
        let cell = target.closest("[data-mark-round], #rounds tr[data-round]").ok().flatten();
        let number = |name: &str| cell.as_ref()?.get_attribute(name)?.parse().ok();
        let round = number("data-mark-round").or_else(|| number("data-round"));
        self.mark(round, None, None);
    }

    /// Goes on to the next stop of a chart that has the focus. Returns whether there is one.
    fn step_mark(&mut self, target: &Element, step: isize) -> bool {
        let Some(at) = self.view.plots.iter().position(|plot| ***plot.canvas() == *target) else {
            return false;
        };
        let plot = &self.view.plots[at];
        let count = plot.stops().len();
        if count == 0 {
            return false;
        }
        let number = if plot.has_rounds() { self.view.marked_round } else { plot.marked() };
        let now = number.and_then(|number| plot.stops().iter().position(|stop| stop.number == number));
        let next = match (now, step > 0) {
            (Some(now), _) => now.saturating_add_signed(step).min(count - 1),
            (None, true) => 0,
            (None, false) => count - 1,
        };
        let frame = plot.canvas().get_bounding_client_rect();
        let place = (frame.left() + plot.stops()[next].x, frame.top() + frame.height() / 2.0);
        let reading = plot.reading(plot.stops()[next].number);
        self.view.say(&reading);
        self.mark_stop(at, Some(next), Some(place));
        true
    }

    fn mark_stop(&mut self, at: usize, stop: Option<usize>, place: Option<(f64, f64)>) {
        let plot: &ChartCanvas = &self.view.plots[at];
        let stop = stop.and_then(|stop| plot.stops().get(stop));
        let reading = stop.map(|stop| plot.reading(stop.number)).filter(|reading| !reading.is_empty());
        let number = stop.map(|stop| stop.number);
        match plot.has_rounds() {
            true => self.mark(number, None, reading.zip(place)),
            false => self.mark(None, number.map(|number| (at, number)), reading.zip(place)),
        }
    }

    /// Marks a round everywhere, or what only one chart has: the chart's place in the list, and the number of its iteration
    /// or ring. Shows a reading at a place in the window.
    fn mark(
        &mut self,
        round: Option<u32>,
        in_chart: Option<(usize, u32)>,
        said: Option<(String, (f64, f64))>,
    ) {
        let view = &mut self.view;
        view.show_reading(said);
        let mut changed = round != view.marked_round;
        for (at, plot) in view.plots.iter_mut().enumerate() {
            if !plot.has_rounds() {
                changed |= plot.mark(in_chart.filter(|marked| marked.0 == at).map(|marked| marked.1));
            } else if round != view.marked_round {
                plot.mark_dirty();
            }
        }
        if round != view.marked_round {
            view.marked_round = round;
            mark_elements(round);
        }
        if changed {
            self.request_frame();
        }
    }
}

/// Marks the elements that stand for a round, and no others.
fn mark_elements(round: Option<u32>) {
    let each = |selector: &str, act: &dyn Fn(HtmlElement)| {
        let Ok(list) = dom::document().query_selector_all(selector) else { return };
        (0..list.length()).filter_map(|at| list.get(at)?.dyn_into().ok()).for_each(act);
    };
    each("[data-marked]", &|element| _ = element.remove_attribute("data-marked"));
    if let Some(round) = round {
        let selector = format!(
            "[data-mark-round=\"{round}\"], #rounds tr[data-round=\"{round}\"], #votes [data-round=\"{round}\"]"
        );
        each(&selector, &|element| dom::set_attribute(&element, "data-marked", "1"));
    }
}
