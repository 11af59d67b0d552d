//! Converts the results of a run into the data that the charts draw.

use crate::{
    arm_styles::arm_style, chart_selection::ChartSelection, metric::Metric, pinned_runs::PinnedRuns,
    run_results::mean, shown_results::ShownResults,
};
use chart::{
    arm_style::ArmStyle,
    cost::{CostChart, RoundCost},
    curves::{Curve, CurvesChart, CurvesXAxis},
    distance::DistanceChart,
    ghost::GhostLine,
    layers::LayersChart,
    masks::{InputShape, MaskHistory, MaskShape},
    rounds::{ArmLine, ReferenceLine, RoundPoint, RoundsChart},
};
use experiment::{arm::Arm, config::ExperimentConfig, job::JobId, job_graph, prune_counts, recipe::recipe};
use experiment::{experiment_report::FinishedJob, prune_rounds::PruneRounds, sorted_map::SortedMap};
use model::{ImageSize, LayerSize, Model};
use numbers::{percent_sign, without_trailing_zeros};
use texts::fill;

/// The most decimals of the accuracy to be reached that are shown.
const REACH_DECIMALS: usize = 6;

/// The validation accuracies for the chart of accuracy while training: one curve for each arm and round that is shown
/// and has begun. A curve begins with the reading before the first training step, where there is one.
pub fn accuracy_curves(
    results: ShownResults<'_>,
    selection: &ChartSelection,
    pinned: &PinnedRuns,
) -> CurvesChart {
    let config = results.config();
    let mut lines: Vec<(&'static ArmStyle, Vec<JobId>)> = Vec::new();
    for row in job_graph::table_rows(config) {
        let (style, job) = (arm_style(row), row.training_job());
        // A twin's curve is nearly its sibling's. What tells them apart has a chart of its own.
        if job.twin
            || !results.shows_job(job)
            || !selection.shows(style)
            || curve_from_start(results, job).is_empty()
        {
            continue;
        }
        let same = |(other, jobs): &&mut (&ArmStyle, Vec<JobId>)| {
            other.name == style.name && jobs[0].round == job.round
        };
        match lines.iter_mut().find(same) {
            // The same job may occur twice: in the dense network's row and as round 0 of the ticket.
            Some((_, jobs)) if jobs.contains(&job) => {}
            Some((_, jobs)) => jobs.push(job),
            None => lines.push((style, vec![job])),
        }
    }
    CurvesChart {
        curves: lines.into_iter().map(|(style, jobs)| mean_curve(results, style, &jobs, selection)).collect(),
        ghosts: curve_ghosts(pinned, results.round(), selection),
        marked: None,
        round: results.round(),
        rounds: config.rounds + 1,
        iterations: config.iterations,
        x_axis: CurvesXAxis::OneRound,
    }
}

/// The curves of the pinned runs in a round.
fn curve_ghosts(pinned: &PinnedRuns, round: u32, selection: &ChartSelection) -> Vec<GhostLine> {
    let mut ghosts = Vec::new();
    for (run, label) in pinned.lettered() {
        let results = run.results.everything();
        let first = results.config().seeds.first();
        for job in job_graph::table_rows(results.config()) {
            let (style, job) = (arm_style(job), job.training_job());
            let shown = (job.round, job.trial, job.draw, job.twin) == (round, first, 0, false)
                && selection.shows(style);
            let again =
                ghosts.iter().any(|ghost: &GhostLine| ghost.style.name == style.name && ghost.label == label);
            if !shown || again {
                continue;
            }
            let curve = curve_from_start(results, job);
            let points =
                curve.into_iter().map(|(iteration, accuracy)| (f64::from(iteration), accuracy)).collect();
            ghosts.push(GhostLine { style, label: label.clone(), points });
        }
    }
    ghosts
}

/// The lines of the pinned runs against the fraction of weights left.
fn round_ghosts(pinned: &PinnedRuns, metric: Metric, selection: &ChartSelection) -> Vec<GhostLine> {
    let mut ghosts = Vec::new();
    for (run, label) in pinned.lettered() {
        let results = run.results.everything();
        let config = results.config();
        for arm in config.arms.iter().copied().filter(|arm| *arm != Arm::Dense) {
            let style = ArmStyle::by_name(arm.name());
            if selection.shows(style) {
                let point = |round| round_point(results, (metric, selection.reach), arm, round);
                let points = (0..=config.rounds).filter_map(point);
                let points = points.map(|point| (point.weights_left_fraction, point.value)).collect();
                ghosts.push(GhostLine { style, label: label.clone(), points });
            }
        }
    }
    ghosts
}

/// The mean curve of some jobs, with its range if there are several. It is the mean over the finished jobs. Before any
/// job has finished, it is the mean over all running jobs, up to the last iteration that all of them have reached.
fn mean_curve(
    results: ShownResults<'_>,
    style: &'static ArmStyle,
    jobs: &[JobId],
    selection: &ChartSelection,
) -> Curve {
    let done = jobs.iter().any(|&job| results.finished_job(job).is_some());
    let counted = jobs.iter().filter(|&&job| !done || results.finished_job(job).is_some());
    let curves: Vec<Vec<(u32, f64)>> = counted.map(|&job| curve_from_start(results, job)).collect();
    let single = selection.each_trial && jobs.len() > 1 && jobs[0].round == results.round();
    let (mut points, mut band) = (Vec::new(), Vec::new());
    for (i, &(iteration, _)) in curves[0].iter().enumerate() {
        let values = || curves.iter().filter_map(|curve| accuracy(curve, i, iteration));
        if values().count() == curves.len() {
            points.push((iteration, mean(values()).unwrap_or(0.0)));
            band.extend(min_and_max(values()).filter(|_| curves.len() > 1));
        }
    }
    let early_stop = match jobs {
        [job] => results.finished_job(*job).map(|f| f.report.early_stop),
        _ => None,
    };
    let trials =
        if single { jobs.iter().map(|&job| curve_from_start(results, job)).collect() } else { Vec::new() };
    Curve { style, round: jobs[0].round, points, band, trials, early_stop }
}

/// The accuracy of a curve at an iteration. That is probably the curve's `i`-th point, so this is tried first. A curve
/// from a report needs the search: it has fewer points, and one extra point at its own early stop.
fn accuracy(curve: &[(u32, f64)], i: usize, iteration: u32) -> Option<f64> {
    let likely = curve.get(i).filter(|point| point.0 == iteration);
    let sought = || curve.iter().find(|point| point.0 == iteration);
    likely.or_else(sought).map(|point| point.1)
}

/// The validation accuracies of a job by iteration, from the reading before its first training step on. Where the shown
/// moment is between two validations, the curve goes on towards the next one, as the line between them does.
fn curve_from_start(results: ShownResults<'_>, job: JobId) -> Vec<(u32, f64)> {
    let first = recipe(job).first_iteration(results.config());
    let readings = results.before_training(job).filter(|_| results.has_reached(job.round, first));
    let start = readings.map(|readings| (first, readings.validation.fraction()));
    let validations = results.curve(job).iter().map(|point| (point.iteration, point.accuracy.fraction()));
    let mut curve: Vec<(u32, f64)> = start.into_iter().chain(validations).collect();
    if let (Some(&last), Some(next)) = (curve.last(), results.next_validation(job)) {
        let now = results.moment().iteration;
        let share = f64::from(now.saturating_sub(last.0)) / f64::from(next.iteration - last.0);
        if now > last.0 {
            curve.push((now, last.1 + (next.accuracy.fraction() - last.1) * share));
        }
    }
    curve
}

fn min_and_max(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range: Option<(f64, f64)>, v| {
        Some(range.map_or((v, v), |(low, high)| (low.min(v), high.max(v))))
    })
}

