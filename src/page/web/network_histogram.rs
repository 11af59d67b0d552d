//! The chart of the ticket's values below the picture of the network. It is drawn only while it is open.

use crate::{
    kept_networks::{KeptArrays, KeptNetworks},
    network_texts,
    shown_results::ShownResults,
    value_histogram::{self, ShownValues},
    web::{
        dom::{self, CachedText},
        network_values::NetworkValues,
    },
};
use chart::{
    histogram::{self, HistogramChart},
    style::{ChartStyle, Theme},
    web::draw_on_canvas,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlCanvasElement, HtmlElement};

/// The chart.
pub(super) struct NetworkHistogram {
    details: Element,
    canvas: HtmlCanvasElement,
    holder: HtmlElement,
    empty: CachedText,
    title: CachedText,
    data: HistogramChart,
    /// What the data are of: the values, their arrays and the layer.
    of: Option<(ShownValues, KeptArrays, usize)>,
    size: (f64, f64),
    dirty: bool,
}

impl NetworkHistogram {
    /// Finds the elements of the chart.
    pub(super) fn new() -> Result<NetworkHistogram, JsValue> {
        let canvas: HtmlCanvasElement = dom::by_id("network-values");
        let holder = canvas.parent_element().and_then(|holder| holder.dyn_into().ok());
        Ok(NetworkHistogram {
            details: dom::by_id("network-histogram"),
            holder: holder.ok_or("index.html has a chart without its holder")?,
            canvas,
            empty: CachedText::of("network-values-empty"),
            title: CachedText::of("network-values-title"),
            data: HistogramChart::default(),
            of: None,
            size: (0.0, 0.0),
            dirty: true,
        })
    }

    /// Shows the values of a layer in the last round that is over.
    pub(super) fn show(&mut self, results: ShownResults<'_>, kept: &KeptNetworks, layer: usize) {
        if !self.details.has_attribute("open") {
            return;
        }
        let values = value_histogram::shown_values(results);
        let of = values.and_then(|values| Some((values, *kept.get(values.job)?, layer)));
        if of == self.of && !self.data.is_empty() {
            return;
        }
        self.of = of;
        self.dirty = true;
        self.data = HistogramChart::default();
        let Some((values, arrays, layer)) = of else {
            return self.title.show(&network_texts::histogram_title(None, layer));
        };
        self.title.show(&network_texts::histogram_title(Some(values), layer));
        let model = &results.config().model;
        let Some(network) = NetworkValues::load(&arrays, model.weight_count()) else { return };
        let Some(size) = model.layer_sizes().into_iter().nth(layer) else { return };
        let (first, last) = network.survivors_in(size.weights.clone());
        let whole: Vec<u8>;
        let bytes = match results.prune_rounds(values.job.trial) {
            Some(rounds) => &rounds.bytes()[size.weights],
            None => {
                whole = vec![chart::masks::NEVER_PRUNED; size.weights.len()];
                &whole
            }
        };
        self.data =
            value_histogram::value_histogram((&first, &last), bytes, values.job.round, values.is_pruned);
    }

    /// Reads the size of the chart from the page.
    pub(super) fn measure(&mut self) {
        let size = (f64::from(self.holder.client_width()), f64::from(self.holder.client_height()));
        self.dirty |= size != self.size;
        self.size = size;
    }

    /// Marks the chart for a redraw.
    pub(super) fn mark_dirty(&mut self) {
        self.dirty = true;
    }

    /// Draws the chart if it has changed and can be seen.
    pub(super) fn paint(&mut self, theme: Theme, scale: f64) -> Result<(), String> {
        if !self.dirty || self.size.0 < 1.0 || self.size.1 < 1.0 {
            return Ok(());
        }
        self.dirty = false;
        let style = ChartStyle::new(theme, scale, self.size.0);
        let data = &self.data;
        draw_on_canvas(&self.canvas, self.size, &style, |area| histogram::draw(area, data, &style))?;
        let empty = if data.is_empty() { histogram::empty() } else { "" };
        self.empty.show(empty);
        let _ = self.empty.element().toggle_attribute_with_force("hidden", empty.is_empty());
        dom::set_attribute(&self.canvas, "aria-label", &histogram::describe(data));
        Ok(())
    }
}
