//! Draws the picture of a network on a canvas. What changes with every frame are the lines; everything else is drawn once
//! onto a second canvas that is laid over them.

use crate::web::dom;
use chart::{
    network::LineBatch,
    network_layout::{NetworkLayout, NetworkShape, Point},
    network_nodes::{DotBatch, MapPicture},
    style::{ChartStyle, Theme},
};
use js_sys::Array;
use std::f64::consts::TAU;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement, ImageData};

/// A canvas and its context.
pub(super) struct Sheet {
    pub(super) canvas: HtmlCanvasElement,
    pub(super) context: CanvasRenderingContext2d,
}

impl Sheet {
    /// The sheet of a canvas of the page.
    pub(super) fn of(canvas: HtmlCanvasElement) -> Result<Sheet, JsValue> {
        let context = chart::web::context(&canvas)?;
        Ok(Sheet { canvas, context })
    }

    fn hidden() -> Result<Sheet, JsValue> {
        let canvas = dom::new_element("canvas", "", "").dyn_into().map_err(|_| "a canvas is no canvas")?;
        Sheet::of(canvas)
    }

    /// Clears it and gives it a size in device pixels.
    fn clear(&self, (width, height): (u32, u32)) {
        // Setting the size of a canvas clears it, but also reallocates it.
        if (self.canvas.width(), self.canvas.height()) != (width, height) {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        } else {
            self.context.clear_rect(0.0, 0.0, f64::from(width), f64::from(height));
        }
    }

    /// Shows rows of RGBA pixels, as many as fit into `width`.
    pub(super) fn put_pixels(&self, rgba: &[u8], width: usize) -> Result<(), JsValue> {
        let height = (rgba.len() / 4).checked_div(width).unwrap_or(0);
        if height == 0 {
            return Ok(());
        }
        let (width, height) = (width as u32, height as u32);
        self.clear((width, height));
        let pixels = &rgba[..4 * (width * height) as usize];
        let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(pixels), width, height)?;
        self.context.put_image_data(&image, 0.0, 0.0)
    }
}

/// Everything that is laid over the lines.
pub(super) struct Overlay<'a> {
    /// The pixels of the input image.
    pub(super) image: &'a [u8],
    /// The dots of the units.
    pub(super) dots: &'a [DotBatch],
    /// The pictures of the channels.
    pub(super) maps: &'a [MapPicture],
    /// The names of the classes.
    pub(super) classes: &'a [String],
    /// The text below each column.
    pub(super) columns: &'a [String],
    /// The text below the lines of each layer.
    pub(super) layers: &'a [String],
    /// Nodes that are pointed at.
    pub(super) marked: &'a [Point],
    /// The class that is thought most likely.
    pub(super) likeliest: Option<usize>,
}

/// The canvas of a network.
pub(super) struct NetworkCanvas {
    sheet: Sheet,
    holder: HtmlElement,
    overlay: Sheet,
    image: Sheet,
    /// Where the picture of a channel is made before it is enlarged.
    map: Sheet,
    size: (f64, f64),
    scale: f64,
    /// Where everything is.
    pub(super) layout: Option<NetworkLayout>,
}

/// The size of texts in CSS pixels.
const FONT_SIZE: f64 = 12.0;
/// Lengths of a dash and of a gap in CSS pixels.
const DASH: [f64; 2] = [7.0, 4.0];

impl NetworkCanvas {
    /// The canvas with this id. Its parent determines its size.
    pub(super) fn new(id: &str) -> Result<NetworkCanvas, JsValue> {
        let sheet = Sheet::of(dom::by_id(id))?;
        let holder = sheet.canvas.parent_element().and_then(|holder| holder.dyn_into().ok());
        let holder = holder.ok_or("index.html has a network without its holder")?;
        let (overlay, image, map) = (Sheet::hidden()?, Sheet::hidden()?, Sheet::hidden()?);
        Ok(NetworkCanvas { sheet, holder, overlay, image, map, size: (0.0, 0.0), scale: 1.0, layout: None })
    }

    /// The canvas.
    pub(super) fn canvas(&self) -> &HtmlCanvasElement {
        &self.sheet.canvas
    }

