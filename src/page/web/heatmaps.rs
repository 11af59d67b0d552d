//! The masks on their canvases: painted as pixels, blown up by whole device pixels, and asked which weight is where.

use crate::web::dom;
use crate::{
    figures,
    record::{PruneRounds, RunResults},
    texts,
};
use chart::{
    Theme, mask_paint,
    masks::{self, Masks, Picture},
};
use experiment::config::ExperimentConfig;
use model::Model;
use std::rc::Rc;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{
    CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement, HtmlInputElement, ImageData,
};

/// Seconds in which what died lights up and goes.
const PRUNING: f64 = 1.0;
/// Least seconds between two pictures of it: the workers need the processor more.
const FRAME: f64 = 0.06;

struct Heatmap {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    picture: Picture,
    rgba: Vec<u8>,
    width: f64,
}

/// All pictures of the masks.
pub(super) struct Heatmaps {
    /// The element that holds them.
    holder: Element,
    /// Two of the first layer, which are in `index.html`, then one for each layer above it.
    maps: Vec<Heatmap>,
    layers: Vec<(usize, usize)>,
    deaths: Rc<PruneRounds>,
    name: dom::Text,
    slider: HtmlInputElement,
    /// The round looked back at; none follows the latest.
    back: Option<u32>,
    /// When the pruning being shown began; `None` once it is over.
    begun: Option<f64>,
    dirty: bool,
    painted: f64,
    pointed: Option<(usize, f64, f64)>,
    place: (f64, f64),
}

impl Heatmaps {
    /// The pictures, on the canvases of the page.
    pub(super) fn new(config: &ExperimentConfig) -> Result<Heatmaps, JsValue> {
        let maps = vec![
            Heatmap::new(dom::by_id("mask-units")?, Picture::Units { columns: 1 })?,
            Heatmap::new(dom::by_id("mask-inputs")?, Picture::Inputs)?,
        ];
        let mut heatmaps = Heatmaps {
            holder: dom::by_id("masks")?,
            maps,
            layers: vec![],
            deaths: Rc::new(PruneRounds::all_surviving(config.model.weight_count())),
            name: dom::Text::of("mask-name")?,
            slider: dom::by_id("mask-slider")?,
            back: None,
            begun: None,
            dirty: true,
            painted: f64::NEG_INFINITY,
            pointed: None,
            place: (0.0, 0.0),
        };
        heatmaps.show_layers(&config.model)?;
        Ok(heatmaps)
    }

    /// Makes the pictures of the layers above the first those of this network.
    fn show_layers(&mut self, model: &Model) -> Result<(), JsValue> {
        let layers = figures::mask_layers(model);
        if layers == self.layers {
            return Ok(());
        }
        for map in self.maps.drain(FIRST_LAYER..) {
            map.canvas.parent_element().iter().for_each(Element::remove);
        }
        for layer in 1..layers.len() {
            let (name, size) = texts::layer_caption(model, layer);
            let figure = dom::element("div", "mask", "");
            let title = dom::element("h3", "", &format!("{name} "));
            dom::put(&title, &[&dom::element("span", "", &size)]);
            let canvas = dom::element("canvas", "", "");
            dom::set(&canvas, "role", "img");
            dom::put(&figure, &[&title, &canvas]);
            dom::put(&self.holder, &[&figure]);
            let canvas = canvas.dyn_into().map_err(|_| "a canvas is no canvas")?;
            self.maps.push(Heatmap::new(canvas, Picture::Matrix { layer })?);
        }
        self.layers = layers;
        self.measure();
        Ok(())
    }

    /// The element that holds all pictures: its size decides theirs, and what happens to them can be heard there.
    pub(super) fn holder(&self) -> &Element {
        &self.holder
    }

    /// Which picture an event's target is.
    pub(super) fn position(&self, target: &HtmlElement) -> Option<usize> {
        self.maps.iter().position(|map| **map.canvas == **target)
    }

    /// Takes the masks as they are now; `show` has the last pruning shown as it happens.
    pub(super) fn take(&mut self, record: &RunResults, now: f64, show: bool) {
        if !show {
            self.back = None;
        }
        self.deaths = Rc::new(figures::prune_rounds(record));
        if let Err(error) = self.show_layers(&record.config().model) {
            self.name.show(&dom::message(&error));
        }
        self.begun = (show && self.back.is_none()).then_some(now);
        self.dirty = true;
        let last = self.deaths.last_known_round();
        self.slider.set_max(&last.to_string());
        self.slider.set_value(&self.round().to_string());
        self.slider.set_disabled(last == 0);
        dom::set(&self.slider, "aria-valuetext", &format!("mask of round {}", self.round()));
    }

    /// Shows the mask of the round that the slider stands at; at its end, the latest from then on.
    pub(super) fn look_back(&mut self) {
        let round = self.slider.value().parse().unwrap_or(0);
        self.back = (round < self.deaths.last_known_round()).then_some(round);
        (self.begun, self.dirty) = (None, true);
        dom::set(&self.slider, "aria-valuetext", &format!("mask of round {round}"));
    }

    /// Has them drawn again at the next chance.
    pub(super) fn spoil(&mut self) {
        self.dirty = true;
    }

    /// The round whose mask is shown.
    pub(super) fn round(&self) -> u32 {
        self.back.unwrap_or(self.deaths.last_known_round())
    }

