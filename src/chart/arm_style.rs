//! How each arm looks: the same colour, dash and marker in every chart, table and legend.

use crate::{color::Rgb, style::Theme};
use texts::text_of;

/// The marker at an arm's data points. The markers differ in outline, so that they tell arms apart without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// A filled disc.
    Circle,
    /// A ring.
    HollowCircle,
    /// A filled square.
    Square,
    /// An outlined square.
    HollowSquare,
    /// A filled triangle with its point up.
    TriangleUp,
    /// A filled triangle with its point down.
    TriangleDown,
    /// A filled diamond.
    Diamond,
    /// A diagonal cross.
    DiagonalCross,
    /// An upright cross.
    UprightCross,
    /// An outlined diamond.
    HollowDiamond,
    /// An outlined triangle with its point up.
    HollowTriangleUp,
    /// An outlined triangle with its point down.
    HollowTriangleDown,
    /// A filled triangle with its point to the right.
    TriangleRight,
    /// A filled triangle with its point to the left.
    TriangleLeft,
    /// Three lines through a point.
    Asterisk,
    /// A ring with a dot in it.
    DottedCircle,
    /// A filled disc above a level bar. A level bar marks what is of the other data set, and the shape above it says what it is
    /// the counterpart of.
    BarredCircle,
    /// A ring above a level bar.
    BarredHollowCircle,
    /// A filled disc on an upright bar that is higher than it. An upright bar marks what is carried to the other data set.
    PoledCircle,
    /// A ring on an upright bar.
    PoledHollowCircle,
    /// A filled square on an upright bar.
    PoledSquare,
}

impl Marker {
    /// Whether the marker is an outline that is empty inside.
    pub const fn is_hollow(self) -> bool {
        use Marker::{BarredHollowCircle, PoledHollowCircle};
        use Marker::{HollowCircle, HollowDiamond, HollowSquare, HollowTriangleDown, HollowTriangleUp};
        matches!(self, HollowCircle | HollowSquare | HollowDiamond | HollowTriangleUp | HollowTriangleDown)
            || matches!(self, BarredHollowCircle | PoledHollowCircle)
    }
}

/// The style of an arm.
#[derive(Debug, PartialEq)]
pub struct ArmStyle {
    /// The arm's name in the URL, the table and the report.
    pub name: &'static str,
    /// The colour on a light page.
    pub light: Rgb,
    /// The colour on a dark page: the same hue, but lighter.
    pub dark: Rgb,
    /// Lengths of the drawn pieces and of the gaps, alternating, in CSS pixels. Empty for a solid line.
    pub dash: &'static [f64],
    /// The marker at data points.
    pub marker: Marker,
}

const fn arm_style(
    name: &'static str,
    (light, dark): (u32, u32),
    dash: &'static [f64],
    marker: Marker,
) -> ArmStyle {
    ArmStyle { name, light: Rgb::hex(light), dark: Rgb::hex(dark), dash, marker }
}

