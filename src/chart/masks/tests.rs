use crate::{
    color::Rgb,
    mask_paint::{legend, paint, pixel_scale},
    masks::*,
    style::Theme,
};
use proptest::prelude::*;

const LENET: [(usize, usize); 3] = [(784, 300), (300, 100), (100, 10)];

/// The shape of a network that reads grey squares.
fn grey(layers: &[(usize, usize)]) -> MaskShape<'_> {
    MaskShape { layers, input: InputShape::square(layers.first().map_or(0, |layer| layer.0)) }
}

fn lenet() -> MaskShape<'static> {
    grey(&LENET)
}

/// A network that reads coloured images of 2 rows and 3 columns.
fn coloured() -> MaskShape<'static> {
    MaskShape { layers: &[(18, 5), (5, 2)], input: InputShape { channels: 3, height: 2, width: 3 } }
}

fn pictures() -> impl Strategy<Value = MaskPicture> {
    prop_oneof![
        Just(MaskPicture::Pixels),
        (0usize..40).prop_map(|columns| MaskPicture::Units { columns }),
        (0usize..3).prop_map(|layer| MaskPicture::Matrix { layer }),
    ]
}

/// Networks so small that every pixel can be checked. The inputs fill a square image or do not, a row has room for all
/// units or does not, and one layer has a single weight.
const SMALL: [&[(usize, usize)]; 4] =
    [&[(9, 4), (4, 3)], &[(5, 3), (3, 2), (2, 4)], &[(2, 7), (7, 1)], &[(1, 1)]];

/// Every picture of such a network.
fn all_pictures(MaskShape { layers, .. }: MaskShape<'_>) -> Vec<MaskPicture> {
    let units = (0..=layers[0].1 + 1).map(|columns| MaskPicture::Units { columns });
    let matrices = (0..layers.len()).map(|layer| MaskPicture::Matrix { layer });
    std::iter::once(MaskPicture::Pixels).chain(units).chain(matrices).collect()
}

/// Every cell that a picture has to show.
fn cells(shape: MaskShape<'_>, picture: MaskPicture) -> Vec<MaskCell> {
    let layers = shape.layers;
    let weights = |layer: usize| {
        let (inputs, outputs) = layers[layer];
        (0..inputs * outputs)
            .map(move |at| MaskCell::Weight { layer, output: at / inputs, input: at % inputs })
            .collect()
    };
    match picture {
        MaskPicture::Pixels => {
            (0..layers[0].0 / shape.input.channels).map(|pixel| MaskCell::Pixel { pixel }).collect()
        }
        MaskPicture::Units { .. } => weights(0),
        MaskPicture::Matrix { layer } => weights(layer),
    }
}

/// Checks that each cell has a pixel inside the picture, which shows this cell at every position within the pixel. No
/// two cells may share a pixel, and all other pixels must show nothing.
fn check_picture(layers: MaskShape<'_>, picture: MaskPicture) {
    let (width, height) = picture_size(layers, picture);
    let mut free = vec![true; width * height];
    for cell in cells(layers, picture) {
        let pixel = pixel_of_cell(layers, picture, cell);
        let (x, y) = pixel.unwrap_or_else(|| panic!("{picture:?} of {layers:?} does not show {cell:?}"));
        assert!(x < width && y < height, "{picture:?} of {layers:?} shows {cell:?} at {x}, {y}");
        assert!(std::mem::take(&mut free[y * width + x]), "{picture:?} of {layers:?}: two cells at {x}, {y}");
        for within in [0.0, 0.5, 0.999] {
            let found = cell_at_pixel(layers, picture, x as f64 + within, y as f64 + within);
            assert_eq!(found, Some(cell), "{picture:?} of {layers:?} at {x}, {y}");
        }
    }
    for at in (0..free.len()).filter(|&at| free[at]) {
        let (x, y) = ((at % width) as f64 + 0.5, (at / width) as f64 + 0.5);
        assert_eq!(cell_at_pixel(layers, picture, x, y), None, "{picture:?} of {layers:?} at {x}, {y}");
    }
}

#[test]
fn every_cell_has_a_pixel_of_its_own_and_no_other_pixel_a_cell() {
    for layers in SMALL.map(grey).into_iter().chain([coloured()]) {
        all_pictures(layers).into_iter().for_each(|picture| check_picture(layers, picture));
    }
    let units = [1, 20, 23, 300].map(|columns| MaskPicture::Units { columns });
    let matrices = [0, 1, 2].map(|layer| MaskPicture::Matrix { layer });
    let pictures = [MaskPicture::Pixels].into_iter().chain(units).chain(matrices);
    pictures.for_each(|picture| check_picture(lenet(), picture));
}

