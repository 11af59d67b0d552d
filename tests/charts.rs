//! Compares charts with SVG snapshots. `UPDATE_SNAPSHOTS=1 cargo test --test charts` rewrites them; look at them before
//! committing.

use chart::{
    DrawResult,
    arm_style::ArmStyle,
    cost::{self, CostChart, RoundCost},
    curves::{self, Curve, CurvesChart, CurvesXAxis},
    histogram::{self, GroupLook, HistogramChart},
    layers::{self, LayersChart},
    rounds::{self, ArmLine, MetricKind, ReferenceLine, RoundPoint, RoundsChart},
    style::{ChartStyle, Theme},
    text_metrics::{FontSpec, TextMeasuringBackend},
};
use experiment::arm::Arm;
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, SVGBackend};

type Ruler = fn(&str, FontSpec<'_>) -> f64;
type Paper<'a> = TextMeasuringBackend<SVGBackend<'a>, Ruler>;

/// Measures text as wide as in a typical sans-serif font, so that charts are the same on every machine.
fn ruler(text: &str, font: FontSpec<'_>) -> f64 {
    let em = |c: char| match c {
        ' ' | '.' | ',' | 'i' | 'l' | 'j' | '-' => 0.28,
        't' | 'f' | 'r' => 0.33,
        'm' | 'w' | '%' => 0.85,
        _ => 0.56,
    };
    text.chars().map(em).sum::<f64>() * font.size * if font.style == "bold" { 1.06 } else { 1.0 }
}

fn svg(
    (width, height): (u32, u32),
    style: &ChartStyle,
    draw: impl FnOnce(&DrawingArea<Paper<'_>, Shift>, &ChartStyle) -> DrawResult<Paper<'static>>,
) -> String {
    let mut text = String::new();
    let device = |css: u32| (f64::from(css) * style.scale) as u32;
    let backend = SVGBackend::with_string(&mut text, (device(width), device(height)));
    let area = TextMeasuringBackend::new(backend, ruler as Ruler).into_area();
    draw(&area, style).unwrap();
    area.present().unwrap();
    drop(area);
    text
}

/// Draws a chart in a wide, a narrow and a dark version and compares each with its snapshot.
fn check(
    name: &str,
    draw: impl Fn(&DrawingArea<Paper<'_>, Shift>, &ChartStyle) -> DrawResult<Paper<'static>> + Copy,
) {
    let cases = [
        ("wide", (416, 260), ChartStyle::new(Theme::Light, 1.0, 416.0)),
        ("narrow", (328, 240), ChartStyle::new(Theme::Light, 2.0, 328.0)),
        ("dark", (416, 260), ChartStyle::new(Theme::Dark, 2.0, 416.0)),
    ];
    for (case, size, mut style) in cases {
        style.font = "sans-serif".to_owned();
        snapshot(&format!("{name}-{case}"), &svg(size, &style, draw));
    }
}

fn snapshot(name: &str, text: &str) {
    let path = format!("{}/tests/snapshots/{name}.svg", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{name} looks different: run with UPDATE_SNAPSHOTS=1, look at {path}, commit it");
}

const LEFT: [f64; 7] = [1.0, 0.501, 0.251, 0.126, 0.0635, 0.032, 0.0162];
const TICKET: [f64; 7] = [0.9520, 0.9589, 0.9622, 0.9583, 0.9517, 0.9395, 0.9259];
const REINIT: [f64; 7] = [0.9520, 0.9438, 0.9322, 0.9195, 0.9149, 0.9078, 0.8865];

/// A made-up curve that rises to `end` with a little deterministic noise. It has a point every 50 iterations up to
/// `until`.
fn curve(arm: &str, round: u32, end: f64, until: u32) -> Curve {
    let slow = if arm == "reinit" { 90.0 } else { 55.0 } * (1.0 + 0.12 * f64::from(round));
    let points = (1..=until / 50).map(|step| {
        let iteration = f64::from(step) * 50.0;
        let noise = 0.004 * f64::from(step * 7 + round * 3).sin();
        (step * 50, end - 0.75 * (-iteration / slow).exp() + noise)
    });
    let early_stop = (until == 500).then_some(450);
    Curve {
        style: ArmStyle::by_name(arm),
        round,
        points: points.collect(),
        band: Vec::new(),
        trials: Vec::new(),
        early_stop,
    }
}

fn some_curves(round: u32, until: u32) -> CurvesChart {
    let reached = |r: u32| if r < round { 500 } else { until };
    let tickets = (0..=round).map(|r| curve("ticket", r, TICKET[r as usize], reached(r)));
    let reinits = (1..=round).map(|r| curve("reinit", r, REINIT[r as usize], reached(r)));
    CurvesChart {
        curves: tickets.chain(reinits).collect(),
        round,
        rounds: 7,
        iterations: 500,
        x_axis: CurvesXAxis::OneRound,
        ghosts: vec![],
        marked: None,
    }
}

/// Like [`some_curves`], but for three trials that differ a little.
fn some_trials(round: u32, until: u32) -> CurvesChart {
    let mut data = some_curves(round, until);
    for curve in &mut data.curves {
        let off =
            |trial: u32, at: u32| 0.02 * f64::from(trial * 5 + at).sin() * (60.0 / f64::from(at)).min(1.0);
        let trial =
            |trial| curve.points.iter().map(move |&(at, value)| (at, value + off(trial, at))).collect();
        curve.trials = (0..3).map(trial).collect();
        let values_at = |index: usize| curve.trials.iter().map(move |trial: &Vec<(u32, f64)>| trial[index].1);
        let ends =
            |index| (values_at(index).fold(f64::MAX, f64::min), values_at(index).fold(f64::MIN, f64::max));
        curve.band = (0..curve.points.len()).map(ends).collect();
    }
    data
}

fn line(arm: &str, values: &[f64], from: usize, trials: usize) -> ArmLine {
    let spread = |index: usize| 0.004 + 0.001 * index as f64;
    let point = |index: usize| RoundPoint {
        weights_left_fraction: LEFT[index],
        value: values[index],
        is_lower_bound: false,
        band: (trials > 1).then_some((values[index] - spread(index), values[index] + spread(index))),
    };
    let trial = |trial: usize| {
        let off = |index: usize| spread(index) * ((trial * 5 + index * 3) as f64).sin();
        (from..values.len()).map(|index| (LEFT[index], values[index] + off(index))).collect()
    };
    let trials = if trials > 1 { (0..trials).map(trial).collect() } else { Vec::new() };
    ArmLine { style: ArmStyle::by_name(arm), points: (from..values.len()).map(point).collect(), trials }
}

fn some_rounds(done: usize, trials: usize) -> RoundsChart {
    RoundsChart {
        metric: "test accuracy at the end".to_owned(),
        kind: MetricKind::Accuracy,
        lines: vec![line("ticket", &TICKET[..done], 0, trials), line("reinit", &REINIT[..done], 1, trials)],
        reference: Some(ReferenceLine {
            style: ArmStyle::by_name("dense"),
            value: 0.952,
            is_lower_bound: false,
            band: None,
        }),
        planned: LEFT.to_vec(),
        ghosts: vec![],
        marked: None,
    }
}

#[test]
fn curves_as_they_were() {
    check("curves-first", |area, style| curves::draw(area, &some_curves(0, 150), style));
    check("curves", |area, style| curves::draw(area, &some_curves(4, 500), style));
    let all = CurvesChart { x_axis: CurvesXAxis::AllRounds, ..some_curves(6, 300) };
    check("curves-all", |area, style| curves::draw(area, &all, style));
    check("curves-trials", |area, style| curves::draw(area, &some_trials(3, 400), style));
    check("curves-empty", |area, style| {
        curves::draw(area, &CurvesChart { iterations: 500, rounds: 7, ..CurvesChart::default() }, style)
    });
}

#[test]
fn rounds_as_they_were() {
    check("rounds", |area, style| rounds::draw(area, &some_rounds(7, 1), style));
    check("rounds-live", |area, style| rounds::draw(area, &some_rounds(3, 1), style));
    check("rounds-trials", |area, style| rounds::draw(area, &some_rounds(7, 3), style));
    let stops = RoundsChart {
        metric: "early-stop iteration".to_owned(),
        kind: MetricKind::Iterations,
        lines: vec![
            line("ticket", &[9800.0, 8900.0, 7600.0, 6100.0, 6000.0, 6400.0, 8000.0], 0, 1),
            line("reinit", &[0.0, 11000.0, 13100.0, 14200.0, 15100.0, 15900.0, 17000.0], 1, 1),
        ],
        reference: None,
        planned: (0..21).map(|round| 0.8f64.powi(round)).collect(),
        ghosts: vec![],
        marked: None,
    };
    check("rounds-stops", |area, style| rounds::draw(area, &stops, style));
    let names = ["ticket", "reinit", "shuffled", "random", "sign", "norewind", "late", "oneshot", "own"];
    // The others have a picture of their own, for the first one would be a thicket.
    let more = ["ticket", "snip", "grasp", "synflow", "magnitude_init", "random_global", "supermask"];
    for (picture, names) in [("rounds-arms", &names[..]), ("rounds-arms-more", &more)] {
        let lines = names.iter().enumerate().map(|(index, name)| {
            let values: Vec<f64> = (0..7).map(|r| TICKET[r] - 0.0011 * (index * r) as f64).collect();
            line(name, &values, 0, 1)
        });
        let all = RoundsChart { lines: lines.collect(), ..some_rounds(7, 1) };
        check(picture, |area, style| rounds::draw(area, &all, style));
    }
}

fn some_layers(done: i32) -> LayersChart {
    let rounds = (0..done).map(|r| {
        let keep = |size: f64, rate: f64| (size * (1.0 - rate).powi(r)).round() as u32;
        vec![keep(235_200.0, 0.5), keep(30_000.0, 0.5), keep(1_000.0, 0.25)]
    });
    LayersChart { sizes: vec![235_200, 30_000, 1_000], rounds: rounds.collect(), planned: 7, marked: None }
}

#[test]
fn layers_as_they_were() {
    check("layers", |area, style| layers::draw(area, &some_layers(7), style));
    check("layers-live", |area, style| layers::draw(area, &some_layers(3), style));
}

fn some_cost() -> CostChart {
    let bill = |arm: &str, round: u32| RoundCost {
        style: ArmStyle::by_name(arm),
        round,
        multiply_adds: 16.9e9 * LEFT[round as usize],
        dense_multiply_adds: 16.9e9,
        seconds: 1.1 + 4.0 * LEFT[round as usize],
        dense_seconds: 5.1,
    };
    let bills = (0..5).map(|r| bill("ticket", r)).chain((1..5).map(|r| bill("reinit", r)));
    CostChart { costs: bills.collect(), planned: 7 }
}

#[test]
fn costs_as_they_were() {
    check("cost", |area, style| cost::draw(area, &some_cost(), style));
}

/// The texts of a chart in its wide version.
fn drawn(
    draw: impl Fn(&DrawingArea<Paper<'_>, Shift>, &ChartStyle) -> DrawResult<Paper<'static>>,
) -> Vec<String> {
    let svg = svg((416, 260), &ChartStyle::new(Theme::Light, 1.0, 416.0), draw);
    let texts = svg.split("</text>").filter_map(|before| Some(before.rsplit_once('>')?.1.trim().to_owned()));
    texts.collect()
}

/// The description for screen readers has the numbers that the chart shows at the ends of its lines.
#[test]
fn what_is_said_is_what_is_drawn() {
    for until in [50, 300, 500] {
        let data = some_curves(4, until);
        let said = curves::describe(&data);
        let labels = drawn(|area, style| curves::draw(area, &data, style));
        let labels: Vec<_> = labels.iter().filter(|text| text.ends_with('%')).collect();
        assert!(labels.len() == 2 && labels.iter().all(|label| said.contains(*label)), "{labels:?}: {said}");
    }
    for done in [1, 3, 7] {
        let data = some_layers(done);
        let said = layers::describe(&data);
        let labels = drawn(|area, style| layers::draw(area, &data, style));
        let labels: Vec<_> = labels.iter().filter_map(|text| text.split_once(": ")).collect();
        let found = |&(layer, share): &(&str, &str)| {
            said.split(';').any(|part| part.contains(layer) && part.contains(&format!("({share})")))
        };
        assert!(labels.len() == 3 && labels.iter().all(found), "{labels:?}: {said}");
    }
}

/// What a chart says of a round that is pointed at has that round's numbers, and each has a place to be pointed at.
#[test]
fn every_round_can_be_pointed_at() {
    let (data, theme) = (some_layers(3), ChartStyle::new(Theme::Light, 1.0, 416.0));
    assert_eq!(
        layers::reading(&data, 2),
        "Weights left in round 2: layer 1 58,800 of 235,200 (25.0%); layer 2 7,500 of 30,000 (25.0%); \
         layer 3 563 of 1,000 (56.3%)"
    );
    assert_eq!(layers::reading(&data, 3), "", "round 3 is not there yet");
    let (mut of_layers, mut of_costs) = (vec![], vec![]);
    svg((416, 260), &theme, |area, style| {
        of_layers = layers::round_positions(area, &data, style);
        of_costs = cost::round_positions(area, &some_cost(), style);
        Ok(())
    });
    assert!(of_layers.len() == 3 && of_layers.is_sorted(), "{of_layers:?}");
    let rounds: Vec<u32> = of_costs.iter().map(|place| place.1).collect();
    assert_eq!(rounds, [0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6], "once in each panel");
    let said = cost::reading(&some_cost(), 1);
    assert!(said.starts_with("Round 1: ticket 8.47 billion of 16.9 billion multiply-adds in "), "{said}");
    assert!(said.contains("; re-init ") && cost::reading(&some_cost(), 5).is_empty(), "{said}");
}

/// An early stop at the last iteration is a bound, of the dense network too.
#[test]
fn a_bound_of_the_dense_network_is_called_one() {
    let with = |is_lower_bound| {
        let mut data = some_rounds(3, 1);
        data.kind = MetricKind::Iterations;
        data.reference = Some(ReferenceLine {
            style: ArmStyle::by_name("dense"),
            value: 500.0,
            is_lower_bound,
            band: None,
        });
        data
    };
    assert!(rounds::reading(&with(true), 1).ends_with("dense not before 500"));
    assert!(rounds::describe(&with(true)).ends_with("not before 500."));
    assert!(rounds::reading(&with(false), 1).ends_with("dense 500"));
}

/// Extreme data on extremely small or narrow charts must not cause a panic.
#[test]
fn nothing_panics() {
    let wild = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e300];
    let points: Vec<(u32, f64)> = wild.iter().enumerate().map(|(index, &v)| (index as u32 * 50, v)).collect();
    let trials = vec![points.clone(), Vec::new()];
    let broken =
        Curve { points, band: vec![(f64::NAN, 2.0); 3], trials, ..some_curves(0, 100).curves[0].clone() };
    let single = Curve { points: vec![(50, 0.9)], ..broken.clone() };
    let curves = [
        CurvesChart::default(),
        CurvesChart { curves: vec![broken], ..some_curves(0, 50) },
        CurvesChart {
            curves: vec![single],
            iterations: 0,
            rounds: 0,
            round: 9,
            x_axis: CurvesXAxis::AllRounds,
            ghosts: vec![],
            marked: Some(3),
        },
    ];
    let points = wild.iter().map(|&v| RoundPoint {
        weights_left_fraction: v,
        value: v,
        is_lower_bound: v > 1.0,
        band: Some((v, -v)),
    });
    let broken = ArmLine {
        style: ArmStyle::by_name("?"),
        points: points.collect(),
        trials: vec![vec![(0.5, 1.0)], vec![]],
    };
    let rounds = [MetricKind::Accuracy, MetricKind::Iterations, MetricKind::Loss].map(|unit| RoundsChart {
        kind: unit,
        lines: vec![broken.clone(), line("ticket", &TICKET[..1], 0, 1)],
        planned: wild.to_vec(),
        ..RoundsChart::default()
    });
    let layers = [
        LayersChart::default(),
        LayersChart {
            sizes: vec![0, 7],
            rounds: vec![vec![], vec![0, 0, 0], vec![u32::MAX]],
            planned: 1,
            marked: Some(9),
        },
    ];
    let bills = wild.map(|v| RoundCost {
        style: ArmStyle::by_name("ticket"),
        round: 3,
        multiply_adds: v,
        dense_multiply_adds: -v,
        seconds: v,
        dense_seconds: -v,
    });
    let costs = [CostChart::default(), CostChart { costs: bills.to_vec(), planned: 0 }];
    for size in [(0, 0), (1, 1), (7, 90), (90, 7), (30, 30), (300, 200)] {
        for scale in [0.3, 1.0, 3.0] {
            let style = ChartStyle::new(Theme::Light, scale, f64::from(size.0));
            let draw_chart = |draw: &dyn Fn(&DrawingArea<Paper<'_>, Shift>) -> DrawResult<Paper<'static>>| {
                svg(size, &style, |area, _| draw(area));
            };
            curves.iter().for_each(|data| draw_chart(&|area| curves::draw(area, data, &style)));
            rounds.iter().for_each(|data| draw_chart(&|area| rounds::draw(area, data, &style)));
            layers.iter().for_each(|data| draw_chart(&|area| layers::draw(area, data, &style)));
            costs.iter().for_each(|data| draw_chart(&|area| cost::draw(area, data, &style)));
        }
    }
    let words = curves.iter().map(curves::describe).chain(rounds.iter().map(rounds::describe));
    let words = words.chain(layers.iter().map(layers::describe)).chain(costs.iter().map(cost::describe));
    for text in words {
        assert!(text.ends_with('.') && !text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}

#[test]
fn charts_speak() {
    assert_eq!(
        curves::describe(&some_curves(4, 100)),
        "Validation accuracy while training, round 4: ticket 73.5% at iteration 100; re-init 56.4% at iteration 100."
    );
    assert_eq!(
        rounds::describe(&some_rounds(4, 1)),
        "Test accuracy at the end against weights left: ticket 95.8% at 12.6% left; re-init 92.0% at 12.6% left. Dense \
         network: 95.2%."
    );
    assert_eq!(
        layers::describe(&some_layers(3)),
        "Weights left in each layer, round 2: layer 1 58,800 of 235,200 (25.0%); layer 2 7,500 of 30,000 (25.0%); \
         layer 3 563 of 1,000 (56.3%)."
    );
    // The numbers of nine trained networks, which cost as much as 2.883 dense ones at 16.9 billion multiply-adds and
    // 1.1 + 4 seconds each.
    assert_eq!(
        cost::describe(&some_cost()),
        "The cost so far: 48.7 billion multiply-adds, 32.0% of the 152.1 billion that dense networks would have \
         taken; 21 s of training."
    );
    // As long as there is no number, the text says what will be shown and when.
    for (text, end) in [
        (curves::describe(&CurvesChart::default()), "Accuracy appears here with the first reading."),
        (rounds::describe(&RoundsChart::default()), "A point appears here at the end of each round."),
        (
            layers::describe(&LayersChart::default()),
            "The weights left in each layer appear here, round by round.",
        ),
        (cost::describe(&CostChart::default()), "The cost of each round appears here when it ends."),
    ] {
        assert!(text.ends_with(end) && !text.contains(|c: char| c.is_ascii_digit()), "{text}");
    }
    assert!(CurvesChart::default().is_empty() && !some_curves(0, 50).is_empty());
    assert!(RoundsChart::default().empty().is_some() && some_rounds(1, 1).empty().is_none());
    let lost =
        RoundPoint { weights_left_fraction: 1.0, value: f64::INFINITY, is_lower_bound: false, band: None };
    let lost = ArmLine { style: ArmStyle::by_name("ticket"), points: vec![lost], trials: Vec::new() };
    let lost = RoundsChart { lines: vec![lost], kind: MetricKind::Loss, ..some_rounds(0, 1) };
    assert!(lost.empty().is_some_and(|why| why.contains("diverged")));
}

/// The axes cover all data and do not move while data arrive.
#[test]
fn axes_hold_their_data_and_stand_still() {
    let mut ranges = Vec::new();
    for until in (50..=500).step_by(50) {
        let data = some_curves(3, until);
        let (low, high) = curves::y_range(&data);
        let values = data.curves.iter().flat_map(|curve| curve.points.iter().map(|point| point.1));
        assert!(values.into_iter().all(|value| low <= value && value <= high));
        ranges.push((low, high));
    }
    ranges.dedup();
    assert!(ranges.len() <= 2, "{ranges:?}");
    for done in 1..=7 {
        let data = some_rounds(done, 3);
        let (low, high) = rounds::y_range(&data);
        let trials = data.lines.iter().flat_map(|line| line.trials.iter().flatten());
        assert!(trials.into_iter().all(|&(left, v)| low <= v && v <= high && left >= rounds::x_end(&data)));
        assert_eq!(rounds::x_end(&data), LEFT[6]);
    }
}

#[test]
fn every_arm_of_an_experiment_has_a_look_and_every_look_an_arm() {
    let styles = ArmStyle::ALL.iter().map(|style| style.name).filter(|name| !name.is_empty());
    let arms: Vec<&str> = Arm::ALL.iter().map(|arm| arm.name()).collect();
    // The order must be the same, because legends follow the styles and tables follow the arms.
    assert_eq!(styles.collect::<Vec<_>>(), arms);
    for arm in arms {
        assert_eq!(ArmStyle::by_name(arm).name, arm);
    }
}

/// Made-up values: what stays is larger than what goes, and training widens both.
#[test]
fn values() {
    let values = |from: f32, to: f32, count: u32| -> Vec<f32> {
        let size = |index: u32| from + (to - from) * (index as f32 / count as f32).powi(2);
        (0..count).map(|index| if index % 2 == 0 { size(index) } else { -size(index) }).collect()
    };
    let groups = [
        ("stay, first values", GroupLook::SurvivingFirst, values(0.0, 0.1, 4_000)),
        ("stay, last values", GroupLook::SurvivingLast, values(0.04, 0.23, 4_000)),
        ("struck out, first", GroupLook::PrunedFirst, values(0.0, 0.06, 3_000)),
        ("struck out, last", GroupLook::PrunedLast, values(0.0, 0.04, 3_000)),
    ];
    let groups = groups.each_ref().map(|(name, look, values)| (*name, *look, &values[..]));
    let data = HistogramChart::new(&groups);
    check("histogram", |area, style| histogram::draw(area, &data, style));
    let empty = HistogramChart::default();
    check("histogram-empty", |area, style| histogram::draw(area, &empty, style));
}
