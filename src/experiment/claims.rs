//! Judges which of the paper's claims about LeNet-300-100 on MNIST an experiment reproduces.
//!
//! The claims and figures come from the paper (Frankle & Carbin 2019) and from a public replication with five seeds;
//! the tolerances are this project's. A verdict needs at least [`TRIALS_NEEDED`] complete trials under the paper's own
//! settings. A mean is a sum of whole numbers divided once, and it is compared with its tolerance before any rounding.

pub mod formatted;
mod measure;
#[cfg(test)]
mod tests;

use crate::{
    arm::Arm, config::ExperimentConfig, job::JobId, job_graph::all_jobs, job_report::JobReport,
    preset::Preset, url_fragment::first_difference_beside_seeds,
};
pub use measure::{MeasurementUnit, TrialStatistics};
use measure::{ReportsByJob, TestedWeights};

/// Complete trials that a verdict needs.
pub const TRIALS_NEEDED: u32 = 5;

/// What an experiment says about a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every measurement is within its tolerance.
    Reproduced,
    /// At least one measurement is outside its tolerance.
    NotReproduced,
    /// There are too few complete trials for a verdict.
    TooFewTrials {
        /// Complete trials in the experiment.
        found: u32,
        /// Complete trials that a verdict needs.
        needed: u32,
    },
    /// The experiment's settings do not test the claim.
    NotTested {
        /// The reason, as a sentence.
        why: String,
    },
}

impl Verdict {
    /// The verdict in words for people.
    pub fn words(&self) -> &'static str {
        match self {
            Verdict::Reproduced => "reproduced",
            Verdict::NotReproduced => "not reproduced",
            Verdict::TooFewTrials { .. } => "not enough trials",
            Verdict::NotTested { .. } => "not tested by these settings",
        }
    }
}

/// The range that a measurement's mean must lie in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// Between two numbers, both included.
    Within(f64, f64),
    /// Greater than a number.
    Above(f64),
    /// Greater than or equal to a number.
    AtLeast(f64),
    /// Any value: the measurement is shown but does not affect the verdict.
    NotJudged,
}

impl Tolerance {
    /// Whether the mean lies within the tolerance. A NaN lies only within [`Tolerance::NotJudged`].
    pub fn holds(self, mean: f64) -> bool {
        match self {
            Tolerance::Within(low, high) => mean >= low && mean <= high,
            Tolerance::Above(low) => mean > low,
            Tolerance::AtLeast(low) => mean >= low,
            Tolerance::NotJudged => true,
        }
    }
}

/// One measured number of a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimMeasurement {
    /// A short name for people.
    pub what: String,
    /// The unit of the numbers.
    pub unit: MeasurementUnit,
    /// The experiment's result over all complete trials, or `None` if no trial is complete.
    pub ours: Option<TrialStatistics>,
    /// The range that the mean must lie in.
    pub tolerance: Tolerance,
}

/// A claim with the experiment's measurements and verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The claim's name, from C1 to C12.
    pub name: &'static str,
    /// What the paper claims.
    pub text: &'static str,
    /// The figure in the paper.
    pub paper: &'static str,
    /// The figure in the replication.
    pub replication: &'static str,
    /// The condition under which the claim counts as reproduced, in words.
    pub tolerance_text: &'static str,
    /// The experiment's measurements.
    pub measurements: Vec<ClaimMeasurement>,
    /// What the experiment says about the claim.
    pub verdict: Verdict,
}

const DENSE_ROUND: (Arm, u32) = (Arm::Ticket, 0);

fn ticket(round: u32) -> (Arm, u32) {
    (Arm::Ticket, round)
}

/// The trained networks that a claim is about, by arm and round.
type Rows = Vec<(Arm, u32)>;

/// A claim that has not been judged yet.
struct UnjudgedClaim {
    name: &'static str,
    text: &'static str,
    paper: &'static str,
    replication: &'static str,
    tolerance_text: &'static str,
    rows: Rows,
    measurements: Vec<ClaimMeasurement>,
}

/// Judges every claim by the reports of an experiment. The reports may come in any order.
pub fn score_claims<'a>(
    config: &ExperimentConfig,
    reports: impl IntoIterator<Item = &'a JobReport>,
) -> Vec<Claim> {
    let results = ReportsByJob::new(config, reports);
    let jobs = all_jobs(config);
    unjudged_claims(&results).into_iter().map(|draft| judge_claim(config, &jobs, draft)).collect()
}

