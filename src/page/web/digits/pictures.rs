//! The canvases of the digits figure: the one on which a hand draws, and pictures of images, pixel by pixel.

use crate::{
    digit_image::{self, Point},
    web::dom,
};
use chart::style::Theme;
use model::ImageSize;
use wasm_bindgen::{Clamped, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// A canvas with its context.
pub(super) struct Picture {
    pub(super) canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Picture {
    /// The picture on a canvas.
    pub(super) fn on(canvas: HtmlCanvasElement) -> Result<Picture, JsValue> {
        let context = chart::web::context(&canvas)?;
        Ok(Picture { canvas, context })
    }

    /// Shows the values of an image, each from 0 to 1, as [`digit_image::rgba`] does, or an empty one if there are none. The
    /// canvas gets a pixel for each of its pixels, and CSS makes them as large as they are shown.
    pub(super) fn show_pixels(&self, values: &[f32], size: ImageSize, theme: Theme) {
        let (width, height) = (size.width, size.height);
        self.set_size(width, height);
        let text = theme.text();
        let rgba = digit_image::rgba(values, size, [text.0, text.1, text.2]);
        if let Ok(image) = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), width, height) {
            let _ = self.context.put_image_data(&image, 0.0, 0.0);
        }
    }

    /// Shows strokes with a round pen, as large as the canvas is on the page.
    pub(super) fn show_strokes(&self, strokes: &[Vec<Point>], theme: Theme) {
        let side = f64::from(self.canvas.client_width()) * dom::window().device_pixel_ratio();
        self.set_size(side.round() as u32, side.round() as u32);
        let context = &self.context;
        context.clear_rect(0.0, 0.0, side, side);
        context.set_line_width(side * digit_image::SHOWN_PEN);
        context.set_line_cap("round");
        context.set_line_join("round");
        context.set_stroke_style_str(&theme.text().css());
        context.begin_path();
        for stroke in strokes {
            let line = digit_image::smooth_line(stroke);
            let Some(&(x, y)) = line.first() else { continue };
            context.move_to(x * side, y * side);
            // A single point is a line to itself, which a round pen shows as a dot.
            let rest = if line.len() == 1 { &line[..] } else { &line[1..] };
            rest.iter().for_each(|&(x, y)| context.line_to(x * side, y * side));
        }
        context.stroke();
    }

    fn set_size(&self, width: u32, height: u32) {
        if self.canvas.width() != width || self.canvas.height() != height {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
    }
}
