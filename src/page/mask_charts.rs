//! The charts of what the first layer's masks say, and their titles.

use crate::{
    chart_data::planned_shares,
    chart_selection::ChartSelection,
    mask_readings::{ARMS_OF_KEPT_MASKS, ArmOverlap, PairOverlap},
    sentences::words,
    shown_results::ShownResults,
};
use chart::{
    arm_style::ArmStyle,
    rounds::{ArmLine, MetricKind, ReferenceLine, RoundPoint, RoundsChart},
};
use experiment::arm::Arm;
use numbers::{fixed, percent};
use texts::{fill, text};

fn point(left: f64, value: f64, band: Option<(f64, f64)>) -> RoundPoint {
    RoundPoint { weights_left_fraction: left, value, is_lower_bound: false, band }
}

/// How many times as often as with units shuffled the inputs of a unit lie side by side, by weights left, for each arm that prunes by
/// itself.
pub fn locality_by_round(results: ShownResults<'_>, selection: &ChartSelection) -> RoundsChart {
    let (readings, left) = (results.mask_readings(), planned_shares(results.config()));
    let line = |arm: Arm| {
        let of_round = |round: u32| {
            let read = readings.locality(arm, round)?;
            let band = (read.count > 1).then_some((read.least, read.most));
            Some(point(*left.get(round as usize)?, read.mean, band))
        };
        let points = (1..=results.mask_round()).filter_map(of_round).collect();
        ArmLine { style: ArmStyle::by_name(arm.name()), points, trials: vec![] }
    };
    let arms =
        [Arm::Ticket, Arm::NoRewind, Arm::Late, Arm::OtherTicket].into_iter().chain(ARMS_OF_KEPT_MASKS);
    let lines: Vec<ArmLine> = arms.filter(|arm| is_shown(results, selection, *arm)).map(line).collect();
    let known = lines.iter().any(|line| !line.points.is_empty());
    RoundsChart {
        metric: text("metric.locality").into(),
        kind: MetricKind::Times,
        lines,
        // Without anything to compare with it there is nothing to draw.
        reference: known.then(|| reference(ArmStyle::by_name("shuffled"))),
        planned: left,
        ..RoundsChart::default()
    }
}

/// How many times as much as by chance the first layers of two trials' tickets have in common, and would have if they only preferred
/// the same pixels, and what the masks of other arms have in common with the ticket of their trial, by weights left.
pub fn overlap_by_round(results: ShownResults<'_>, selection: &ChartSelection) -> RoundsChart {
    let (readings, left) = (results.mask_readings(), planned_shares(results.config()));
    let line = |style: &'static ArmStyle, choose: fn(PairOverlap) -> f64| {
        let of_round = |round: u32| {
            let (pair, _) = readings.overlap(round)?;
            Some(point(*left.get(round as usize)?, choose(pair) / pair.by_chance, None))
        };
        let points: Vec<RoundPoint> = (1..=results.mask_round()).filter_map(of_round).collect();
        ArmLine { style, points, trials: vec![] }
    };
    let [ticket, shuffled, random] =
        [Arm::Ticket, Arm::Shuffled, Arm::Random].map(|arm| ArmStyle::by_name(arm.name()));
    let of_tickets = selection.shows(ticket).then(|| line(ticket, |pair| pair.share));
    let of_arm = |arm: Arm| {
        let of_round = |round: u32| {
            let ArmOverlap { share, by_chance } = readings.beside_ticket(arm, round)?;
            Some(point(*left.get(round as usize)?, share / by_chance, None))
        };
        let points = (1..=results.mask_round()).filter_map(of_round).collect();
        ArmLine { style: ArmStyle::by_name(arm.name()), points, trials: vec![] }
    };
    let of_arms = ARMS_OF_KEPT_MASKS.into_iter().filter(|arm| is_shown(results, selection, *arm)).map(of_arm);
    let lines: Vec<ArmLine> =
        of_tickets.into_iter().chain([line(shuffled, |pair| pair.of_pixels)]).chain(of_arms).collect();
    let known = lines.iter().any(|line| !line.points.is_empty());
    RoundsChart {
        metric: text("metric.overlap").into(),
        kind: MetricKind::Times,
        lines,
        reference: known.then(|| reference(random)),
        planned: left,
        ..RoundsChart::default()
    }
}

/// The share of the weights that is left in a round, in words.
fn left_in_words(results: ShownResults<'_>, round: u32) -> String {
    percent(planned_shares(results.config()).get(round as usize).copied().unwrap_or(0.0))
}

/// Whether the charts show an arm.
fn is_shown(results: ShownResults<'_>, selection: &ChartSelection, arm: Arm) -> bool {
    results.config().arms.contains(&arm) && selection.shows(ArmStyle::by_name(arm.name()))
}