/// A metric for every round of every arm that is shown, against the fraction of weights left.
pub fn metric_by_round(
    results: ShownResults<'_>,
    selection: &ChartSelection,
    metric: Metric,
    pinned: &PinnedRuns,
) -> RoundsChart {
    let config = results.config();
    let read = (metric, selection.reach);
    let line = |arm: Arm| ArmLine {
        style: ArmStyle::by_name(arm.name()),
        points: (0..=config.rounds).filter_map(|round| round_point(results, read, arm, round)).collect(),
        trials: if selection.each_trial { trial_lines(results, read, arm) } else { Vec::new() },
    };
    // The chart draws the dense network as a horizontal reference line, so it is not among the arms.
    let shown = |arm: &Arm| *arm != Arm::Dense && selection.shows(ArmStyle::by_name(arm.name()));
    let arms = config.arms.iter().copied().filter(shown);
    let style = ArmStyle::by_name("dense");
    // The line of the dense network is that of the experiment's own data set, and says nothing of another task.
    let is_own_task = |arm: &Arm| !arm.is_of_other_data();
    let beside = arms.clone().next().is_none() || arms.clone().any(|arm| is_own_task(&arm));
    let dense = round_point(results, read, Arm::Ticket, 0).filter(|_| selection.shows(style) && beside);
    RoundsChart {
        metric: match metric {
            Metric::Reach => {
                let share = without_trailing_zeros(selection.reach, REACH_DECIMALS) + percent_sign();
                fill!("metric.reach_share", share = share)
            }
            metric => metric.in_words(),
        },
        kind: metric.unit(),
        lines: arms.map(line).collect(),
        reference: dense.map(|p| ReferenceLine {
            style,
            value: p.value,
            is_lower_bound: p.is_lower_bound,
            band: p.band,
        }),
        ghosts: round_ghosts(pinned, metric, selection),
        marked: None,
        planned: planned_shares(config),
    }
}

