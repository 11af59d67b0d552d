use crate::{
    color::Rgb,
    mask_paint::{legend, paint},
    masks::*,
    style::Theme,
};
use proptest::prelude::*;

const LENET: [(usize, usize); 3] = [(784, 300), (300, 100), (100, 10)];

fn pictures() -> impl Strategy<Value = MaskPicture> {
    prop_oneof![
        Just(MaskPicture::Inputs),
        (0usize..40).prop_map(|columns| MaskPicture::Units { columns }),
        (0usize..3).prop_map(|layer| MaskPicture::Matrix { layer }),
    ]
}

/// Networks so small that every pixel can be checked. The inputs fill a square image or do not, a row has room for all
/// units or does not, and one layer has a single weight.
const SMALL: [&[(usize, usize)]; 4] =
    [&[(9, 4), (4, 3)], &[(5, 3), (3, 2), (2, 4)], &[(2, 7), (7, 1)], &[(1, 1)]];

/// Every picture of such a network.
fn all_pictures(layers: &[(usize, usize)]) -> Vec<MaskPicture> {
    let units = (0..=layers[0].1 + 1).map(|columns| MaskPicture::Units { columns });
    let matrices = (0..layers.len()).map(|layer| MaskPicture::Matrix { layer });
    std::iter::once(MaskPicture::Inputs).chain(units).chain(matrices).collect()
}

/// Every cell that a picture has to show.
fn cells(layers: &[(usize, usize)], picture: MaskPicture) -> Vec<MaskCell> {
    let weights = |layer: usize| {
        let (inputs, outputs) = layers[layer];
        (0..inputs * outputs)
            .map(move |at| MaskCell::Weight { layer, output: at / inputs, input: at % inputs })
            .collect()
    };
    match picture {
        MaskPicture::Inputs => (0..layers[0].0).map(|input| MaskCell::Input { input }).collect(),
        MaskPicture::Units { .. } => weights(0),
        MaskPicture::Matrix { layer } => weights(layer),
    }
}

/// Checks that each cell has a pixel inside the picture, which shows this cell at every position within the pixel. No
/// two cells may share a pixel, and all other pixels must show nothing.
fn check_picture(layers: &[(usize, usize)], picture: MaskPicture) {
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
    for layers in SMALL {
        all_pictures(layers).into_iter().for_each(|picture| check_picture(layers, picture));
    }
    let units = [1, 20, 23, 300].map(|columns| MaskPicture::Units { columns });
    let matrices = [0, 1, 2].map(|layer| MaskPicture::Matrix { layer });
    let pictures = [MaskPicture::Inputs].into_iter().chain(units).chain(matrices);
    pictures.for_each(|picture| check_picture(&LENET, picture));
}

