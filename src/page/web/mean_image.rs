//! The mean of test images over the map of the first layer's inputs: the pixels that digits use beside those that weights
//! survive at.

use crate::element_texts::MEAN_IMAGES;
use crate::web::{dom, state_updates::update_state, test_images::TestImages};
use wasm_bindgen::{Clamped, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlInputElement, ImageData};

/// The colour of a pixel that is white in every image: a yellow that neither an arm nor a mask has.
const COLOR: [u8; 3] = [255, 221, 51];
/// The opacity of such a pixel, from 0 to 255.
const MOST_OPAQUE: f32 = 200.0;

/// The overlay and its switch.
pub(super) struct MeanImage {
    switch: HtmlInputElement,
    map: HtmlCanvasElement,
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    /// The data set whose mean is on the canvas.
    drawn: String,
}

impl MeanImage {
    /// Finds the overlay on the page and installs the listener of its switch.
    pub(super) fn new() -> Result<MeanImage, JsValue> {
        let canvas: HtmlCanvasElement = dom::by_id("mask-mean");
        let context = chart::web::context(&canvas)?;
        let switch: HtmlInputElement = dom::by_id("mean-image");
        dom::add_listener(&switch, "change", |_: web_sys::Event| {
            // Nothing is decided, but the page is drawn again.
            update_state(|_, _| vec![]);
        });
        Ok(MeanImage { switch, map: dom::by_id("mask-inputs"), canvas, context, drawn: String::new() })
    }

    /// Shows the overlay where it is switched on. It can be once the test images are there.
    pub(super) fn show(&mut self, images: Option<&TestImages>) -> Result<(), JsValue> {
        if self.switch.disabled() != images.is_none() {
            self.switch.set_disabled(images.is_none());
        }
        let images = images.filter(|_| self.switch.checked());
        if self.canvas.has_attribute("hidden") == images.is_some() {
            self.canvas.toggle_attribute_with_force("hidden", images.is_none())?;
        }
        let Some(images) = images else { return Ok(()) };
        for side in ["width", "height"] {
            let size = self.map.style().get_property_value(side)?;
            if self.canvas.style().get_property_value(side)? != size {
                self.canvas.style().set_property(side, &size)?;
            }
        }
        if self.drawn != images.data.name {
            self.draw(images)?;
            self.drawn.clone_from(&images.data.name);
        }
        Ok(())
    }

    fn draw(&self, images: &TestImages) -> Result<(), JsValue> {
        let size = images.data.image;
        let pixels = (size.height * size.width) as usize;
        let mut mean = vec![0.0_f32; pixels];
        let count = images.count().min(MEAN_IMAGES);
        let values = (count * size.channels) as f32;
        for image in 0..count {
            for channel in images.bytes(image).chunks(pixels.max(1)) {
                for (mean, &byte) in mean.iter_mut().zip(channel) {
                    *mean += f32::from(byte) / 255.0 / values;
                }
            }
        }
        let opacity = |mean: &f32| (mean.sqrt() * MOST_OPAQUE) as u8;
        let rgba: Vec<u8> =
            mean.iter().flat_map(|mean| [COLOR[0], COLOR[1], COLOR[2], opacity(mean)]).collect();
        let (width, height) = (self.map.width(), self.map.height());
        self.canvas.set_width(width);
        self.canvas.set_height(height);
        let picture = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), width, height)?;
        self.context.put_image_data(&picture, 0.0, 0.0)
    }
}
