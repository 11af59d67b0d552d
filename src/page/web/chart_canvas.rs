//! The charts on their canvases. Each keeps its size and whether it has to be redrawn.

use crate::web::dom;
use crate::{
    chart_data::{self},
    chart_selection::ChartSelection,
    exports::Picture,
    mask_charts,
    metric::Metric,
    pinned_runs::PinnedRuns,
    shown_results::ShownResults,
};
use chart::{
    DrawResult,
    cost::{self, CostChart},
    curves::{self, CurvesChart},
    distance::{self, DistanceChart},
    layers::{self, LayersChart},
    rounds::{self, RoundsChart},
    style::{ChartStyle, Theme},
    web::{MeasuringBackend, draw_as_svg, draw_on_canvas},
};
use plotters::{coord::Shift, drawing::DrawingArea, style::WHITE};
use texts::text;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlCanvasElement, HtmlElement};

/// The size in CSS pixels of a picture whose chart is not shown.
const SIZE_IF_NOT_SHOWN: (f64, f64) = (640.0, 400.0);

/// The white around a picture, in CSS pixels.
const PICTURE_MARGIN: f64 = 8.0;

/// The pixels of a PNG file for each CSS pixel.
const PNG_SCALE: f64 = 2.0;

type Area<'a> = DrawingArea<MeasuringBackend<'a>, Shift>;

/// The kinds of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PictureEnding {
    /// Lines and texts.
    Svg,
    /// Pixels, two for each CSS pixel.
    Png,
}

impl PictureEnding {
    /// The ending of the file's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            PictureEnding::Svg => "svg",
            PictureEnding::Png => "png",
        }
    }
}

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
    /// Whether the inputs of a unit lie side by side.
    Locality,
    /// What the masks of two trials have in common.
    Overlap,
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
        let drawn = Drawn::new(self.kind, results, selection, pinned, (marked_round, self.marked));
        let mut stops = Vec::new();
        draw_on_canvas(&self.canvas, self.size, &style, |area| {
            stops = drawn.stops(area, &style);
            drawn.paint(area, &style)
        })?;
        let stop = |(x, number): (i32, u32)| Stop { x: f64::from(x) / scale, number };
        self.stops = stops.into_iter().map(stop).collect();
        if let Drawn::Curves(data) = &drawn {
            dom::set_attribute(&self.canvas, "data-end", &curves::end(data));
        }
        let (empty, words) = (drawn.empty(), drawn.describe());
        self.drawn = Some(drawn);
        let empty = empty.map(|empty| if selection.is_empty() { text("legend.all_off") } else { empty });
        self.empty.set_text_content(Some(empty.unwrap_or_default()));
        let _ = self.empty.toggle_attribute_with_force("hidden", empty.is_none());
        dom::set_attribute(&self.canvas, "aria-label", empty.unwrap_or(&words));
        dom::set_attribute(&self.canvas, "data-shown", &results.moment().to_string());
        Ok(())
    }

    /// The chart as a picture for a file with this ending, or `None` if it has no data. It is drawn anew, for light
    /// paper, as large as on the page; where it is not shown there, in a size that suits most uses.
    pub(super) fn picture(
        &self,
        results: ShownResults<'_>,
        selection: &ChartSelection,
        pinned: &PinnedRuns,
        ending: PictureEnding,
    ) -> Result<Option<Picture>, String> {
        let drawn = Drawn::new(self.kind, results, selection, pinned, (None, None));
        if drawn.empty().is_some() {
            return Ok(None);
        }
        let size = if self.size.0 < 1.0 || self.size.1 < 1.0 { SIZE_IF_NOT_SHOWN } else { self.size };
        let size = (size.0 + 2.0 * PICTURE_MARGIN, size.1 + 2.0 * PICTURE_MARGIN);
        let paper: HtmlCanvasElement = dom::new_element("canvas", "", "").unchecked_into();
        let style = ChartStyle::new(Theme::Light, PNG_SCALE, size.0);
        let text = match ending {
            PictureEnding::Svg => {
                let title = self.holder.closest("figure").ok().flatten();
                let title = title.and_then(|figure| figure.query_selector("h2").ok().flatten());
                let title = title.and_then(|title| title.text_content()).unwrap_or_default();
                draw_as_svg(&paper, size, (&title, &drawn.describe()), &style, |area, style| {
                    drawn.paint_on_white(area, style)
                })?
            }
            PictureEnding::Png => {
                draw_on_canvas(&paper, size, &style, |area| drawn.paint_on_white(area, &style))?;
                paper.to_data_url().map_err(|error| dom::error_message(&error))?
            }
        };
        Ok(Some(Picture { name: format!("{}.{}", self.canvas.id(), ending.name()), text }))
    }
}