/// The share of all weights, from 0 to 1, that is left in each planned round.
pub(crate) fn planned_shares(config: &ExperimentConfig) -> Vec<f64> {
    let total = config.model.weight_count() as f64;
    prune_counts::total_survivors_per_round(config).into_iter().map(|left| f64::from(left) / total).collect()
}

fn round_point(
    results: ShownResults<'_>,
    (metric, reach): (Metric, f64),
    arm: Arm,
    round: u32,
) -> Option<RoundPoint> {
    let of_round = |f: &&FinishedJob| f.report.job.arm == arm && f.report.job.round == round;
    let jobs = results.finished_jobs().filter(of_round);
    let total = results.config().model.weight_count() as f64;
    let values = || jobs.clone().filter_map(|finished| metric.of(finished, reach));
    let several = values().count() > 1;
    Some(RoundPoint {
        weights_left_fraction: mean(jobs.clone().map(|f| f64::from(f.report.surviving_weights())))? / total,
        value: mean(values().map(|value| value.value))?,
        is_lower_bound: values().any(|value| value.is_lower_bound),
        band: min_and_max(values().map(|value| value.value)).filter(|_| several),
    })
}

/// The lines of an arm's single trials and draws. Empty if there is only one, because the arm's own line shows it.
fn trial_lines(results: ShownResults<'_>, (metric, reach): (Metric, f64), arm: Arm) -> Vec<Vec<(f64, f64)>> {
    let total = results.config().model.weight_count() as f64;
    let mut lines: SortedMap<(u32, u32), Vec<(f64, f64)>> = SortedMap::new();
    for finished in results.finished_jobs().filter(|f| f.report.job.arm == arm) {
        let report = &finished.report;
        let line = lines.get_or_default((report.job.trial, report.job.draw));
        let left = f64::from(report.surviving_weights()) / total;
        line.extend(metric.of(finished, reach).map(|value| (left, value.value)));
    }
    if lines.len() > 1 { lines.into_values().collect() } else { Vec::new() }
}

/// The number of weights left in each layer, for the rounds whose masks are known.
pub fn layers_left(results: ShownResults<'_>) -> LayersChart {
    let config = results.config();
    let known = (0..=config.rounds).map_while(|round| results.weights_left(round));
    let begun = !results.nothing_started();
    LayersChart {
        sizes: config.model.layer_weight_counts(),
        rounds: if begun { known.collect() } else { Vec::new() },
        planned: config.rounds + 1,
        marked: None,
    }
}

/// The cost of each finished round of the arms that are shown.
pub fn round_costs(results: ShownResults<'_>, selection: &ChartSelection) -> CostChart {
    let config = results.config();
    let jobs = results.finished_jobs().filter(|f| !f.report.job.twin);
    let shown = jobs.filter(|f| selection.shows_job(f.report.job));
    let cost = |f: &FinishedJob| RoundCost {
        style: arm_style(f.report.job),
        round: f.report.job.round,
        multiply_adds: f.report.multiply_adds(&config.model) as f64,
        dense_multiply_adds: f.report.dense_multiply_adds(&config.model) as f64,
        seconds: f.seconds,
        dense_seconds: results.dense_seconds(&f.report).unwrap_or(f64::NAN),
    };
    CostChart { costs: shown.map(cost).collect(), planned: config.rounds + 1 }
}

/// The numbers of inputs and outputs of each layer, as the heatmaps take them.
pub fn mask_layers(model: &Model) -> Vec<(usize, usize)> {
    model.layer_sizes().iter().map(LayerSize::matrix).map(|(units, inputs)| (inputs, units)).collect()
}

/// The shape of what a unit of the first layer reads: the image, or a window of it.
pub fn input_shape(model: &Model) -> InputShape {
    let ImageSize { channels, height, width } = model.input;
    let kernel = model.layer_sizes().first().and_then(|size| size.kernel);
    let (height, width) = kernel.map_or((height as usize, width as usize), |kernel| (kernel, kernel));
    InputShape { channels: channels as usize, height, width }
}

/// The weights of the first layer that survive in the first trial's ticket, by distance from the middle of the image.
pub fn survivors_by_distance(results: ShownResults<'_>) -> DistanceChart {
    let model = &results.config().model;
    // The weights of a convolution belong to no place of the image.
    let layers = if model.is_convolutional() { vec![] } else { mask_layers(model) };
    let rounds = prune_rounds(results);
    let round = u8::try_from(results.mask_round()).unwrap_or(PruneRounds::NEVER_PRUNED - 1);
    DistanceChart::of(&MaskHistory {
        shape: MaskShape { layers: &layers, input: input_shape(model) },
        prune_rounds: rounds.bytes(),
        round,
        animation_progress: 1.0,
    })
}

/// The prune rounds that the heatmaps draw. Before the first pruning, all weights survive.
pub fn prune_rounds(results: ShownResults<'_>) -> PruneRounds {
    let config = results.config();
    results
        .prune_rounds(config.seeds.first())
        .cloned()
        .unwrap_or_else(|| PruneRounds::all_surviving(config.model.weight_count()))
}
