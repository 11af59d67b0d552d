//! The pictures of the masks on their canvases: paints them, enlarges them by whole device pixels, and finds the weight
//! below the pointer.

use crate::web::dom;
use crate::{chart_data, element_texts, shown_results::ShownResults};
use chart::{
    mask_paint,
    masks::{self, InputShape, MaskHistory, MaskPicture, MaskShape},
    style::Theme,
};
use experiment::prune_rounds::PruneRounds;
use experiment::{config::ExperimentConfig, data_words};
use std::rc::Rc;
use texts::text;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement, ImageData};

struct Heatmap {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    picture: MaskPicture,
    rgba: Vec<u8>,
    width: f64,
}

/// All pictures of the masks.
pub(super) struct Heatmaps {
    /// The element that contains the pictures.
    holder: Element,
    /// The scale of the map of the inputs.
    scale: Element,
    /// The two pictures of the first layer, which are in `index.html`, then one for each further layer.
    maps: Vec<Heatmap>,
    layers: Vec<(usize, usize)>,
    /// The name and the size of each layer above the first.
    captions: Vec<(String, String)>,
    /// What a unit of the first layer reads.
    input: InputShape,
    /// The height and the width of the windows of each convolution.
    kernels: Vec<Option<usize>>,
    /// The words for each class.
    classes: Vec<String>,
    prune_rounds: Rc<PruneRounds>,
    name: dom::CachedText,
    /// The round whose mask is shown.
    round: u32,
    /// The progress of the pruning, from 0 to 1.
    progress: f64,
    dirty: bool,
    /// Whether the masks are recorded by pixel, so that nothing is known of the units of the first layer.
    recorded: bool,
    hovered: Option<(usize, f64, f64)>,
    pointer_position: (f64, f64),
}

impl Heatmaps {
    /// Finds the canvases of the page and creates those of the layers above the first.
    pub(super) fn new(config: &ExperimentConfig) -> Result<Heatmaps, JsValue> {
        let maps = vec![
            Heatmap::new(dom::by_id("mask-units"), MaskPicture::Units { columns: 1 })?,
            Heatmap::new(dom::by_id("mask-inputs"), MaskPicture::Pixels)?,
        ];
        let mut heatmaps = Heatmaps {
            holder: dom::by_id("masks"),
            scale: dom::by_id("mask-scale"),
            maps,
            layers: vec![],
            captions: vec![],
            input: InputShape::square(0),
            kernels: vec![],
            classes: vec![],
            prune_rounds: Rc::new(PruneRounds::all_surviving(config.model.weight_count())),
            name: dom::CachedText::of("mask-name"),
            round: 0,
            progress: 1.0,
            dirty: true,
            recorded: false,
            hovered: None,
            pointer_position: (0.0, 0.0),
        };
        heatmaps.show_layers(config)?;
        Ok(heatmaps)
    }

    /// Replaces the pictures of the layers above the first if the network has other layers than before.
    fn show_layers(&mut self, config: &ExperimentConfig) -> Result<(), JsValue> {
        let (model, data) = (&config.model, &config.data);
        self.classes = (0..data.classes.len()).map(|label| data_words::class_in_words(data, label)).collect();
        let layers = chart_data::mask_layers(model);
        let input = chart_data::input_shape(model);
        let captions: Vec<(String, String)> =
            (1..layers.len()).map(|layer| element_texts::layer_caption(config, layer)).collect();
        if (&layers, input, &captions) == (&self.layers, self.input, &self.captions) {
            return Ok(());
        }
        self.input = input;
        for map in self.maps.drain(FIRST_LAYER..) {
            map.canvas.parent_element().iter().for_each(Element::remove);
        }
        for (layer, (name, size)) in (1..).zip(&captions) {
            let figure = dom::new_element("div", "mask", "");
            let title = dom::new_element("h3", "", &format!("{name} "));
            dom::append_children(&title, &[&dom::new_element("span", "", size)]);
            let canvas = dom::new_element("canvas", "", "");
            dom::set_attribute(&canvas, "role", "img");
            dom::append_children(&figure, &[&title, &canvas]);
            dom::append_children(&self.holder, &[&figure]);
            let canvas = canvas.dyn_into().map_err(|_| text("failure.no_canvas"))?;
            self.maps.push(Heatmap::new(canvas, MaskPicture::Matrix { layer })?);
        }
        let filters = model.is_convolutional();
        let _ = self.holder.toggle_attribute_with_force("data-filters", filters);
        self.kernels = model.layer_sizes().into_iter().map(|size| size.kernel).collect();
        (self.layers, self.captions) = (layers, captions);
        self.measure();
        Ok(())
    }

