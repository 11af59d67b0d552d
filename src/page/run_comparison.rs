//! The present run beside a pinned one: test accuracies at the end of each round that both have, paired by seed, judged by
//! the rule of [`measured`](experiment::measured).

use crate::{
    arm_styles,
    run_results::{RunResults, mean},
    shown_results::ShownResults,
};
use chart::arm_style::ArmStyle;
use experiment::{arm::Arm, job::JobId, measured_difference::MeasuredDifference};
use numbers::{percent, signed};
use texts::{count, fill, text};

/// One round of an arm in both runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedRound {
    /// The style of the arm.
    pub style: &'static ArmStyle,
    /// The arm.
    pub arm: Arm,
    /// The round.
    pub round: u32,
    /// The share of weights left, from 0 to 1, here and in the pinned run.
    pub weights_left: [f64; 2],
    /// The mean test accuracy at the end, from 0 to 1, here and in the pinned run, over all finished trials of each.
    pub accuracies: [f64; 2],
    /// The difference over the seeds that both have: this run's less the pinned one's. `None` if there is no such seed.
    pub difference: Option<MeasuredDifference>,
}

/// The columns of the table of compared runs.
pub fn columns() -> [&'static str; 8] {
    [
        "compared.beside",
        "compared.arm",
        "compared.round",
        "compared.weights_left",
        "compared.test_end",
        "compared.difference",
        "compared.interval",
        "compared.verdict",
    ]
    .map(text)
}

/// Every round that both runs have, by arm in the order of the experiment. Round 0 is there once.
pub fn compared_rounds(here: ShownResults<'_>, pinned: &RunResults) -> Vec<ComparedRound> {
    let config = here.config();
    let dense = [(Arm::Ticket, 0)].into_iter();
    let arms = config.arms.iter().copied().filter(|arm| *arm != Arm::Dense);
    let there = pinned.config();
    let is_same_task = |arm: &Arm| !arm.is_of_other_data() || config.data_of(*arm) == there.data_of(*arm);
    let arms = arms.filter(is_same_task);
    let rounds = |arm| match arm {
        Arm::Own | Arm::OtherTicket => config.rounds_of(arm),
        _ => 1..=config.rounds,
    };
    let pruned = arms.flat_map(|arm| rounds(arm).map(move |round| (arm, round)));
    dense.chain(pruned).filter_map(|(arm, round)| compared_round(here, pinned, arm, round)).collect()
}

fn compared_round(
    here: ShownResults<'_>,
    pinned: &RunResults,
    arm: Arm,
    round: u32,
) -> Option<ComparedRound> {
    let there = pinned.everything();
    let left = |shown: ShownResults<'_>| {
        let of_round = |seed: u32| {
            let finished = shown.finished_job(JobId { trial: seed, arm, round, draw: 0, twin: false })?;
            Some(f64::from(finished.report.surviving_weights()) / shown.config().model.weight_count() as f64)
        };
        shown.config().seeds.iter().find_map(of_round)
    };
    let accuracy = |shown: ShownResults<'_>| {
        mean(shown.config().seeds.iter().filter_map(|seed| shown.test_end(seed, arm, round)))
    };
    let pair = |seed| Some((here.test_end(seed, arm, round)?, there.test_end(seed, arm, round)?));
    let pairs: Vec<(f64, f64)> = here.config().seeds.iter().filter_map(pair).collect();
    Some(ComparedRound {
        style: arm_styles::arm_style(JobId { trial: 0, arm, round, draw: 0, twin: false }),
        arm,
        round,
        weights_left: [left(here)?, left(there)?],
        accuracies: [accuracy(here)?, accuracy(there)?],
        difference: MeasuredDifference::of_accuracies(&pairs, f64::from(here.config().data.test_images)),
    })
}