    /// Reads the size from the page. Returns whether it has changed.
    pub(super) fn measure(&mut self) -> bool {
        let size = (f64::from(self.holder.client_width()), f64::from(self.holder.client_height()));
        let changed = size != self.size;
        self.size = size;
        if changed {
            self.layout = None;
        }
        changed
    }

    /// Lays the network out if there is room for it. `scale` is the number of device pixels in a CSS pixel.
    pub(super) fn lay_out(&mut self, shape: &NetworkShape, classes: &[String], scale: f64) -> bool {
        if self.size.0 < 120.0 || self.size.1 < 100.0 {
            return false;
        }
        self.scale = scale;
        self.set_font(1.0, false);
        let width =
            |class: &String| self.overlay.context.measure_text(class).map_or(0.0, |text| text.width());
        let label_width = classes.iter().map(width).fold(0.0, f64::max);
        self.layout = Some(NetworkLayout::new(shape, self.size, label_width, scale));
        true
    }

    fn set_font(&self, scale: f64, bold: bool) {
        let family = ChartStyle::new(Theme::Light, 1.0, self.size.0).font;
        let weight = if bold { "bold " } else { "" };
        self.overlay.context.set_font(&format!("{weight}{}px {family}", FONT_SIZE * scale));
    }

    fn device_size(&self) -> (u32, u32) {
        let device = |css: f64| (css * self.scale).round().clamp(1.0, 16_384.0) as u32;
        (device(self.size.0), device(self.size.1))
    }

    /// Draws what is laid over the lines.
    pub(super) fn draw_overlay(&self, overlay: &Overlay<'_>, theme: Theme) -> Result<(), JsValue> {
        let Some(layout) = &self.layout else { return Ok(()) };
        let (context, scale) = (&self.overlay.context, self.scale);
        self.overlay.clear(self.device_size());
        if !overlay.image.is_empty() {
            self.image.put_pixels(overlay.image, (layout.image_size().0 / layout.cell).round() as usize)?;
        }
        for batch in overlay.dots {
            context.begin_path();
            for &((x, y), radius) in &batch.dots {
                let radius = if batch.hollow { radius.max(1.2) } else { radius } * scale;
                context.move_to(x * scale + radius, y * scale);
                context.arc(x * scale, y * scale, radius, 0.0, TAU)?;
            }
            if batch.hollow {
                context.set_fill_style_str(&theme.background().css());
                context.fill();
                context.set_stroke_style_str(&batch.color.css());
                context.set_line_width(scale.min(1.5));
                context.stroke();
            } else {
                context.set_fill_style_str(&batch.color.css());
                context.fill();
            }
        }
        overlay.maps.iter().try_for_each(|map| self.draw_map(map, theme))?;
        context.set_stroke_style_str(&theme.text().css());
        context.set_line_width(1.5 * scale);
        for &(x, y) in overlay.marked {
            context.begin_path();
            context.arc(x * scale, y * scale, 6.0 * scale, 0.0, TAU)?;
            context.stroke();
        }
        self.draw_texts(layout, overlay, theme)
    }

    /// Draws the picture of a channel with its frame. Of a channel that does nothing any more there is the frame alone.
    fn draw_map(&self, map: &MapPicture, theme: Theme) -> Result<(), JsValue> {
        let (context, scale) = (&self.overlay.context, self.scale);
        let ((x, y), (width, height)) = (map.corner, map.size);
        let [x, y, width, height] = [x, y, width, height].map(|length| (length * scale).round());
        if map.rgba.is_empty() {
            context.set_fill_style_str(&theme.background().css());
            context.fill_rect(x, y, width, height);
        } else {
            self.map.put_pixels(&map.rgba, map.columns)?;
            context.set_image_smoothing_enabled(false);
            let canvas = &self.map.canvas;
            context.draw_image_with_html_canvas_element_and_dw_and_dh(canvas, x, y, width, height)?;
        }
        context.set_stroke_style_str(&theme.axis().css());
        context.set_line_width(scale.min(1.5));
        context.stroke_rect(x, y, width, height);
        Ok(())
    }