    /// Reads sizes off the page.
    pub(super) fn measure(&mut self) {
        for map in &mut self.maps {
            let holder = map.canvas.parent_element().and_then(|p| p.dyn_into::<HtmlElement>().ok());
            let width = holder.map_or(0.0, |holder| f64::from(holder.client_width()));
            self.dirty |= width != map.width;
            map.width = width;
        }
    }

    /// The pointer is over canvas `at`, so far along and down it, from 0 to 1; or nowhere.
    /// `place` is where that is in the window, in CSS pixels.
    pub(super) fn point(&mut self, pointed: Option<(usize, f64, f64)>, place: (f64, f64)) {
        self.pointed = pointed;
        self.place = place;
        self.show_name();
    }

    fn show_name(&mut self) {
        let named = self.pointed.and_then(|(at, x, y)| {
            let picture = self.maps.get(at)?.picture;
            let (width, height) = masks::size(&self.layers, picture);
            let cell = masks::hit(&self.layers, picture, x * width as f64, y * height as f64)?;
            Some(masks::name(&self.masks(1.0), cell))
        });
        self.name.show(named.as_deref().unwrap_or_default());
        let tip = self.name.element();
        let _ = tip.toggle_attribute_with_force("hidden", named.is_none());
        if named.is_some() {
            // Beside the pointer, on the side where there is room.
            let room = dom::window().inner_width().ok().and_then(|w| w.as_f64()).unwrap_or(0.0);
            let (x, y) = self.place;
            let left = if x > room / 2.0 {
                format!("calc({}px - 100%)", x - 12.0)
            } else {
                format!("{}px", x + 16.0)
            };
            let _ = tip.style().set_property("transform", &format!("translate({left}, {}px)", y + 16.0));
        }
    }

    fn masks(&self, phase: f64) -> Masks<'_> {
        let round = u8::try_from(self.round()).unwrap_or(PruneRounds::NEVER_PRUNED - 1);
        Masks { layers: &self.layers, deaths: self.deaths.bytes(), round, phase }
    }

    /// Paints what has to be painted; whether there is more to come.
    pub(super) fn paint(&mut self, theme: Theme, scale: f64, now: f64, still: bool) -> Result<bool, JsValue> {
        let phase = match self.begun {
            Some(begun) if !still => ((now - begun) / PRUNING).clamp(0.0, 1.0),
            _ => 1.0,
        };
        if !self.dirty && self.begun.is_none() {
            return Ok(false);
        }
        if !self.dirty && now - self.painted < FRAME {
            return Ok(true);
        }
        (self.dirty, self.painted) = (false, now);
        if phase >= 1.0 {
            self.begun = None;
        }
        let deaths = self.deaths.clone();
        let round = u8::try_from(self.round()).unwrap_or(PruneRounds::NEVER_PRUNED - 1);
        for map in &mut self.maps {
            let masks = Masks { layers: &self.layers, deaths: deaths.bytes(), round, phase };
            map.paint(&masks, theme, scale)?;
        }
        self.show_name();
        Ok(self.begun.is_some())
    }
}

/// How many pictures show the first layer.
const FIRST_LAYER: usize = 2;

impl Heatmap {
    fn new(canvas: HtmlCanvasElement, picture: Picture) -> Result<Heatmap, JsValue> {
        let context = canvas.get_context("2d")?.ok_or("this browser draws no 2D canvas")?;
        let context = context.dyn_into().map_err(|_| "this canvas has another context")?;
        Ok(Heatmap { canvas, context, picture, rgba: Vec::new(), width: 0.0 })
    }

    fn paint(&mut self, masks: &Masks<'_>, theme: Theme, scale: f64) -> Result<(), JsValue> {
        if self.width < 1.0 {
            return Ok(());
        }
        let room = self.width * scale;
        if let Picture::Units { columns } = &mut self.picture {
            // A weight is one CSS pixel; where it is narrow and the screen fine, half of one.
            let pixels = if self.width < NARROW { (scale / 2.0).round() } else { scale.round() }.max(1.0);
            *columns = masks::columns_for(masks.layers, (room / pixels) as usize).max(1);
        }
        let (width, height) = masks::size(masks.layers, self.picture);
        if width == 0 || height == 0 {
            return Ok(());
        }
        // Whole device pixels a weight, so that all weights look the same; less than one where there is no room.
        let zoom = (room / width as f64).min(LARGEST * scale);
        let zoom = if zoom >= 1.0 { zoom.floor() } else { zoom } / scale;
        mask_paint::paint(masks, self.picture, theme, &mut self.rgba);
        if (self.canvas.width(), self.canvas.height()) != (width as u32, height as u32) {
            self.canvas.set_width(width as u32);
            self.canvas.set_height(height as u32);
        }
        let style = self.canvas.style();
        style.set_property("width", &format!("{}px", width as f64 * zoom))?;
        style.set_property("height", &format!("{}px", height as f64 * zoom))?;
        let image =
            ImageData::new_with_u8_clamped_array_and_sh(Clamped(&self.rgba), width as u32, height as u32)?;
        self.context.put_image_data(&image, 0.0, 0.0)?;
        let words = masks::describe(masks, self.picture);
        if !words.is_empty() && masks.phase >= 1.0 {
            dom::set(&self.canvas, "aria-label", &words);
        }
        Ok(())
    }
}

/// Most CSS pixels a weight is drawn with.
const LARGEST: f64 = 10.0;
/// Below so many CSS pixels a picture is narrow.
const NARROW: f64 = 400.0;