impl ComparedRound {
    /// The verdict for programs: `above`, `below` or `unclear`, as this run stands to the pinned one; `no-common-seed` if
    /// there is nothing to pair.
    pub fn verdict(&self) -> &'static str {
        match self.difference {
            None => "no-common-seed",
            Some(difference) if !difference.is_clear() => "unclear",
            Some(difference) if difference.mean > 0.0 => "above",
            Some(_) => "below",
        }
    }

    /// The texts of the cells, in the order of [`columns`]. `letter` is the pinned run's.
    pub fn cells(&self, letter: &str) -> [String; 8] {
        let both = |[here, there]: [f64; 2]| format!("{} | {}", percent(here), percent(there));
        let points = |difference: f64| signed(100.0 * difference, 1);
        let (difference, interval) = match self.difference {
            Some(MeasuredDifference { mean, margin, .. }) => {
                let [low, high] = [points(mean - margin), points(mean + margin)];
                (points(mean), fill!("compared.from_to", low = low, high = high))
            }
            None => (String::new(), String::new()),
        };
        let seeds = self.difference.map_or(0, |difference| difference.trials);
        let basis = count!("compared.seeds", seeds as u32, seeds = seeds);
        let verdict = match self.verdict() {
            "above" => fill!("compared.above", basis = basis),
            "below" => fill!("compared.below", basis = basis),
            "unclear" => fill!("compared.unclear", basis = basis),
            _ => text("compared.no_common_seed").to_owned(),
        };
        [
            letter.to_owned(),
            self.style.chart_label().to_owned(),
            self.round.to_string(),
            both(self.weights_left),
            both(self.accuracies),
            difference,
            interval,
            verdict,
        ]
    }

    /// The attributes for programs, with names without the prefix `data-`. Differences are fractions from −1 to 1.
    pub fn data_attributes(&self, letter: &str) -> Vec<(&'static str, String)> {
        let number = |of: fn(&MeasuredDifference) -> f64| {
            self.difference.as_ref().map_or(String::new(), |difference| of(difference).to_string())
        };
        vec![
            ("beside", letter.to_owned()),
            ("arm", self.arm.name().to_owned()),
            ("round", self.round.to_string()),
            ("difference", number(|difference| difference.mean)),
            ("low", number(|difference| difference.mean - difference.margin)),
            ("high", number(|difference| difference.mean + difference.margin)),
            ("verdict", self.verdict().to_owned()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_results::{MadeJob, made_results};

    fn results(fragment: &str, test: impl Fn(JobId) -> u32) -> RunResults {
        made_results(fragment, 2, |job| MadeJob {
            test: test(job),
            validation: 4_000,
            stop: 50,
            ..MadeJob::default()
        })
    }

    #[test]
    fn runs_are_paired_by_the_seeds_that_both_have() {
        // Of seeds 2 and 3, which both have, the ticket of round 1 is 1 and 3 points better here: the mean is 2 points, and
        // the margin 12.706205 (Student's t, 1 degree of freedom) × √2 / √2 = 12.7 points.
        let here = results("preset=quick&rounds=2&seeds=1-3", |job| match (job.arm, job.round, job.trial) {
            (Arm::Ticket, 1, 2) => 9_100,
            (Arm::Ticket, 1, 3) => 9_300,
            _ => 9_000,
        });
        let there = results("preset=quick&rounds=2&rate=0.4&seeds=2-5", |_| 9_000);
        let compared = compared_rounds(here.everything(), &there);
        let of =
            |arm: Arm, round: u32| compared.iter().find(|row| (row.arm, row.round) == (arm, round)).unwrap();
        let row = of(Arm::Ticket, 1);
        let difference = row.difference.unwrap();
        assert!(
            (difference.mean - 0.02).abs() < 1e-12 && (difference.margin - 0.127_062).abs() < 1e-5,
            "{difference:?}"
        );
        assert_eq!((difference.trials, row.verdict()), (2, "unclear"));
        assert!((row.accuracies[0] - (0.9 + 0.91 + 0.93) / 3.0).abs() < 1e-12, "all trials are in the mean");
        assert!((row.weights_left[0] - 0.501).abs() < 1e-3 && row.weights_left[1] > 0.59, "{row:?}");
        let texts = row.cells("A");
        assert_eq!(texts[5..7], ["+2.0", "−10.7 to +14.7"]);
        assert_eq!(texts[7], "no clear difference (2 seeds, paired)");
        // One common seed is judged by its images; none is not judged.
        let one = results("preset=quick&rounds=2&seeds=3", |_| 9_000);
        let compared = compared_rounds(here.everything(), &one);
        assert_eq!(
            compared.iter().find(|row| (row.arm, row.round) == (Arm::Ticket, 1)).unwrap().verdict(),
            "above"
        );
        let none = results("preset=quick&rounds=2&seeds=7", |_| 9_000);
        let compared = compared_rounds(here.everything(), &none);
        assert!(compared.len() == 5 && compared.iter().all(|row| row.verdict() == "no-common-seed"));
    }

    #[test]
    fn only_what_both_runs_show_is_compared() {
        let here = results("preset=quick&rounds=2", |_| 9_000);
        let there = results("preset=quick&rounds=1&arms=ticket,sign", |_| 8_000);
        let rows =
            |shown| compared_rounds(shown, &there).iter().map(|row| (row.arm, row.round)).collect::<Vec<_>>();
        assert_eq!(rows(here.everything()), [(Arm::Ticket, 0), (Arm::Ticket, 1)]);
        let early = experiment::moment::Moment::training(1, 100);
        assert_eq!(rows(here.at(early)), [(Arm::Ticket, 0)], "round 1 is not over at this moment");
    }
}
