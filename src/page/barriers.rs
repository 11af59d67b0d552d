//! The error barriers between twins: how far the test error rises on the straight line between two trainings that begin with
//! the same mask and the same parameters and differ in the order of batches alone (Frankle et al. 2020).

use crate::{
    compared_arms::ComparedArms,
    headline::{on_its_data, weights_left},
    sentences::{Question, Sentence},
    shown_results::ShownResults,
};
use experiment::{
    arm::Arm,
    job::JobId,
    measured::{Measured, Share, Sides},
};

/// The barrier of an arm in a round, from 0 to 1: the right answers at the ends less the fewest between them, by trial, each the
/// mean over draws. The dense network's is that of the ticket's round 0. `None` until it is known in every trial.
pub fn barrier(results: ShownResults<'_>, arm: Arm, round: u32) -> Option<Measured> {
    let config = results.config();
    let shares = |trial: u32| -> Option<(Share, Share)> {
        let (mut ends, mut least, mut images) = (0.0, 0.0, 0.0);
        for draw in 0..config.draws_of(arm) {
            let twin = JobId { trial, arm, round, draw, twin: true };
            let line = &results.finished_job(twin)?.report.interpolated;
            let correct = line.iter().map(|accuracy| f64::from(accuracy.correct));
            ends += f64::from(line.first()?.correct + line.last()?.correct) / 2.0;
            least += correct.reduce(f64::min)?;
            images += f64::from(line.first()?.total);
        }
        Some((Share { part: ends, whole: images }, Share { part: least, whole: images }))
    };
    let pairs: Option<Vec<(Share, Share)>> = config.seeds.iter().map(shares).collect();
    Measured::of_differences(&pairs?, Sides::Two)
}

/// The title of the chart of barriers: those of the subject and of its first rival in the last round in which every trial has
/// them.
pub fn title(results: ShownResults<'_>) -> Sentence {
    let arms = ComparedArms::of(results.config());
    let subject = arms.as_ref().map_or(Arm::Ticket, |arms| arms.subject);
    let rounds = results.last_round_over().map_or(0..0, |last| 0..last + 1);
    let found = rounds.rev().find_map(|round| Some((round, barrier(results, subject, round)?)));
    let Some((round, of_subject)) = found else { return Sentence::Question(Question::Barriers) };
    let rival = arms.and_then(|arms| arms.rivals.first().copied());
    let of_rival = rival.and_then(|rival| Some((rival, barrier(results, rival, round)?.mean)));
    let sentence = Sentence::Barriers {
        trials: results.config().seeds.count(),
        subject: if round == 0 { Arm::Dense } else { subject },
        left: weights_left(results, subject, round),
        barrier: of_subject.mean,
        rival: of_rival.filter(|_| round > 0),
    };
    on_its_data(results.config(), subject, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        made_results::{MadeJob, made_results},
        sentences::words,
    };

    fn said(fragment: &str, rounds: u32, least: impl Fn(JobId) -> u32) -> (String, Option<Measured>) {
        let made = |job: JobId| MadeJob {
            test: 9_500,
            validation: 4_000,
            stop: 50,
            least_on_line: Some(least(job)),
        };
        let results = made_results(fragment, rounds, made);
        let shown = results.everything();
        (words::text(&title(shown)), barrier(shown, Arm::Ticket, rounds))
    }

    #[test]
    fn the_title_says_how_far_two_trainings_are_apart_or_asks() {
        let (text, measured) =
            said("twins=1&rounds=1", 1, |job| if job.arm == Arm::Ticket { 9_480 } else { 9_190 });
        assert_eq!(
            text,
            "In this run the error rises by 0.2 points between two trainings of the ticket with 50.1% of the weights, and \
             by 3.1 points between two of the re-init"
        );
        assert!((measured.unwrap().mean - 0.002).abs() < 1e-12);
        let (text, _) = said("rounds=1", 1, |_| 9_000);
        assert_eq!(text, words::text(&Sentence::Question(Question::Barriers)));
        let (text, _) = said("twins=1&rounds=1", 0, |_| 9_400);
        assert!(text.contains("of the dense network"), "{text}");
    }

    #[test]
    fn a_barrier_counts_each_draw_and_is_paired_by_seed() {
        let least = |job: JobId| 9_500 - 100 * (job.trial + job.draw);
        let made =
            |job: JobId| MadeJob { test: 9_500, least_on_line: Some(least(job)), ..MadeJob::default() };
        let results = made_results("twins=1&rounds=1&draws=2&seeds=1-3", 1, made);
        let of_reinit = barrier(results.everything(), Arm::Reinit, 1).unwrap();
        // 1.5, 2.5 and 3.5 points; Student's t with two degrees of freedom is 4.302653.
        assert!((of_reinit.mean - 0.025).abs() < 1e-12);
        let margin = of_reinit.interval.unwrap().high - of_reinit.mean;
        assert!((margin - 4.302_653 * 0.01 / 3.0_f64.sqrt()).abs() < 1e-8);
    }
}