    /// The element that contains all pictures. Its size determines theirs, and their pointer events arrive there too.
    pub(super) fn holder(&self) -> &Element {
        &self.holder
    }

    /// The index of the picture that is the target of an event.
    pub(super) fn position(&self, target: &HtmlElement) -> Option<usize> {
        self.maps.iter().position(|map| **map.canvas == **target)
    }

    /// Takes the masks from the results. `recorded` says that they are recorded by pixel: then nothing is known of the
    /// units of the first layer, and their picture is hidden.
    pub(super) fn set_masks(&mut self, results: ShownResults<'_>, recorded: bool) {
        self.recorded = recorded;
        self.prune_rounds = Rc::new(chart_data::prune_rounds(results));
        if let Err(error) = self.show_layers(results.config()) {
            self.name.show(&dom::error_message(&error));
        }
        self.dirty = true;
    }

    /// Shows the mask of a round. `progress` is how far the pruning before it is, from 0 to 1.
    pub(super) fn show_round(&mut self, round: u32, progress: f64) {
        if (round, progress) != (self.round, self.progress) {
            (self.round, self.progress, self.dirty) = (round, progress, true);
        }
    }

    /// Fills the scale of the map of the inputs.
    pub(super) fn fill_scale(&self, theme: Theme) {
        self.scale.set_text_content(None);
        let weights = self.layers.first().map_or(0, |layer| layer.1) * self.input.channels;
        for (left, color) in mask_paint::pixel_scale(theme, weights) {
            dom::append_children(&self.scale, &[&patch(&color, &left.to_string())]);
        }
    }

    /// Marks the pictures for repainting.
    pub(super) fn mark_dirty(&mut self) {
        self.dirty = true;
    }

    /// Reads the sizes of the pictures from the page.
    pub(super) fn measure(&mut self) {
        for map in &mut self.maps {
            let holder = map.canvas.parent_element().and_then(|p| p.dyn_into::<HtmlElement>().ok());
            let width = holder.map_or(0.0, |holder| f64::from(holder.client_width()));
            self.dirty |= width != map.width;
            map.width = width;
        }
    }

    /// Sets the position of the pointer. `pointed` is the index of the picture below it and the position in this
    /// picture, in x and y from 0 to 1, or `None` outside all pictures. `place` is the position in the window, in CSS
    /// pixels.
    pub(super) fn set_pointer(&mut self, pointed: Option<(usize, f64, f64)>, place: (f64, f64)) {
        self.hovered = pointed;
        self.pointer_position = place;
        self.show_name();
    }

    fn show_name(&mut self) {
        let named = self.hovered.and_then(|(at, x, y)| {
            let picture = self.maps.get(at)?.picture;
            if self.recorded && matches!(picture, MaskPicture::Units { .. }) {
                return None;
            }
            let shape = self.shape();
            let (width, height) = masks::picture_size(shape, picture);
            let cell = masks::cell_at_pixel(shape, picture, x * width as f64, y * height as f64)?;
            Some(masks::cell_description(&self.masks(), cell, &self.classes, &self.kernels))
        });
        self.name.show(named.as_deref().unwrap_or_default());
        let tip = self.name.element();
        let _ = tip.toggle_attribute_with_force("hidden", named.is_none());
        if named.is_some() {
            // The text stands beside the pointer, on the side that has more room.
            let room = dom::window().inner_width().ok().and_then(|w| w.as_f64()).unwrap_or(0.0);
            let (x, y) = self.pointer_position;
            let left = if x > room / 2.0 {
                format!("calc({}px - 100%)", x - 12.0)
            } else {
                format!("{}px", x + 16.0)
            };
            let _ = tip.style().set_property("transform", &format!("translate({left}, {}px)", y + 16.0));
        }
    }

