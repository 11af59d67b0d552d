use super::*;

const THEMES: [Theme; 2] = [Theme::Light, Theme::Dark];

/// The styles of the arms that have a name.
fn named() -> impl Iterator<Item = &'static ArmStyle> {
    ArmStyle::ALL.iter().filter(|style| !style.name.is_empty())
}

/// Every pair of different styles.
fn pairs() -> impl Iterator<Item = (&'static ArmStyle, &'static ArmStyle)> {
    named().enumerate().flat_map(|(index, style)| named().take(index).map(move |other| (style, other)))
}

/// Linear intensities of red, green and blue, from 0 to 1.
fn linear(color: Rgb) -> [f64; 3] {
    [color.0, color.1, color.2].map(|byte| {
        let v = f64::from(byte) / 255.0;
        if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    })
}

fn times(matrix: [[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
}

/// How people with normal vision see, and people who lack one of the three kinds of cones, as matrices on linear RGB
/// (Machado, Oliveira and Fernandes 2009, severity 1).
const EYES: [(&str, [[f64; 3]; 3]); 4] = [
    ("any eyes", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

/// Coordinates in Oklab (Ottosson 2020): lightness and two hue axes. Equal distances look about equally large, and the
/// distance from black to white is 1.
fn oklab(light: [f64; 3]) -> [f64; 3] {
    let cones = times(
        [
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ],
        light.map(|v| v.clamp(0.0, 1.0)),
    );
    times(
        [
            [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
            [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
            [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
        ],
        cones.map(f64::cbrt),
    )
}

/// The perceived distance of two colours for people with such eyes.
fn apart(eyes: [[f64; 3]; 3], a: Rgb, b: Rgb) -> f64 {
    let [a, b] = [a, b].map(|color| oklab(times(eyes, linear(color))));
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn arms_stand_out_from_the_page() {
    for style in ArmStyle::ALL {
        for theme in THEMES {
            let contrast = style.color(theme).contrast(theme.background());
            assert!(contrast >= 3.0, "{} on {theme:?}: {contrast:.2}", style.name);
            assert!(style.text_color(theme).contrast(theme.background()) >= 4.5);
        }
    }
    for theme in THEMES {
        assert!(theme.text().contrast(theme.background()) >= 12.0);
        assert!(theme.secondary_text().contrast(theme.background()) >= 4.5);
    }
}

#[test]
fn the_distance_is_that_of_known_colours() {
    let [(_, normal), (_, red_blind), ..] = EYES;
    assert!((apart(normal, Rgb::hex(0), Rgb::hex(0xffffff)) - 1.0).abs() < 1e-3);
    assert_eq!(apart(normal, Rgb::hex(0xd55e00), Rgb::hex(0xd55e00)), 0.0);
    // People without long-wavelength cones confuse this red with this olive.
    let (red, olive) = (Rgb::hex(0xff0000), Rgb::hex(0x6d5f00));
    assert!(apart(red_blind, red, olive) < apart(normal, red, olive) / 4.0);
}

#[test]
fn every_two_arms_differ_in_colour() {
    let (_, normal) = EYES[0];
    for (style, other) in pairs() {
        for theme in THEMES {
            let far = apart(normal, style.color(theme), other.color(theme));
            assert!(far >= 0.07, "{} and {} on {theme:?}: {far:.3}", style.name, other.name);
        }
    }
}

/// Nobody can choose nine colours that everyone tells apart. So this only holds for the three arms that nearly every
/// chart shows. The others differ in dash and marker, which the next test checks.
#[test]
fn the_usual_arms_differ_in_colour_to_all_eyes() {
    let usual = ["dense", "ticket", "reinit"].map(ArmStyle::by_name);
    for (name, eyes) in EYES {
        for (style, other) in [(0, 1), (0, 2), (1, 2)].map(|(a, b)| (usual[a], usual[b])) {
            for theme in THEMES {
                let far = apart(eyes, style.color(theme), other.color(theme));
                assert!(far >= 0.07, "{} and {} on {theme:?}, {name}: {far:.3}", style.name, other.name);
            }
        }
    }
}

/// Four lengths of a dash, beginning at the length with index `start`.
fn four_lengths(dash: &[f64], start: usize) -> [f64; 4] {
    std::array::from_fn(|index| dash[(index + start) % dash.len()])
}

/// How many CSS pixels two dashes differ by over four lengths, in the alignment where they differ least. A solid line
/// differs infinitely from any dash.
fn dashes_apart(a: &[f64], b: &[f64]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return if a == b { 0.0 } else { f64::INFINITY };
    }
    let difference = |start| {
        four_lengths(a, 0).iter().zip(four_lengths(b, start)).map(|(a, b)| (a - b).abs()).sum::<f64>()
    };
    difference(0).min(difference(2))
}

#[test]
fn every_two_arms_differ_in_dash_and_in_marker_without_any_colour() {
    for style in ArmStyle::ALL {
        assert!(matches!(style.dash.len(), 0 | 2 | 4), "{}: lines and gaps in turn", style.name);
    }
    for (style, other) in pairs() {
        let off = dashes_apart(style.dash, other.dash);
        assert!(off >= 3.0, "the dashes of {} and {} differ by {off} pixels", style.name, other.name);
        assert_ne!(style.marker, other.marker, "{} and {}", style.name, other.name);
    }
}

#[test]
fn every_two_arms_differ_in_every_text() {
    for (style, other) in pairs() {
        assert_ne!(style.name, other.name);
        assert_ne!(style.chart_label(), other.chart_label(), "{} and {}", style.name, other.name);
        assert_ne!(style.legend_label(), other.legend_label(), "{} and {}", style.name, other.name);
    }
}

#[test]
fn an_arm_nobody_has_named_looks_like_none_of_the_others() {
    let nobody = ArmStyle::by_name("no such arm");
    assert_eq!(nobody.name, "");
    for style in named() {
        assert_ne!(style.dash, nobody.dash, "{}", style.name);
        assert_ne!(style.chart_label(), nobody.chart_label(), "{}", style.name);
        assert_eq!(ArmStyle::by_name(style.name), style);
    }
}

#[test]
fn colours_and_dashes_are_as_the_page_writes_them() {
    assert_eq!(ArmStyle::by_name("ticket").css_color(Theme::Light), "#0072b2");
    assert_eq!(ArmStyle::by_name("reinit").svg_dasharray(), "7 4");
    assert_eq!(ArmStyle::by_name("ticket").svg_dasharray(), "");
}
