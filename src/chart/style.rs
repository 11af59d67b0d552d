//! What a chart has to know of the page: theme, font, size of a CSS pixel, and whether there is little room.

use crate::color::Rgb;

/// The theme of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark text on a light page.
    #[default]
    Light,
    /// Light text on a dark page.
    Dark,
}

impl Theme {
    /// The colour of the page behind the charts, which contrasts are measured against. Charts leave their background
    /// transparent.
    pub const fn background(self) -> Rgb {
        match self {
            Theme::Light => Rgb::hex(0xffffff),
            Theme::Dark => Rgb::hex(0x14171c),
        }
    }

    /// The colour of labels and of all text that has to be read.
    pub const fn text(self) -> Rgb {
        match self {
            Theme::Light => Rgb::hex(0x1b1f24),
            Theme::Dark => Rgb::hex(0xe8eaed),
        }
    }

    /// The colour of tick labels and axis titles, which are readable but less prominent than the data.
    pub const fn secondary_text(self) -> Rgb {
        match self {
            Theme::Light => Rgb::hex(0x5b6470),
            Theme::Dark => Rgb::hex(0xa3abb6),
        }
    }

    /// The colour of grid lines, which are barely visible.
    pub const fn grid(self) -> Rgb {
        match self {
            Theme::Light => Rgb::hex(0xe6e8eb),
            Theme::Dark => Rgb::hex(0x2b3038),
        }
    }

    /// The colour of the axis line.
    pub const fn axis(self) -> Rgb {
        match self {
            Theme::Light => Rgb::hex(0xa9b0b9),
            Theme::Dark => Rgb::hex(0x5a626d),
        }
    }
}

/// The style in which a chart is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartStyle {
    /// The theme of the page.
    pub theme: Theme,
    /// A CSS font-family list.
    pub font: String,
    /// The size of labels in CSS pixels.
    pub font_size: f64,
    /// The number of device pixels per CSS pixel. The drawing area is measured in device pixels, and everything else in
    /// CSS pixels.
    pub scale: f64,
    /// Whether to draw few labels and thin margins, for narrow charts.
    pub compact: bool,
}

impl ChartStyle {
    /// The largest width of a compact chart, in CSS pixels.
    pub const COMPACT_WIDTH: f64 = 360.0;

    /// The page's style for a chart `css_width` CSS pixels wide.
    pub fn new(theme: Theme, scale: f64, css_width: f64) -> ChartStyle {
        let scale = if scale.is_finite() && scale > 0.0 { scale } else { 1.0 };
        let font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif".to_owned();
        ChartStyle { theme, font, font_size: 12.0, scale, compact: css_width <= Self::COMPACT_WIDTH }
    }

    /// Converts CSS pixels to whole device pixels. A positive length is at least one device pixel.
    pub fn px(&self, css: f64) -> i32 {
        let px = (css * self.scale).round() as i32;
        if px == 0 && css > 0.0 { 1 } else { px }
    }
}