fn judge_claim(config: &ExperimentConfig, jobs: &[JobId], draft: UnjudgedClaim) -> Claim {
    let UnjudgedClaim { name, text, paper, replication, tolerance_text, rows, measurements } = draft;
    let deciding = || measurements.iter().filter(|measurement| measurement.tolerance != Tolerance::NotJudged);
    let found = deciding()
        .map(|measurement| measurement.ours.map_or(0, |statistics| statistics.trials))
        .min()
        .unwrap_or(0);
    let verdict = if let Some(why) = reason_not_tested(config, jobs, &rows) {
        Verdict::NotTested { why }
    } else if found < TRIALS_NEEDED {
        Verdict::TooFewTrials { found, needed: TRIALS_NEEDED }
    } else if deciding().all(|measurement| {
        measurement.ours.is_some_and(|statistics| measurement.tolerance.holds(statistics.mean))
    }) {
        Verdict::Reproduced
    } else {
        Verdict::NotReproduced
    };
    Claim { name, text, paper, replication, tolerance_text, measurements, verdict }
}

/// The reason why an experiment does not test a claim, or `None` if it does.
fn reason_not_tested(config: &ExperimentConfig, jobs: &[JobId], rows: &Rows) -> Option<String> {
    // These settings may differ from the paper's: they change only which additional networks are trained or which seeds
    // are used.
    let free = ["arms", "draws", "rewind_to", "rounds", "momentum"];
    let paper = Preset::Paper.config();
    if let Some((field, ours, papers)) = first_difference_beside_seeds(config, &paper, &free) {
        return Some(format!("It is about the paper's protocol: {field} is {papers} there and {ours} here."));
    }
    let job = |&(arm, round)| JobId { trial: config.seeds.first(), arm, round, draw: 0 };
    let missing = rows.iter().find(|row| !jobs.contains(&job(row)))?;
    Some(format!("It looks at the arm {} in round {}, which is not trained here.", missing.0, missing.1))
}