/// The line of what a value is compared with, which is 1 by definition.
fn reference(style: &'static ArmStyle) -> ReferenceLine {
    ReferenceLine { style, value: 1.0, is_lower_bound: false, band: None }
}

/// The title of the chart of localities: what the ticket's last mask that is shown says, or a question.
pub fn locality_title(results: ShownResults<'_>) -> String {
    let mut last = (1..=results.mask_round()).rev();
    let found = last.find_map(|round| Some((round, results.mask_readings().locality(Arm::Ticket, round)?)));
    match found {
        Some((round, read)) => {
            let times = fixed(read.mean, 2);
            match other_locality(results, round) {
                Some((other, other_times)) => fill!(
                    "masks.locality_beside",
                    left = left_in_words(results, round),
                    times = times,
                    other = words::owner(other),
                    other_times = fixed(other_times, 2)
                ),
                None => fill!("masks.locality", left = left_in_words(results, round), times = times),
            }
        }
        None => text("masks.locality_question").into(),
    }
}

/// The first arm beside the ticket whose mask of a round is read off a kept network, with its locality. Of several trials none,
/// because these masks are those of the first.
fn other_locality(results: ShownResults<'_>, round: u32) -> Option<(Arm, f64)> {
    let config = results.config();
    let of = |arm: Arm| Some((arm, results.mask_readings().locality(arm, round)?.mean));
    let arms =
        ARMS_OF_KEPT_MASKS.into_iter().filter(|arm| config.arms.contains(arm) && config.seeds.count() == 1);
    arms.into_iter().find_map(of)
}

/// What the last masks that are shown of the ticket and of another arm have in common, if no two trials can be compared.
fn overlap_of_arms(results: ShownResults<'_>) -> Option<String> {
    let arms = || ARMS_OF_KEPT_MASKS.into_iter().filter(|arm| results.config().arms.contains(arm));
    let of =
        |round| arms().find_map(|arm| Some((round, arm, results.mask_readings().beside_ticket(arm, round)?)));
    let (round, arm, ArmOverlap { share, by_chance }) = (1..=results.mask_round()).rev().find_map(of)?;
    Some(fill!(
        "masks.overlap_of_arms",
        left = left_in_words(results, round),
        ticket = words::name(Arm::Ticket),
        other = words::name(arm),
        share = percent(share),
        chance = percent(by_chance)
    ))
}

