//! What a chart needs to know of the page around it: theme, font, how large a CSS pixel is, how much room there is.

use crate::color::Rgb;

/// Light or dark page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on a light page.
    #[default]
    Light,
    /// Light ink on a dark page.
    Dark,
}

impl Theme {
    /// The page behind the charts; contrast is checked against it. Charts leave their background clear.
    pub const fn background(self) -> Rgb {
        match self {
            Theme::Light => Rgb::hex(0xffffff),
            Theme::Dark => Rgb::hex(0x14171c),
        }
    }

    /// Labels and anything that is read.
    pub const fn text(self) -> Rgb {
        match self {
            Theme::Light => Rgb::hex(0x1b1f24),
            Theme::Dark => Rgb::hex(0xe8eaed),
        }
    }

    /// Tick labels and axis titles: readable, but behind the data.
    pub const fn secondary_text(self) -> Rgb {
        match self {
            Theme::Light => Rgb::hex(0x5b6470),
            Theme::Dark => Rgb::hex(0xa3abb6),
        }
    }

    /// Grid lines: barely there.
    pub const fn grid(self) -> Rgb {
        match self {
            Theme::Light => Rgb::hex(0xe6e8eb),
            Theme::Dark => Rgb::hex(0x2b3038),
        }
    }

    /// The axis line.
    pub const fn axis(self) -> Rgb {
        match self {
            Theme::Light => Rgb::hex(0xa9b0b9),
            Theme::Dark => Rgb::hex(0x5a626d),
        }
    }
}

/// How to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartStyle {
    /// Light or dark page.
    pub theme: Theme,
    /// A CSS font-family list.
    pub font: String,
    /// Size of labels in CSS pixels.
    pub font_size: f64,
    /// Device pixels in a CSS pixel. The drawing area is measured in device pixels, everything else in CSS pixels.
    pub scale: f64,
    /// Few labels and thin margins, for charts that are narrow.
    pub compact: bool,
}

impl ChartStyle {
    /// Widest compact chart, in CSS pixels.
    pub const COMPACT_WIDTH: f64 = 360.0;

    /// The page's own look for a chart `css_width` CSS pixels wide.
    pub fn new(theme: Theme, scale: f64, css_width: f64) -> ChartStyle {
        let scale = if scale.is_finite() && scale > 0.0 { scale } else { 1.0 };
        let font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif".to_owned();
        ChartStyle { theme, font, font_size: 12.0, scale, compact: css_width <= Self::COMPACT_WIDTH }
    }

    /// CSS pixels as whole device pixels; what is not zero stays visible.
    pub fn px(&self, css: f64) -> i32 {
        let px = (css * self.scale).round() as i32;
        if px == 0 && css > 0.0 { 1 } else { px }
    }
}