#[test]
fn outside_a_picture_is_nothing() {
    for layers in SMALL.map(grey).into_iter().chain([lenet(), coloured()]) {
        for picture in
            [MaskPicture::Pixels, MaskPicture::Units { columns: 2 }, MaskPicture::Matrix { layer: 0 }]
        {
            let (width, height) = picture_size(layers, picture);
            let (width, height) = (width as f64, height as f64);
            assert!(cell_at_pixel(layers, picture, 0.0, 0.0).is_some());
            for (x, y) in [
                (-0.001, 0.0),
                (0.0, -0.001),
                (width, 0.0),
                (0.0, height),
                (width + 0.5, height + 0.5),
                (f64::NAN, 0.0),
                (0.0, f64::NAN),
                (f64::INFINITY, 0.0),
                (0.0, f64::NEG_INFINITY),
            ] {
                assert_eq!(
                    cell_at_pixel(layers, picture, x, y),
                    None,
                    "{picture:?} of {layers:?} at {x}, {y}"
                );
            }
        }
    }
}

#[test]
fn a_cell_that_a_picture_does_not_show_has_no_pixel() {
    let weight = |layer, output, input| MaskCell::Weight { layer, output, input };
    for (picture, cell) in [
        (MaskPicture::Pixels, MaskCell::Pixel { pixel: 784 }),
        (MaskPicture::Pixels, weight(0, 0, 0)),
        (MaskPicture::Units { columns: 20 }, MaskCell::Pixel { pixel: 0 }),
        (MaskPicture::Units { columns: 20 }, weight(1, 0, 0)),
        (MaskPicture::Units { columns: 20 }, weight(0, 300, 0)),
        (MaskPicture::Units { columns: 20 }, weight(0, 0, 784)),
        (MaskPicture::Matrix { layer: 1 }, weight(0, 0, 0)),
        (MaskPicture::Matrix { layer: 1 }, weight(1, 100, 0)),
        (MaskPicture::Matrix { layer: 1 }, weight(1, 0, 300)),
        (MaskPicture::Matrix { layer: 3 }, weight(3, 0, 0)),
    ] {
        assert_eq!(pixel_of_cell(lenet(), picture, cell), None, "{picture:?} {cell:?}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(
        prune_rounds in prop::collection::vec(any::<u8>(), 0..60),
        layers in prop::collection::vec((0usize..7, 0usize..5), 0..4),
        (channels, height, width) in (0usize..4, 0usize..4, 0usize..4),
        round: u8,
        phase in prop_oneof![Just(f64::NAN), -1.0f64..2.0],
        picture in pictures(),
    ) {
        let input = InputShape { channels, height, width };
        let shape = MaskShape { layers: &layers, input };
        let masks = MaskHistory { shape, prune_rounds: &prune_rounds, round, animation_progress: phase };
        let mut rgba = Vec::new();
        paint(&masks, picture, Theme::Light, &mut rgba);
        let (width, height) = picture_size(shape, picture);
        prop_assert_eq!(rgba.len(), 4 * width * height);
        describe(&masks, picture);
        for (x, y) in [(0.0, 0.0), (3.0, 2.0), (f64::NAN, -1.0)] {
            if let Some(cell) = cell_at_pixel(shape, picture, x, y) {
                cell_description(&masks, cell, &[], &[]);
            }
        }
    }
}

/// The prune rounds of a layer with three weights, seen from round 2: surviving, just pruned, and pruned earlier.
const ROW: [u8; 3] = [NEVER_PRUNED, 2, 1];

fn painted(theme: Theme, phase: f64) -> Vec<Rgb> {
    let mut rgba = Vec::new();
    let masks =
        MaskHistory { shape: grey(&[(3, 1)]), prune_rounds: &ROW, round: 2, animation_progress: phase };
    paint(&masks, MaskPicture::Matrix { layer: 0 }, theme, &mut rgba);
    rgba.chunks(4).map(|pixel| Rgb(pixel[0], pixel[1], pixel[2])).collect()
}

#[test]
fn fates_differ_in_lightness() {
    for theme in [Theme::Light, Theme::Dark] {
        let colors = painted(theme, 1.0);
        let (alive, died, dead) = (colors[0], colors[1], colors[2]);
        assert!(alive.contrast(died) >= 2.0, "{theme:?} {}", alive.contrast(died));
        assert!(died.contrast(dead) >= 2.0, "{theme:?} {}", died.contrast(dead));
        assert!(alive.contrast(dead) >= 4.5, "{theme:?} {}", alive.contrast(dead));
        let [(_, first), (_, second), (_, third)] = legend(theme);
        assert_eq!([first, second, third], [alive.css(), died.css(), dead.css()]);
    }
}

#[test]
fn what_dies_lights_up_then_goes() {
    for theme in [Theme::Light, Theme::Dark] {
        let color_at = |phase: f64| painted(theme, phase)[1];
        assert_eq!(color_at(0.0), painted(theme, 0.0)[0], "it begins alive");
        assert!(color_at(0.4).luminance() > color_at(0.0).luminance(), "it lights up");
        assert!(color_at(0.4).luminance() > color_at(1.0).luminance(), "and fades");
        // Only weights that are just pruned change their colour.
        assert_eq!(
            [painted(theme, 0.0)[0], painted(theme, 0.0)[2]],
            [painted(theme, 0.4)[0], painted(theme, 0.4)[2]]
        );
    }
}

#[test]
fn masks_of_earlier_rounds_come_from_the_same_bytes() {
    let masks =
        |round| MaskHistory { shape: grey(&[(3, 1)]), prune_rounds: &ROW, round, animation_progress: 1.0 };
    let fates = |round| ROW.map(|prune_round| masks(round).weight_state(prune_round));
    assert_eq!(fates(0), [WeightState::Surviving; 3]);
    assert_eq!(fates(1), [WeightState::Surviving, WeightState::Surviving, WeightState::JustPruned]);
    assert_eq!(fates(3), [WeightState::Surviving, WeightState::PrunedEarlier, WeightState::PrunedEarlier]);
}

#[test]
fn the_input_map_counts_units() {
    // Two units with four inputs. Input 0 keeps both weights, input 1 has just lost one, input 2 has lost both earlier,
    // and input 3 has just lost both.
    let prune_rounds = [NEVER_PRUNED, 2, 1, 2, NEVER_PRUNED, NEVER_PRUNED, 1, 2];
    let masks = MaskHistory {
        shape: grey(&[(4, 2)]),
        prune_rounds: &prune_rounds,
        round: 2,
        animation_progress: 1.0,
    };
    assert_eq!(masks.by_pixel(), [(2, 0), (1, 1), (0, 0), (0, 2)]);
    assert_eq!(picture_size(masks.shape, MaskPicture::Pixels), (2, 2));
    let mut rgba = Vec::new();
    paint(&masks, MaskPicture::Pixels, Theme::Light, &mut rgba);
    let light = |pixel: usize| Rgb(rgba[4 * pixel], rgba[4 * pixel + 1], rgba[4 * pixel + 2]).luminance();
    assert!(light(0) < light(1) && light(1) < light(2) && light(2) == light(3));
    // The scale is fixed: the same count has the same colour, whatever the others have.
    let scale = pixel_scale(Theme::Light, 2);
    let css = |pixel: usize| Rgb(rgba[4 * pixel], rgba[4 * pixel + 1], rgba[4 * pixel + 2]).css();
    assert_eq!(scale, [(0, css(2)), (1, css(1)), (2, css(0))]);
}

#[test]
fn a_weight_of_a_filter_has_a_name() {
    let named = |channels: usize, layer, output, input| {
        let layers = [(25 * channels, 6), (150, 16), (400, 10)];
        let shape = MaskShape { layers: &layers, input: InputShape { channels, height: 5, width: 5 } };
        let prune_rounds = vec![NEVER_PRUNED; 25 * channels * 6 + 150 * 16 + 4_000];
        let masks = MaskHistory { shape, prune_rounds: &prune_rounds, round: 0, animation_progress: 1.0 };
        let cell = MaskCell::Weight { layer, output, input };
        cell_description(&masks, cell, &[], &[Some(5), Some(5), None])
    };
    let of_colors = named(3, 0, 3, 50 + 7);
    assert_eq!(of_colors, "layer 1: blue, row 1, column 2 of the window → filter 3; alive");
    let second = named(3, 1, 3, 7);
    assert_eq!(second, "layer 2: map 0, row 1, column 2 of the window → filter 3; alive");
    let named = |layer, output, input| named(1, layer, output, input);
    assert_eq!(named(0, 3, 7), "layer 1: map 0, row 1, column 2 of the window → filter 3; alive");
    assert_eq!(named(1, 15, 149), "layer 2: map 5, row 4, column 4 of the window → filter 15; alive");
    assert_eq!(named(2, 9, 399), "layer 3: unit 399 → unit 9; alive");
}

#[test]
fn a_weight_has_a_name() {
    let mut prune_rounds = vec![NEVER_PRUNED; 266_200];
    prune_rounds[203 * 784 + 14 * 28 + 9] = 3;
    let masks =
        MaskHistory { shape: lenet(), prune_rounds: &prune_rounds, round: 4, animation_progress: 1.0 };
    let digits: Vec<String> = (0..10).map(|digit| format!("digit {digit}")).collect();
    let named = |layer, output, input| {
        cell_description(&masks, MaskCell::Weight { layer, output, input }, &digits, &[])
    };
    assert_eq!(
        named(0, 203, 14 * 28 + 9),
        "layer 1: pixel in row 14, column 9 → unit 203; pruned before round 3"
    );
    assert_eq!(named(1, 9, 17), "layer 2: unit 17 → unit 9; alive");
    assert_eq!(named(2, 7, 99), "layer 3: unit 99 → digit 7; alive");
    assert_eq!(
        cell_description(&masks, MaskCell::Pixel { pixel: 401 }, &digits, &[]),
        "pixel in row 14, column 9: 299 of 300 weights left"
    );
    assert_eq!(
        describe(&masks, MaskPicture::Units { columns: 20 }),
        "Layer 1 unit by unit, round 4: 235,199 of 235,200 weights left (100%), 0 just pruned."
    );
    assert_eq!(columns_for(lenet(), 600), 20);
    assert_eq!(columns_for(lenet(), 10), 1);
}

#[test]
fn coloured_pixels_stand_for_their_channels() {
    // Unit 1 has lost all of pixel 4 but its blue, and is losing its green. Unit 2 keeps nothing of it.
    let mut prune_rounds = vec![NEVER_PRUNED; 18 * 5 + 10];
    for (weight, round) in [(18 + 4, 1), (18 + 6 + 4, 2), (36 + 4, 1), (36 + 6 + 4, 1), (36 + 12 + 4, 1)] {
        prune_rounds[weight] = round;
    }
    let masks =
        MaskHistory { shape: coloured(), prune_rounds: &prune_rounds, round: 2, animation_progress: 1.0 };
    let named = |cell| cell_description(&masks, cell, &[], &[]);
    assert_eq!(
        named(MaskCell::Pixel { pixel: 4 }),
        "pixel in row 1, column 1: 10 of 15 weights left; 1 have just been pruned"
    );
    let weight = |input| named(MaskCell::Weight { layer: 0, output: 1, input });
    assert_eq!(weight(4), "layer 1: red of the pixel in row 1, column 1 → unit 1; pruned before round 1");
    assert_eq!(weight(12 + 4), "layer 1: blue of the pixel in row 1, column 1 → unit 1; alive");
    // Three channels of 3 × 2 pixels side by side, then a wider gap.
    let picture = MaskPicture::Units { columns: 2 };
    assert_eq!(picture_size(masks.shape, picture), (2 * 11 + 4, 3 * 2 + 2 * 4));
    assert_eq!(cell_at_pixel(masks.shape, picture, 15.0 + 4.0 + 1.0, 1.0), {
        Some(MaskCell::Weight { layer: 0, output: 1, input: 6 + 4 })
    });
    // Each weight is painted where it is found.
    let mut rgba = Vec::new();
    paint(&masks, picture, Theme::Light, &mut rgba);
    let (pixels, _) = rgba.as_chunks::<4>();
    let ink = legend(Theme::Light).map(|(_, css)| css);
    for cell in cells(masks.shape, picture) {
        let (x, y) = pixel_of_cell(masks.shape, picture, cell).unwrap();
        let [red, green, blue, alpha] = pixels[y * 26 + x];
        let MaskCell::Weight { output, input, .. } = cell else { panic!("{cell:?}") };
        let expected = match prune_rounds[output * 18 + input] {
            NEVER_PRUNED => &ink[0],
            2 => &ink[1],
            _ => &ink[2],
        };
        assert_eq!((&Rgb(red, green, blue).css(), alpha), (expected, 255), "{cell:?}");
    }
    assert_eq!(pixel_scale(Theme::Light, masks.weights_of_pixel()).last().unwrap().0, 15);
}

#[test]
fn units_that_would_make_too_large_a_picture_are_left_out() {
    let most = |channels: usize, side: usize, units: usize| {
        let layers = [(channels * side * side, units)];
        drawn_units(MaskShape { layers: &layers, input: InputShape { channels, height: side, width: side } })
    };
    assert_eq!(
        (most(1, 28, 1000), most(1, 32, 200), most(3, 32, 300), most(3, 64, 300)),
        (1000, 200, 76, 19)
    );
    let layers = [(3 * 64 * 64, 300)];
    let shape = MaskShape { layers: &layers, input: InputShape { channels: 3, height: 64, width: 64 } };
    let (width, height) = picture_size(shape, MaskPicture::Units { columns: 3 });
    assert_eq!((width, height), (3 * 194 + 8, 7 * 64 + 6 * 4));
    let last = MaskCell::Weight { layer: 0, output: 19, input: 0 };
    assert_eq!(pixel_of_cell(shape, MaskPicture::Units { columns: 3 }, last), None);
}