#[test]
fn outside_a_picture_is_nothing() {
    for layers in SMALL.into_iter().chain([&LENET[..]]) {
        for picture in
            [MaskPicture::Inputs, MaskPicture::Units { columns: 2 }, MaskPicture::Matrix { layer: 0 }]
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
        (MaskPicture::Inputs, MaskCell::Input { input: 784 }),
        (MaskPicture::Inputs, weight(0, 0, 0)),
        (MaskPicture::Units { columns: 20 }, MaskCell::Input { input: 0 }),
        (MaskPicture::Units { columns: 20 }, weight(1, 0, 0)),
        (MaskPicture::Units { columns: 20 }, weight(0, 300, 0)),
        (MaskPicture::Units { columns: 20 }, weight(0, 0, 784)),
        (MaskPicture::Matrix { layer: 1 }, weight(0, 0, 0)),
        (MaskPicture::Matrix { layer: 1 }, weight(1, 100, 0)),
        (MaskPicture::Matrix { layer: 1 }, weight(1, 0, 300)),
        (MaskPicture::Matrix { layer: 3 }, weight(3, 0, 0)),
    ] {
        assert_eq!(pixel_of_cell(&LENET, picture, cell), None, "{picture:?} {cell:?}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(
        prune_rounds in prop::collection::vec(any::<u8>(), 0..60),
        shape in prop::collection::vec((0usize..7, 0usize..5), 0..4),
        round: u8,
        phase in prop_oneof![Just(f64::NAN), -1.0f64..2.0],
        picture in pictures(),
    ) {
        let masks = MaskHistory { layers: &shape, prune_rounds: &prune_rounds, round, animation_progress: phase };
        let mut rgba = Vec::new();
        paint(&masks, picture, Theme::Light, &mut rgba);
        let (width, height) = picture_size(&shape, picture);
        prop_assert_eq!(rgba.len(), 4 * width * height);
        describe(&masks, picture);
        for (x, y) in [(0.0, 0.0), (3.0, 2.0), (f64::NAN, -1.0)] {
            if let Some(cell) = cell_at_pixel(&shape, picture, x, y) {
                cell_description(&masks, cell, &[], &[]);
            }
        }
    }
}

/// The prune rounds of a layer with three weights, seen from round 2: surviving, just pruned, and pruned earlier.
const ROW: [u8; 3] = [NEVER_PRUNED, 2, 1];

fn painted(theme: Theme, phase: f64) -> Vec<Rgb> {
    let mut rgba = Vec::new();
    let masks = MaskHistory { layers: &[(3, 1)], prune_rounds: &ROW, round: 2, animation_progress: phase };
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
    let masks = |round| MaskHistory { layers: &[(3, 1)], prune_rounds: &ROW, round, animation_progress: 1.0 };
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
    let masks =
        MaskHistory { layers: &[(4, 2)], prune_rounds: &prune_rounds, round: 2, animation_progress: 1.0 };
    assert_eq!(masks.by_input(), [(2, 0), (1, 1), (0, 0), (0, 2)]);
    assert_eq!(picture_size(masks.layers, MaskPicture::Inputs), (2, 2));
    let mut rgba = Vec::new();
    paint(&masks, MaskPicture::Inputs, Theme::Light, &mut rgba);
    let light = |pixel: usize| Rgb(rgba[4 * pixel], rgba[4 * pixel + 1], rgba[4 * pixel + 2]).luminance();
    assert!(light(0) < light(1) && light(1) < light(2) && light(2) == light(3));
    // The scale is fixed: the same count has the same colour, whatever the others have.
    let scale = crate::mask_paint::input_scale(Theme::Light, 2);
    let css = |pixel: usize| Rgb(rgba[4 * pixel], rgba[4 * pixel + 1], rgba[4 * pixel + 2]).css();
    assert_eq!(scale, [(0, css(2)), (1, css(1)), (2, css(0))]);
}

#[test]
fn a_weight_of_a_filter_has_a_name() {
    let layers = [(25, 6), (150, 16), (400, 10)];
    let prune_rounds = vec![NEVER_PRUNED; 25 * 6 + 150 * 16 + 4_000];
    let masks =
        MaskHistory { layers: &layers, prune_rounds: &prune_rounds, round: 0, animation_progress: 1.0 };
    let named = |layer, output, input| {
        let cell = MaskCell::Weight { layer, output, input };
        cell_description(&masks, cell, &[], &[Some(5), Some(5), None])
    };
    assert_eq!(named(0, 3, 7), "layer 1: map 0, row 1, column 2 of the window → filter 3; alive");
    assert_eq!(named(1, 15, 149), "layer 2: map 5, row 4, column 4 of the window → filter 15; alive");
    assert_eq!(named(2, 9, 399), "layer 3: unit 399 → unit 9; alive");
}

#[test]
fn a_weight_has_a_name() {
    let mut prune_rounds = vec![NEVER_PRUNED; 266_200];
    prune_rounds[203 * 784 + 14 * 28 + 9] = 3;
    let masks =
        MaskHistory { layers: &LENET, prune_rounds: &prune_rounds, round: 4, animation_progress: 1.0 };
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
        cell_description(&masks, MaskCell::Input { input: 401 }, &digits, &[]),
        "pixel in row 14, column 9: 299 of 300 weights left"
    );
    assert_eq!(
        describe(&masks, MaskPicture::Units { columns: 20 }),
        "Layer 1 unit by unit, round 4: 235,199 of 235,200 weights left (100%), 0 just pruned."
    );
    assert_eq!(columns_for(&LENET, 600), 20);
    assert_eq!(columns_for(&LENET, 10), 1);
}
