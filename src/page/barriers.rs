//! The error barriers between twins: how far the test error rises on the straight line between two trainings that begin with
//! the same mask and the same parameters and differ in the order of batches alone (Frankle et al. 2020).

use crate::shown_results::ShownResults;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_results::{MadeJob, made_results};

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