impl ArmStyle {
    /// The styles of all arms in the legend's order, and as the last the style of an unknown arm. The hues are those of
    /// Okabe and Ito, darkened or lightened until their contrast with the page is 3:1, a brown, a violet, and behind them those
    /// that are farthest from all before. The greys of the
    /// dense network and of the arm without rewinding replace Okabe and Ito's black. Their sky blue is left out because
    /// it would be too similar to the ticket's blue.
    pub const ALL: &'static [ArmStyle] = &[
        arm_style("dense", (0x6b7280, 0xa3abb6), &[2.0, 3.0], Marker::UprightCross),
        arm_style("ticket", (0x0072b2, 0x4aa8e0), &[], Marker::Circle),
        arm_style("reinit", (0xd55e00, 0xf0803c), &[7.0, 4.0], Marker::HollowCircle),
        arm_style("shuffled", (0x008a64, 0x2fbf95), &[7.0, 3.0, 2.0, 3.0], Marker::Square),
        arm_style("random", (0xb85f94, 0xd98fba), &[4.0, 3.0], Marker::HollowSquare),
        arm_style("sign", (0xb87a00, 0xe6a520), &[12.0, 4.0], Marker::TriangleUp),
        arm_style("norewind", (0x23272e, 0xf2f4f7), &[12.0, 3.0, 3.0, 3.0], Marker::TriangleDown),
        arm_style("late", (0x6f7000, 0xe8e04a), &[3.0, 3.0, 9.0, 3.0], Marker::Diamond),
        arm_style("oneshot", (0x7a5230, 0xc79a72), &[2.0, 2.0, 6.0, 2.0], Marker::DiagonalCross),
        arm_style("own", (0x7b4fb5, 0xb79aec), &[5.0, 7.0], Marker::HollowDiamond),
        arm_style("snip", (0xfa3569, 0xe6247e), &[9.0, 6.0], Marker::HollowTriangleUp),
        arm_style("grasp", (0x0d4e12, 0x4c7b10), &[2.0, 7.0], Marker::HollowTriangleDown),
        arm_style("synflow", (0x1c9fba, 0x26e8f8), &[10.0, 3.0, 6.0, 3.0], Marker::TriangleRight),
        arm_style("magnitude_init", (0x611802, 0xba3728), &[16.0, 4.0], Marker::TriangleLeft),
        arm_style("random_global", (0x7a9e32, 0x8f9817), &[1.0, 5.0], Marker::Asterisk),
        arm_style("supermask", (0x85035a, 0xe557dd), &[18.0, 3.0, 2.0, 3.0], Marker::DottedCircle),
        arm_style("other_ticket", (0x064872, 0x0c7eb4), &[22.0, 3.0], Marker::BarredCircle),
        arm_style("other_reinit", (0xae4e0c, 0xc6662a), &[8.0, 9.0], Marker::BarredHollowCircle),
        arm_style("transferred", (0x0096ea, 0x72c6fc), &[22.0, 3.0, 2.0, 3.0], Marker::PoledCircle),
        arm_style(
            "transferred_reinit",
            (0xa2725a, 0xfcba96),
            &[8.0, 9.0, 2.0, 9.0],
            Marker::PoledHollowCircle,
        ),
        arm_style("transferred_random", (0x066c4e, 0x00fcc0), &[2.0, 11.0], Marker::PoledSquare),
        arm_style("", (0x6b7280, 0x9aa3af), &[1.0, 3.0], Marker::Circle),
    ];

    /// The style of the arm with this name, or a grey one if there is no such arm.
    pub fn by_name(name: &str) -> &'static ArmStyle {
        Self::ALL.iter().find(|style| style.name == name).unwrap_or(&Self::ALL[Self::ALL.len() - 1])
    }

    /// The arm's name in a chart's labels.
    pub fn chart_label(&self) -> &'static str {
        self.text("")
    }

    /// The arm's name in the legend.
    pub fn legend_label(&self) -> &'static str {
        self.text("_long")
    }

    fn text(&self, what: &str) -> &'static str {
        let name = if self.name.is_empty() { "other" } else { self.name };
        text_of("arm", &format!("{name}{what}"))
    }

    /// The arm's colour in this theme.
    pub const fn color(&self, theme: Theme) -> Rgb {
        match theme {
            Theme::Light => self.light,
            Theme::Dark => self.dark,
        }
    }

    /// The arm's colour for text. It is mixed with the theme's text colour until its contrast is 4.5:1, which makes it
    /// readable.
    pub fn text_color(&self, theme: Theme) -> Rgb {
        let shades = (0..=20).map(|step| self.color(theme).mix(theme.text(), f64::from(step) / 20.0));
        let mut readable = shades.filter(|shade| shade.contrast(theme.background()) >= 4.5);
        readable.next().unwrap_or(theme.text())
    }

    /// The arm's colour as a CSS value.
    pub fn css_color(&self, theme: Theme) -> String {
        self.color(theme).css()
    }

    /// The dash as a value of SVG's `stroke-dasharray`. Empty for a solid line.
    pub fn svg_dasharray(&self) -> String {
        self.dash.iter().map(f64::to_string).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests;
