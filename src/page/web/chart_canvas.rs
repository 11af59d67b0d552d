//! The charts on their canvases. Each keeps its size and whether it has to be redrawn.

use crate::web::dom;
use crate::{
    chart_data::{self},
    chart_selection::ChartSelection,
    metric::Metric,
    pinned_runs::PinnedRuns,
    shown_results::ShownResults,
};
use chart::{
    cost, curves, distance, layers, rounds,
    style::{ChartStyle, Theme},
    web::draw_on_canvas,
};
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlCanvasElement, HtmlElement};

/// The text of a chart in which no arm is shown.
const NO_ARM_SHOWN: &str = "All arms are switched off in the legend.";

/// The kinds of charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChartKind {
    /// Accuracy while training.
    Curves,
    /// A metric by weights left: the given one, or the one that the user has chosen if none is given.
    Rounds(Option<Metric>),
    /// Weights left in each layer.
    Layers,
    /// The cost of the rounds.
    Cost,
    /// Where in the image weights survive.
    Distance,
}

/// A chart on the page.
pub(super) struct ChartCanvas {
    kind: ChartKind,
    canvas: HtmlCanvasElement,
    holder: HtmlElement,
    empty: Element,
    size: (f64, f64),
    dirty: bool,
}

impl ChartCanvas {
    /// The chart on the canvas with this id.
    pub(super) fn new(id: &str, kind: ChartKind) -> Result<ChartCanvas, JsValue> {
        let canvas: HtmlCanvasElement = dom::by_id(id)?;
        let missing = || JsValue::from_str("index.html has a chart without its holder");
        let holder = canvas.parent_element().ok_or_else(missing)?;
        let empty = holder.query_selector(".empty")?.ok_or_else(missing)?;
        let holder = wasm_bindgen::JsCast::unchecked_into(holder);
        Ok(ChartCanvas { kind, canvas, holder, empty, size: (0.0, 0.0), dirty: true })
    }

    /// The element that holds the canvas. Its size determines the size of the chart.
    pub(super) fn holder(&self) -> &Element {
        &self.holder
    }

    /// Whether the chart shows running jobs.
    pub(super) fn is_live(&self) -> bool {
        self.kind == ChartKind::Curves
    }

    /// Marks the chart for a redraw.
    pub(super) fn mark_dirty(&mut self) {
        self.dirty = true;
    }

    /// Whether the chart has to be redrawn.
    pub(super) fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Reads the size of the chart from the page.
    pub(super) fn measure(&mut self) {
        let size = (f64::from(self.holder.client_width()), f64::from(self.holder.client_height()));
        self.dirty |= size != self.size;
        self.size = size;
    }

    /// Draws the chart if there is room for it.
    pub(super) fn draw(
        &mut self,
        results: ShownResults<'_>,
        selection: &ChartSelection,
        pinned: &PinnedRuns,
        theme: Theme,
        scale: f64,
    ) -> Result<(), String> {
        self.dirty = false;
        if self.size.0 < 1.0 || self.size.1 < 1.0 {
            return Ok(());
        }
        let style = ChartStyle::new(theme, scale, self.size.0);
        let (canvas, size) = (&self.canvas, self.size);
        let (empty, words) = match self.kind {
            ChartKind::Curves => {
                let data = chart_data::accuracy_curves(results, selection, pinned);
                draw_on_canvas(canvas, size, &style, |area| curves::draw(area, &data, &style))?;
                (data.is_empty().then_some(curves::EMPTY), curves::describe(&data))
            }
            ChartKind::Rounds(metric) => {
                let data = chart_data::metric_by_round(
                    results,
                    selection,
                    metric.unwrap_or(selection.metric),
                    pinned,
                );
                draw_on_canvas(canvas, size, &style, |area| rounds::draw(area, &data, &style))?;
                (data.empty(), rounds::describe(&data))
            }
            ChartKind::Layers => {
                let data = chart_data::layers_left(results);
                draw_on_canvas(canvas, size, &style, |area| layers::draw(area, &data, &style))?;
                (data.is_empty().then_some(layers::EMPTY), layers::describe(&data))
            }
            ChartKind::Distance => {
                let data = chart_data::survivors_by_distance(results);
                draw_on_canvas(canvas, size, &style, |area| distance::draw(area, &data, &style))?;
                (data.is_empty().then_some(distance::EMPTY), distance::describe(&data))
            }
            ChartKind::Cost => {
                let data = chart_data::round_costs(results, selection);
                draw_on_canvas(canvas, size, &style, |area| cost::draw(area, &data, &style))?;
                (data.is_empty().then_some(cost::EMPTY), cost::describe(&data))
            }
        };
        let empty = empty.map(|empty| if selection.is_empty() { NO_ARM_SHOWN } else { empty });
        self.empty.set_text_content(Some(empty.unwrap_or_default()));
        let _ = self.empty.toggle_attribute_with_force("hidden", empty.is_none());
        dom::set_attribute(&self.canvas, "aria-label", empty.unwrap_or(&words));
        dom::set_attribute(&self.canvas, "data-shown", &results.moment().to_string());
        Ok(())
    }
}