/// The title of the chart of overlaps: what the last masks that are shown say, or a question.
pub fn overlap_title(results: ShownResults<'_>) -> String {
    let mut last = (1..=results.mask_round()).rev();
    let found = last.find_map(|round| Some((round, results.mask_readings().overlap(round)?)));
    match found {
        Some((round, (pair, pairs))) => {
            let left = left_in_words(results, round);
            let [share, chance, of_pixels] = [pair.share, pair.by_chance, pair.of_pixels].map(percent);
            match pairs {
                1 => {
                    fill!("masks.overlap", left = left, share = share, chance = chance, of_pixels = of_pixels)
                }
                pairs => {
                    fill!(
                        "masks.overlap_of_pairs",
                        left = left,
                        share = share,
                        chance = chance,
                        of_pixels = of_pixels,
                        pairs = pairs
                    )
                }
            }
        }
        None => match overlap_of_arms(results) {
            Some(said) => said,
            None if results.config().seeds.count() == 1 => text("masks.overlap_of_arms_question").into(),
            None => text("masks.overlap_question").into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        made_results::{MadeJob, made_job},
        run_results::RunResults,
    };
    use experiment::{experiment_report::ExperimentReport, job::JobId, moment::Moment, settings::Settings};

    /// The results of some of three trials after one pruning of 784-4-10, in the order in which they come, by a rule: whether the weight of a trial, a unit and a pixel
    /// survives.
    fn results(trials: &[u32], survives: impl Fn(u32, usize, usize) -> bool) -> RunResults {
        let config = Settings::from_fragment("hidden=4&rounds=1&trials=3&arms=ticket").0.config;
        let mut results = RunResults::new(ExperimentReport::new(&config));
        for &trial in trials {
            let mask: Vec<u8> = (0..config.model.weight_count())
                .map(|at| u8::from(at >= 4 * 784 || survives(trial, at / 784, at % 784)))
                .collect();
            let job = JobId { trial, arm: Arm::Ticket, round: 0, draw: 0, twin: false };
            results.add_finished(made_job(&config, job, MadeJob::default()), Some(&mask));
        }
        results
    }

    #[test]
    fn whole_rows_are_more_local_than_the_same_pixels_of_any_units() {
        // Each unit has every fourth row: no pixel of the next row is alive in it.
        let rows = results(&[2, 1], |_, unit, pixel| pixel / 28 % 4 == unit);
        let times = rows.mask_readings().locality(Arm::Ticket, 1).unwrap().mean;
        // All 27 pairs of a row where a quarter would be by chance, and none of those between rows.
        let (in_rows, between) = (28.0 * 27.0, 27.0 * 28.0);
        assert!((times - 4.0 * in_rows / (in_rows + between)).abs() < 1e-12, "{times}");
        let chart = locality_by_round(rows.at(Moment::start_of(1)), &ChartSelection::new(rows.config()));
        assert_eq!(chart.lines[0].points[0].value, times);
        assert!(locality_title(rows.at(Moment::start_of(1))).contains("2.00"));
        assert!(locality_title(rows.at(Moment::start_of(0))).ends_with('?'));
    }

    #[test]
    fn masks_of_kept_networks_stand_beside_the_tickets_whichever_comes_first() {
        let config = Settings::from_fragment("hidden=4&rounds=1&arms=ticket,oneshot,snip").0.config;
        let ticket: Vec<u8> = (0..config.model.weight_count()).map(|at| u8::from(at % 2 == 0)).collect();
        // Of the ticket's weights, which are every second one, it has a half: every fourth.
        let one_shot: Vec<u8> = (0..ticket.len()).map(|at| u8::from(at % 4 < 2)).collect();
        let job = |arm, round| JobId { trial: 1, arm, round, draw: 0, twin: false };
        let one_shot_first = |first: bool| {
            let mut results = RunResults::new(ExperimentReport::new(&config));
            if first {
                results.read_kept_mask(job(Arm::OneShot, 1), &one_shot);
            }
            let dense = made_job(&config, job(Arm::Ticket, 0), MadeJob::default());
            results.add_finished(dense, Some(&ticket));
            if !first {
                results.read_kept_mask(job(Arm::OneShot, 1), &one_shot);
            }
            results
        };
        for first in [true, false] {
            let results = one_shot_first(first);
            let overlap = results.mask_readings().beside_ticket(Arm::OneShot, 1).unwrap();
            assert_eq!((overlap.share, overlap.by_chance), (0.5, 0.5), "{first}");
            let shown = results.at(Moment::start_of(1));
            let selection = ChartSelection::new(&config);
            let value = |chart: &RoundsChart| {
                let line = |line: &&ArmLine| line.style.name == "oneshot";
                chart
                    .lines
                    .iter()
                    .find(line)
                    .map(|line| line.points.iter().map(|point| point.value).collect())
            };
            let (overlaps, fields) =
                (overlap_by_round(shown, &selection), locality_by_round(shown, &selection));
            assert_eq!(value(&overlaps), Some(vec![1.0]));
            // Two columns and then two that are dark: as many neighbours as with units shuffled, who all look the same.
            assert_eq!(value(&fields), Some(vec![1.0]));
            assert!(overlap_title(shown).ends_with(
                "the ticket and the one-shot network have 50.0% of their first layer in common; chance would give 50.0%"
            ));
            assert!(locality_title(shown).ends_with("and a unit of the one-shot network 1.00 times"));
            // Before the pruning nothing is known, and a mask that reports have is not read.
            assert!(overlap_title(results.at(Moment::start_of(0))).ends_with('?'));
        }
        let mut results = one_shot_first(true);
        results.read_kept_mask(job(Arm::Ticket, 1), &one_shot);
        results.read_kept_mask(JobId { trial: 2, ..job(Arm::Snip, 1) }, &one_shot);
        assert!(results.mask_readings().beside_ticket(Arm::Snip, 1).is_none());
    }

    #[test]
    fn overlap_is_of_neighbouring_trials_whichever_comes_first() {
        // The second trial shares half of the first one's weights.
        let of_unit = |trial, unit, _| if trial == 1 { unit < 2 } else { unit == 1 || unit == 2 };
        let shared = results(&[2, 1], of_unit);
        let (pair, pairs) = shared.mask_readings().overlap(1).unwrap();
        // Every pixel keeps two of four weights in both.
        assert_eq!((pair.share, pair.by_chance, pair.of_pixels, pairs), (0.5, 0.5, 0.5, 1));
        let title = overlap_title(shared.at(Moment::start_of(1)));
        assert!(title.ends_with("have 50.0% of their first layer in common; chance would give 50.0%, and the same pixels of other units 50.0%"), "{title}");
        // The third trial has what the second has.
        let title = overlap_title(results(&[3, 1, 2], of_unit).at(Moment::start_of(1)));
        assert!(title.contains("have 75.0% of their first layer in common (mean of 2 pairs)"), "{title}");
        assert!(!title.contains('{'), "{title}");
        let chart = overlap_by_round(shared.at(Moment::start_of(1)), &ChartSelection::new(shared.config()));
        assert_eq!(chart.lines.len(), 2);
        assert!(overlap_title(shared.at(Moment::start_of(0))).ends_with('?'));
    }
}
