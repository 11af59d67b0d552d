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
    cost::{self, CostChart},
    curves::{self, CurvesChart},
    distance::{self, DistanceChart},
    layers::{self, LayersChart},
    rounds::{self, RoundsChart},
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
    /// What can be pointed at: rounds, in the chart of curves iterations, and in that of distances rings.
    stops: Vec<Stop>,
    /// The data that are drawn.
    drawn: Option<Drawn>,
    /// The iteration or the ring that is marked, in a chart that has those.
    marked: Option<u32>,
}

/// Something that can be pointed at in a chart.
pub(super) struct Stop {
    /// Its place in CSS pixels from the left.
    pub(super) x: f64,
    /// The round, the iteration or the ring.
    pub(super) number: u32,
}

/// The data of a chart.
enum Drawn {
    Curves(CurvesChart),
    Rounds(RoundsChart),
    Layers(LayersChart),
    Cost(CostChart),
    Distance(DistanceChart),
}

impl ChartCanvas {
    /// The chart on the canvas with this id.
    pub(super) fn new(id: &str, kind: ChartKind) -> Result<ChartCanvas, JsValue> {
        let canvas: HtmlCanvasElement = dom::by_id(id);
        let missing = || JsValue::from_str("index.html has a chart without its holder");
        let holder = canvas.parent_element().ok_or_else(missing)?;
        let empty = holder.query_selector(".empty")?.ok_or_else(missing)?;
        let holder = wasm_bindgen::JsCast::unchecked_into(holder);
        Ok(ChartCanvas {
            kind,
            canvas,
            holder,
            empty,
            size: (0.0, 0.0),
            dirty: true,
            stops: Vec::new(),
            drawn: None,
            marked: None,
        })
    }

    /// The element that holds the canvas. Its size determines the size of the chart.
    pub(super) fn holder(&self) -> &Element {
        &self.holder
    }

    /// Whether the chart shows running jobs.
    pub(super) fn is_live(&self) -> bool {
        self.kind == ChartKind::Curves
    }

    /// Whether what can be pointed at are rounds, which are marked everywhere.
    pub(super) fn has_rounds(&self) -> bool {
        !matches!(self.kind, ChartKind::Curves | ChartKind::Distance)
    }

    /// The canvas.
    pub(super) fn canvas(&self) -> &HtmlCanvasElement {
        &self.canvas
    }

    /// What the chart says of something that can be pointed at.
    pub(super) fn reading(&self, number: u32) -> String {
        match &self.drawn {
            Some(Drawn::Curves(data)) => curves::reading(data, number),
            Some(Drawn::Rounds(data)) => rounds::reading(data, number as usize),
            Some(Drawn::Layers(data)) => layers::reading(data, number as usize),
            Some(Drawn::Cost(data)) => cost::reading(data, number),
            Some(Drawn::Distance(data)) => distance::reading(data, number as usize),
            None => String::new(),
        }
    }

    /// What can be pointed at.
    pub(super) fn stops(&self) -> &[Stop] {
        &self.stops
    }

    /// Marks an iteration or a ring of a chart that has those, or none. Returns whether it was another one before.
    pub(super) fn mark(&mut self, number: Option<u32>) -> bool {
        let changed = number != self.marked;
        self.dirty |= changed;
        self.marked = number;
        changed
    }

    /// The iteration or the ring that is marked.
    pub(super) fn marked(&self) -> Option<u32> {
        self.marked
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
        marked_round: Option<u32>,
        (theme, scale): (Theme, f64),
    ) -> Result<(), String> {
        self.dirty = false;
        if self.size.0 < 1.0 || self.size.1 < 1.0 {
            return Ok(());
        }
        let style = ChartStyle::new(theme, scale, self.size.0);
        let (canvas, size) = (&self.canvas, self.size);
        let stop = |(x, number): (i32, u32)| Stop { x: f64::from(x) / scale, number };
        let mut stops = Vec::new();
        let (empty, words, drawn) = match self.kind {
            ChartKind::Curves => {
                let mut data = chart_data::accuracy_curves(results, selection, pinned);
                data.marked = self.marked;
                let mut places = Vec::new();
                draw_on_canvas(canvas, size, &style, |area| {
                    places = curves::iteration_positions(area, &data, &style);
                    curves::draw(area, &data, &style)
                })?;
                stops = places.into_iter().zip(curves::iterations(&data)).map(stop).collect();
                dom::set_attribute(canvas, "data-end", &curves::end(&data));
                (data.is_empty().then_some(curves::EMPTY), curves::describe(&data), Drawn::Curves(data))
            }
            ChartKind::Rounds(metric) => {
                let mut data = chart_data::metric_by_round(
                    results,
                    selection,
                    metric.unwrap_or(selection.metric),
                    pinned,
                );
                data.marked = marked_round.map(|round| round as usize);
                let mut places = Vec::new();
                draw_on_canvas(canvas, size, &style, |area| {
                    places = rounds::round_positions(area, &data, &style);
                    rounds::draw(area, &data, &style)
                })?;
                stops = places.into_iter().zip(0..).map(stop).collect();
                (data.empty(), rounds::describe(&data), Drawn::Rounds(data))
            }
            ChartKind::Layers => {
                let mut data = chart_data::layers_left(results);
                data.marked = marked_round.map(|round| round as usize);
                let mut places = Vec::new();
                draw_on_canvas(canvas, size, &style, |area| {
                    places = layers::round_positions(area, &data, &style);
                    layers::draw(area, &data, &style)
                })?;
                stops = places.into_iter().zip(0..).map(stop).collect();
                (data.is_empty().then_some(layers::EMPTY), layers::describe(&data), Drawn::Layers(data))
            }
            ChartKind::Distance => {
                let data = chart_data::survivors_by_distance(results);
                let mut places = Vec::new();
                draw_on_canvas(canvas, size, &style, |area| {
                    places = distance::ring_positions(area, &data, &style);
                    distance::draw(area, &data, &style)
                })?;
                if !data.is_empty() {
                    stops = places.into_iter().zip(0..).map(stop).collect();
                }
                (data.is_empty().then_some(distance::EMPTY), distance::describe(&data), Drawn::Distance(data))
            }
            ChartKind::Cost => {
                let data = chart_data::round_costs(results, selection);
                let mut places = Vec::new();
                draw_on_canvas(canvas, size, &style, |area| {
                    places = cost::round_positions(area, &data, &style);
                    cost::draw(area, &data, &style)
                })?;
                stops = places.into_iter().map(stop).collect();
                (data.is_empty().then_some(cost::EMPTY), cost::describe(&data), Drawn::Cost(data))
            }
        };
        (self.stops, self.drawn) = (stops, Some(drawn));
        let empty = empty.map(|empty| if selection.is_empty() { NO_ARM_SHOWN } else { empty });
        self.empty.set_text_content(Some(empty.unwrap_or_default()));
        let _ = self.empty.toggle_attribute_with_force("hidden", empty.is_none());
        dom::set_attribute(&self.canvas, "aria-label", empty.unwrap_or(&words));
        dom::set_attribute(&self.canvas, "data-shown", &results.moment().to_string());
        Ok(())
    }
}