impl Drawn {
    /// What a chart shows, with the round and the iteration or ring that are marked.
    fn new(
        kind: ChartKind,
        results: ShownResults<'_>,
        selection: &ChartSelection,
        pinned: &PinnedRuns,
        (round, marked): (Option<u32>, Option<u32>),
    ) -> Drawn {
        let round = round.map(|round| round as usize);
        match kind {
            ChartKind::Curves => {
                let data = chart_data::accuracy_curves(results, selection, pinned);
                Drawn::Curves(CurvesChart { marked, ..data })
            }
            ChartKind::Rounds(metric) => {
                let metric = metric.unwrap_or(selection.metric);
                let data = chart_data::metric_by_round(results, selection, metric, pinned);
                Drawn::Rounds(RoundsChart { marked: round, ..data })
            }
            ChartKind::Layers => {
                Drawn::Layers(LayersChart { marked: round, ..chart_data::layers_left(results) })
            }
            ChartKind::Distance => Drawn::Distance(chart_data::survivors_by_distance(results)),
            ChartKind::Locality => {
                let data = mask_charts::locality_by_round(results, selection);
                Drawn::Rounds(RoundsChart { marked: round, ..data })
            }
            ChartKind::Overlap => {
                let data = mask_charts::overlap_by_round(results, selection);
                Drawn::Rounds(RoundsChart { marked: round, ..data })
            }
            ChartKind::Cost => Drawn::Cost(chart_data::round_costs(results, selection)),
        }
    }

    fn paint(&self, area: &Area<'_>, style: &ChartStyle) -> DrawResult<MeasuringBackend<'static>> {
        match self {
            Drawn::Curves(data) => curves::draw(area, data, style),
            Drawn::Rounds(data) => rounds::draw(area, data, style),
            Drawn::Layers(data) => layers::draw(area, data, style),
            Drawn::Cost(data) => cost::draw(area, data, style),
            Drawn::Distance(data) => distance::draw(area, data, style),
        }
    }

    fn paint_on_white(&self, area: &Area<'_>, style: &ChartStyle) -> DrawResult<MeasuringBackend<'static>> {
        area.fill(&WHITE)?;
        let margin = style.px(PICTURE_MARGIN);
        self.paint(&area.margin(margin, margin, margin, margin), style)
    }

    /// What can be pointed at: places in device pixels, and the rounds, iterations or rings there.
    fn stops(&self, area: &Area<'_>, style: &ChartStyle) -> Vec<(i32, u32)> {
        let numbered = |places: Vec<i32>| places.into_iter().zip(0..).collect();
        match self {
            Drawn::Curves(data) => {
                let places = curves::iteration_positions(area, data, style);
                places.into_iter().zip(curves::iterations(data)).collect()
            }
            Drawn::Rounds(data) => numbered(rounds::round_positions(area, data, style)),
            Drawn::Layers(data) => numbered(layers::round_positions(area, data, style)),
            Drawn::Distance(data) if data.is_empty() => vec![],
            Drawn::Distance(data) => numbered(distance::ring_positions(area, data, style)),
            Drawn::Cost(data) => cost::round_positions(area, data, style),
        }
    }

    /// What is said in the place of a chart without data.
    fn empty(&self) -> Option<&'static str> {
        match self {
            Drawn::Curves(data) => data.is_empty().then(curves::empty),
            Drawn::Rounds(data) => data.empty(),
            Drawn::Layers(data) => data.is_empty().then(layers::empty),
            Drawn::Cost(data) => data.is_empty().then(cost::empty),
            Drawn::Distance(data) => data.is_empty().then(distance::empty),
        }
    }

    fn describe(&self) -> String {
        match self {
            Drawn::Curves(data) => curves::describe(data),
            Drawn::Rounds(data) => rounds::describe(data),
            Drawn::Layers(data) => layers::describe(data),
            Drawn::Cost(data) => cost::describe(data),
            Drawn::Distance(data) => distance::describe(data),
        }
    }
}
