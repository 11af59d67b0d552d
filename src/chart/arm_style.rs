//! How each arm looks: one colour, one dash, one marker, in every chart, table and legend.

use crate::{color::Rgb, style::Theme};

/// The shape at an arm's data points. Shapes differ in outline, so that they tell arms apart without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// Filled disc.
    Circle,
    /// Ring.
    HollowCircle,
    /// Filled square.
    Square,
    /// Outlined square.
    HollowSquare,
    /// Filled triangle, point up.
    TriangleUp,
    /// Filled triangle, point down.
    TriangleDown,
    /// Filled diamond.
    Diamond,
    /// Diagonal cross.
    DiagonalCross,
    /// Upright cross.
    UprightCross,
}

impl Marker {
    /// Whether it is an outline with nothing inside.
    pub const fn is_hollow(self) -> bool {
        matches!(self, Marker::HollowCircle | Marker::HollowSquare)
    }
}

/// An arm's look.
#[derive(Debug, PartialEq)]
pub struct ArmStyle {
    /// The name used in URL, table and report.
    pub name: &'static str,
    /// What a label in a chart says.
    pub chart_label: &'static str,
    /// What a legend says.
    pub legend_label: &'static str,
    /// On a light page.
    pub light: Rgb,
    /// On a dark page: the same hue, lighter.
    pub dark: Rgb,
    /// Lengths in CSS pixels, drawn and left out in turn; empty is a solid line.
    pub dash: &'static [f64],
    /// At data points.
    pub marker: Marker,
}

const fn arm_style(
    name: &'static str,
    (label, long): (&'static str, &'static str),
    (light, dark): (u32, u32),
    dash: &'static [f64],
    marker: Marker,
) -> ArmStyle {
    ArmStyle {
        name,
        chart_label: label,
        legend_label: long,
        light: Rgb::hex(light),
        dark: Rgb::hex(dark),
        dash,
        marker,
    }
}

impl ArmStyle {
    /// Every arm in the order of legends, then the look of an arm nobody has named. Hues are Okabe and Ito's,
    /// darkened or lightened until they stand out 3:1 from the page, and a brown; their black is the dense network's
    /// grey and the ink of what is not rewound, for their sky blue would be too near the ticket's blue.
    pub const ALL: &'static [ArmStyle] = &[
        arm_style(
            "dense",
            ("dense", "dense network"),
            (0x6b7280, 0xa3abb6),
            &[2.0, 3.0],
            Marker::UprightCross,
        ),
        arm_style(
            "ticket",
            ("ticket", "winning ticket (rewound)"),
            (0x0072b2, 0x4aa8e0),
            &[],
            Marker::Circle,
        ),
        arm_style(
            "reinit",
            ("re-init", "random re-init"),
            (0xd55e00, 0xf0803c),
            &[7.0, 4.0],
            Marker::HollowCircle,
        ),
        arm_style(
            "shuffled",
            ("shuffled", "shuffled mask"),
            (0x008a64, 0x2fbf95),
            &[7.0, 3.0, 2.0, 3.0],
            Marker::Square,
        ),
        arm_style(
            "random",
            ("random", "random mask and weights"),
            (0xb85f94, 0xd98fba),
            &[4.0, 3.0],
            Marker::HollowSquare,
        ),
        arm_style(
            "sign",
            ("signs", "initial signs kept"),
            (0xb87a00, 0xe6a520),
            &[12.0, 4.0],
            Marker::TriangleUp,
        ),
        arm_style(
            "norewind",
            ("no rewind", "not rewound"),
            (0x23272e, 0xf2f4f7),
            &[12.0, 3.0, 3.0, 3.0],
            Marker::TriangleDown,
        ),
        arm_style(
            "late",
            ("late", "late rewinding"),
            (0x6f7000, 0xe8e04a),
            &[3.0, 3.0, 9.0, 3.0],
            Marker::Diamond,
        ),
        arm_style(
            "oneshot",
            ("one-shot", "pruned in one shot"),
            (0x7a5230, 0xc79a72),
            &[2.0, 2.0, 6.0, 2.0],
            Marker::DiagonalCross,
        ),
        arm_style("", ("other", "other"), (0x6b7280, 0x9aa3af), &[1.0, 3.0], Marker::Circle),
    ];

    /// The look of the arm called `name`; a plain grey one if there is none.
    pub fn by_name(name: &str) -> &'static ArmStyle {
        Self::ALL.iter().find(|style| style.name == name).unwrap_or(&Self::ALL[Self::ALL.len() - 1])
    }

    /// The colour on such a page.
    pub const fn color(&self, theme: Theme) -> Rgb {
        match theme {
            Theme::Light => self.light,
            Theme::Dark => self.dark,
        }
    }

    /// The colour for text: towards the ink until it can be read at 4.5:1.
    pub fn text_color(&self, theme: Theme) -> Rgb {
        let shades = (0..=20).map(|step| self.color(theme).mix(theme.text(), f64::from(step) / 20.0));
        let mut readable = shades.filter(|shade| shade.contrast(theme.background()) >= 4.5);
        readable.next().unwrap_or(theme.text())
    }

    /// The colour as CSS writes it.
    pub fn css_color(&self, theme: Theme) -> String {
        self.color(theme).css()
    }

    /// The dash as SVG's `stroke-dasharray` writes it; empty for a solid line.
    pub fn svg_dasharray(&self) -> String {
        self.dash.iter().map(f64::to_string).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests;