    fn shape(&self) -> MaskShape<'_> {
        MaskShape { layers: &self.layers, input: self.input }
    }

    fn masks(&self) -> MaskHistory<'_> {
        MaskHistory {
            shape: self.shape(),
            prune_rounds: self.prune_rounds.bytes(),
            round: round_byte(self.round),
            animation_progress: self.progress,
        }
    }

    /// Paints the pictures if they have changed. `scale` is the number of device pixels per CSS pixel.
    pub(super) fn paint(&mut self, theme: Theme, scale: f64) -> Result<(), JsValue> {
        if !std::mem::take(&mut self.dirty) {
            return Ok(());
        }
        let prune_rounds = self.prune_rounds.clone();
        for map in &mut self.maps {
            if self.recorded && matches!(map.picture, MaskPicture::Units { .. }) {
                continue;
            }
            let masks = MaskHistory {
                shape: MaskShape { layers: &self.layers, input: self.input },
                prune_rounds: prune_rounds.bytes(),
                round: round_byte(self.round),
                animation_progress: self.progress,
            };
            map.paint(&masks, theme, scale)?;
        }
        self.show_name();
        Ok(())
    }
}

/// A round as the masks write it.
fn round_byte(round: u32) -> u8 {
    u8::try_from(round).unwrap_or(PruneRounds::NEVER_PRUNED - 1)
}

/// Fills the legend of the masks.
pub(super) fn fill_legend(place: &Element, theme: Theme) {
    place.set_text_content(None);
    for (name, color) in mask_paint::legend(theme) {
        let entry = patch(&color, name);
        dom::append_children(place, &[&entry]);
    }
}

/// A patch of a colour with its name.
fn patch(color: &str, name: &str) -> Element {
    let size = [("viewBox", "0 0 12 12"), ("width", "12"), ("height", "12"), ("aria-hidden", "true")];
    let patch = dom::new_svg_element("svg", &size);
    let square = [("width", "12"), ("height", "12"), ("fill", color), ("class", "patch")];
    dom::append_children(&patch, &[&dom::new_svg_element("rect", &square)]);
    let entry = dom::new_element("span", "", "");
    dom::append_children(&entry, &[&patch, &dom::new_element("span", "", name)]);
    entry
}

/// The number of pictures of the first layer.
const FIRST_LAYER: usize = 2;

impl Heatmap {
    fn new(canvas: HtmlCanvasElement, picture: MaskPicture) -> Result<Heatmap, JsValue> {
        let context = chart::web::context(&canvas)?;
        Ok(Heatmap { canvas, context, picture, rgba: Vec::new(), width: 0.0 })
    }

    fn paint(&mut self, masks: &MaskHistory<'_>, theme: Theme, scale: f64) -> Result<(), JsValue> {
        if self.width < 1.0 {
            return Ok(());
        }
        let room = self.width * scale;
        if let MaskPicture::Units { columns } = &mut self.picture {
            // A weight is one CSS pixel wide, or half of one if the picture is narrow and the screen has a high
            // resolution.
            let pixels =
                if self.width < NARROW_CSS_PIXELS { (scale / 2.0).round() } else { scale.round() }.max(1.0);
            *columns = masks::columns_for(masks.shape, (room / pixels) as usize).max(1);
        }
        let (width, height) = masks::picture_size(masks.shape, self.picture);
        if width == 0 || height == 0 {
            return Ok(());
        }
        // Each weight covers a whole number of device pixels, so that all weights look the same. It covers less than
        // one device pixel only if there is not enough room.
        let zoom = (room / width as f64).min(MAX_CSS_PIXELS_PER_WEIGHT * scale);
        // Many classes are rows that need not be as high as few.
        let last = masks.shape.layers.len().saturating_sub(1);
        let is_output = last > 0 && self.picture == MaskPicture::Matrix { layer: last };
        let zoom =
            if is_output { zoom.min(MOST_CSS_PIXELS_OF_CLASSES * scale / height as f64) } else { zoom };
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
        dom::set_attribute_if_changed(&self.canvas, "data-round", &masks.round.to_string());
        let words = masks::describe(masks, self.picture);
        if !words.is_empty() && masks.animation_progress >= 1.0 {
            dom::set_attribute(&self.canvas, "aria-label", &words);
        }
        Ok(())
    }
}

/// The largest height of the picture of the output layer, in CSS pixels.
const MOST_CSS_PIXELS_OF_CLASSES: f64 = 400.0;
/// The largest width of a weight, in CSS pixels.
const MAX_CSS_PIXELS_PER_WEIGHT: f64 = 10.0;
/// The width in CSS pixels below which a picture is narrow.
const NARROW_CSS_PIXELS: f64 = 400.0;