    fn draw_texts(&self, layout: &NetworkLayout, overlay: &Overlay<'_>, theme: Theme) -> Result<(), JsValue> {
        let (context, scale) = (&self.overlay.context, self.scale);
        let outputs = layout.columns.len();
        context.set_text_baseline("middle");
        context.set_text_align("left");
        for index in layout.named_classes(FONT_SIZE, overlay.likeliest) {
            let Some(class) = overlay.classes.get(index) else { continue };
            let likeliest = overlay.likeliest == Some(index);
            self.set_font(scale, likeliest);
            let ink =
                if likeliest || overlay.likeliest.is_none() { theme.text() } else { theme.secondary_text() };
            context.set_fill_style_str(&ink.css());
            let (x, y) = layout.class_name_at(index);
            context.fill_text(class, x * scale, y * scale)?;
        }
        self.set_font(scale, false);
        context.set_fill_style_str(&theme.secondary_text().css());
        context.set_text_baseline("top");
        let (width, _) = layout.image_size();
        let middle = |column: usize| match column {
            0 => layout.image.0 + width / 2.0,
            _ => layout.columns[column - 1].left + layout.columns[column - 1].width() / 2.0,
        };
        let write = |text: &str, x: f64, y: f64| -> Result<(), JsValue> {
            let half = context.measure_text(text)?.width() / 2.0 / scale;
            // Texts stay inside of the picture.
            let x = x.clamp(half, (layout.size.0 - half).max(half));
            context.set_text_align("center");
            context.fill_text(text, x * scale, y * scale)
        };
        for (column, text) in overlay.columns.iter().enumerate().take(outputs + 1) {
            write(text, middle(column), layout.text_top)?;
        }
        for (layer, text) in overlay.layers.iter().enumerate().take(outputs) {
            write(text, (middle(layer) + middle(layer + 1)) / 2.0, layout.text_top + 18.0)?;
        }
        Ok(())
    }

    /// Draws the input image.
    fn draw_image(&self) -> Result<(), JsValue> {
        let (Some(layout), context, scale) = (&self.layout, &self.sheet.context, self.scale) else {
            return Ok(());
        };
        let ((x, y), (width, height)) = (layout.image, layout.image_size());
        context.set_image_smoothing_enabled(false);
        context.draw_image_with_html_canvas_element_and_dw_and_dh(
            &self.image.canvas,
            x * scale,
            y * scale,
            width * scale,
            height * scale,
        )
    }

    /// Draws the lines over the input image, or below it if `image_on_top` is true, and lays everything else over them.
    pub(super) fn draw_lines(&self, batches: &[LineBatch], image_on_top: bool) -> Result<(), JsValue> {
        let (context, scale) = (&self.sheet.context, self.scale);
        self.sheet.clear(self.device_size());
        if !image_on_top {
            self.draw_image()?;
        }
        let dash = Array::of2(&(DASH[0] * scale).into(), &(DASH[1] * scale).into());
        let solid = Array::new();
        for batch in batches {
            let width = batch.style.width * scale;
            context.set_stroke_style_str(&batch.style.color.css());
            context.set_global_alpha(batch.style.alpha);
            context.set_line_dash(if batch.style.dashed { &dash } else { &solid })?;
            // Without a graphics card, browsers draw many lines fast if they are at most one device pixel wide. So a wide
            // line is several beside each other.
            context.set_line_width(width.min(1.0));
            let copies = width.ceil().max(1.0) as u32;
            let apart = if copies > 1 { (width - 1.0) / f64::from(copies - 1) } else { 0.0 };
            context.begin_path();
            for &((x0, y0), (x1, y1)) in &batch.lines {
                let length = (x1 - x0).hypot(y1 - y0).max(1e-6);
                let (across_x, across_y) = (-(y1 - y0) / length, (x1 - x0) / length);
                for copy in 0..copies {
                    let aside = (f64::from(copy) - f64::from(copies - 1) / 2.0) * apart;
                    let (dx, dy) = (across_x * aside, across_y * aside);
                    context.move_to(x0 * scale + dx, y0 * scale + dy);
                    context.line_to(x1 * scale + dx, y1 * scale + dy);
                }
            }
            context.stroke();
        }
        context.set_global_alpha(1.0);
        if image_on_top {
            self.draw_image()?;
        }
        context.draw_image_with_html_canvas_element(&self.overlay.canvas, 0.0, 0.0)
    }
}