fn unjudged_claims(results: &ReportsByJob<'_>) -> Vec<UnjudgedClaim> {
    let measurement =
        |what: &str, unit, ours, bound| ClaimMeasurement { what: what.into(), unit, ours, tolerance: bound };
    let gap = |what: &str, one, other, bound| {
        measurement(
            what,
            MeasurementUnit::PercentagePoints,
            results.accuracy_difference(one, other, TestedWeights::EarlyStop),
            bound,
        )
    };
    let slower = |what: &str, one, other, bound| {
        measurement(what, MeasurementUnit::Ratio, results.iteration_ratio(one, other), bound)
    };
    let fewer = |what: &str, one, other| {
        measurement(
            what,
            MeasurementUnit::PercentFewer,
            results.percent_fewer_iterations(one, other),
            Tolerance::Above(0.0),
        )
    };
    let loss = |what: &str, row, expected: f64| {
        measurement(
            what,
            MeasurementUnit::Nats,
            results.loss(row),
            Tolerance::Within(0.9 * expected, 1.1 * expected),
        )
    };
    let reinit = |round| (Arm::Reinit, round);
    let oneshot = |round| (Arm::OneShot, round);
    let tickets = |last| (0..=last).map(ticket).collect::<Rows>();
    let (best_round, best) = results.best_gain(1..=20);
    let (worst_round, worst) = results.worst_training(0..=17);
    vec![
        UnjudgedClaim {
            name: "C1",
            text: "The dense network's test accuracy",
            paper: "–",
            replication: "98.05 ± 0.15%",
            tolerance_text: "97.75% to 98.35%",

            rows: vec![DENSE_ROUND],
            measurements: vec![measurement(
                "dense, at early stop",
                MeasurementUnit::Percent,
                results.accuracy(DENSE_ROUND, TestedWeights::EarlyStop),
                Tolerance::Within(97.75, 98.35),
            )],
        },
        UnjudgedClaim {
            name: "C2",
            text: "The ticket of 21.1% of the weights stops earlier than the dense network",
            paper: "38% fewer iterations",
            replication: "21% fewer",
            tolerance_text: "fewer, on the mean",

            rows: vec![DENSE_ROUND, ticket(7)],
            measurements: vec![fewer("21.1% against dense", ticket(7), DENSE_ROUND)],
        },
        UnjudgedClaim {
            name: "C3",
            text: "The smallest validation loss, from dense to 1.2% of the weights",
            paper: "–",
            replication: "0.0687, 0.0611, 0.0607, 0.0723, 0.1079",
            tolerance_text: "each ± 10%",

            rows: vec![DENSE_ROUND, ticket(7), ticket(9), ticket(15), ticket(20)],
            measurements: vec![
                loss("dense", DENSE_ROUND, 0.0687),
                loss("21.1%", ticket(7), 0.0611),
                loss("13.5%", ticket(9), 0.0607),
                loss("3.58%", ticket(15), 0.0723),
                loss("1.19%", ticket(20), 0.1079),
            ],
        },
        UnjudgedClaim {
            name: "C4",
            text: "The ticket of 13.5% is more accurate than the dense network",
            paper: "more than +0.3 pp",
            replication: "+0.21 pp",
            tolerance_text: "0 pp or more",

            rows: vec![DENSE_ROUND, ticket(9)],
            measurements: vec![gap("13.5% against dense", ticket(9), DENSE_ROUND, Tolerance::AtLeast(0.0))],
        },
        UnjudgedClaim {
            name: "C5",
            text: "The ticket of 3.6% is as accurate as the dense network",
            paper: "about 0 pp",
            replication: "+0.11 pp",
            tolerance_text: "within ± 0.3 pp",

            rows: vec![DENSE_ROUND, ticket(15)],
            measurements: vec![gap(
                "3.58% against dense",
                ticket(15),
                DENSE_ROUND,
                Tolerance::Within(-0.3, 0.3),
            )],
        },
        UnjudgedClaim {
            name: "C6",
            text: "From 2.9% on the ticket is less accurate than the dense network",
            paper: "declines",
            replication: "−0.16 pp; at 1.85% −0.45; at 1.19% −1.06",
            tolerance_text: "at 1.19%: −1.46 to −0.66 pp",

            rows: vec![DENSE_ROUND, ticket(16), ticket(18), ticket(20)],
            measurements: vec![
                gap("2.87% against dense", ticket(16), DENSE_ROUND, Tolerance::NotJudged),
                gap("1.85% against dense", ticket(18), DENSE_ROUND, Tolerance::NotJudged),
                gap("1.19% against dense", ticket(20), DENSE_ROUND, Tolerance::Within(-1.46, -0.66)),
            ],
        },
        UnjudgedClaim {
            name: "C7",
            text: "At 21.1% a re-initialised network is less accurate than the ticket",
            paper: "by 0.5 pp",
            replication: "by 0.39 pp (0.31 to 0.57)",
            tolerance_text: "by 0.1 to 0.9 pp",

            rows: vec![ticket(7), reinit(7)],
            measurements: vec![gap(
                "ticket against re-init at 21.1%",
                ticket(7),
                reinit(7),
                Tolerance::Within(0.1, 0.9),
            )],
        },
        UnjudgedClaim {
            name: "C8",
            text: "At 21.1% it also learns more slowly",
            paper: "2.51×",
            replication: "1.94× (1.54 to 3.19)",
            tolerance_text: "more than 1.3×",

            rows: vec![ticket(7), reinit(7)],
            measurements: vec![slower(
                "re-init against ticket at 21.1%",
                reinit(7),
                ticket(7),
                Tolerance::Above(1.3),
            )],
        },
        UnjudgedClaim {
            name: "C9",
            text: "At 3.58% the gap is wide",
            paper: "–",
            replication: "1.07 pp and 2.4× to 3.9× slower, with every seed",
            tolerance_text: "0.6 to 1.6 pp and more than 2×",

            rows: vec![ticket(15), reinit(15)],
            measurements: vec![
                gap("ticket against re-init at 3.58%", ticket(15), reinit(15), Tolerance::Within(0.6, 1.6)),
                slower("re-init against ticket at 3.58%", reinit(15), ticket(15), Tolerance::Above(2.0)),
            ],
        },
        UnjudgedClaim {
            name: "C10",
            text: "At the end of training the best ticket's gain over the dense network is small",
            paper: "up to 0.35 pp",
            replication: "0.28 pp",
            tolerance_text: "0.05 to 0.65 pp",

            rows: tickets(20),
            measurements: vec![measurement(
                &best_round.map_or("the best ticket against dense".into(), |round| {
                    format!("the best ticket, round {round}, against dense")
                }),
                MeasurementUnit::PercentagePoints,
                best,
                Tolerance::Within(0.05, 0.65),
            )],
        },
        UnjudgedClaim {
            name: "C11",
            text: "Training accuracy at the end is about 100% down to 2% of the weights",
            paper: "yes",
            replication: "99.88% or more",
            tolerance_text: "99.5% or more",

            rows: tickets(17),
            measurements: vec![measurement(
                &worst_round.map_or("the worst round".into(), |round| format!("the worst, round {round}")),
                MeasurementUnit::Percent,
                worst,
                Tolerance::AtLeast(99.5),
            )],
        },
        UnjudgedClaim {
            name: "C12",
            text: "Tickets cut in one shot learn faster than the dense network between 67.5% and 17.6% of the weights, and \
                 are more accurate between 95% and 5.17%",
            paper: "yes",
            replication: "–",
            tolerance_text: "fewer iterations and above 0 pp at 64.1%, 41.1% and 21.1% (rounds 2, 4 and 7)",

            rows: vec![DENSE_ROUND, oneshot(2), oneshot(4), oneshot(7)],
            measurements: [(2, "64.1%"), (4, "41.1%"), (7, "21.1%")]
                .into_iter()
                .flat_map(|(round, left)| {
                    let what = format!("one-shot {left} against dense");
                    [
                        fewer(&what, oneshot(round), DENSE_ROUND),
                        gap(&what, oneshot(round), DENSE_ROUND, Tolerance::Above(0.0)),
                    ]
                })
                .collect(),
        },
    ]
}
