//! An experiment as a graph of pure jobs: which jobs there are, and which outputs each has to deliver to others.

use crate::{
    arm::Arm,
    config::ExperimentConfig,
    job::{Checkpoint, JobId},
    job_data::OutputSpec,
    recipe::dependencies,
};
use numbers::order::sort_by_number;
use std::collections::BTreeSet;

/// Every row of the table of rounds of `config`, in order. [`JobId::training_job`] says which job's results a row
/// shows.
pub fn table_rows(config: &ExperimentConfig) -> Vec<JobId> {
    for_every_trial(config, &trial_table_rows(config, config.seeds.first()))
}

/// The rows of one trial.
fn trial_table_rows(config: &ExperimentConfig, trial: u32) -> Vec<JobId> {
    let mut rows = vec![];
    for &arm in &config.arms {
        if arm == Arm::Late && config.twins {
            // The dense network is the ticket's, and its late twin is another than the ticket's.
            rows.push(JobId { trial, arm, round: 0, draw: 0, twin: true });
        }
        for round in config.rounds_of(arm) {
            for draw in 0..config.draws_of(arm) {
                rows.extend(with_twin(config, JobId { trial, arm, round, draw, twin: false }));
            }
        }
    }
    config.jobs.retain(&mut rows);
    rows
}

/// A row and, where the experiment has twins, that of its twin.
fn with_twin(config: &ExperimentConfig, row: JobId) -> impl Iterator<Item = JobId> {
    let twin = config.twins.then_some(JobId { twin: true, ..row });
    [row].into_iter().chain(twin)
}

/// The same jobs in each trial, in the order of the table.
fn for_every_trial(config: &ExperimentConfig, jobs: &[JobId]) -> Vec<JobId> {
    config.seeds.iter().flat_map(|trial| jobs.iter().map(move |&job| JobId { trial, ..job })).collect()
}

/// Every job that has to be trained for the rows of `config`, in the order of the table.
pub fn all_jobs(config: &ExperimentConfig) -> Vec<JobId> {
    for_every_trial(config, &trial_jobs(config, config.seeds.first()))
}

/// The jobs of one trial: those that its rows show, and all their dependencies.
fn trial_jobs(config: &ExperimentConfig, trial: u32) -> Vec<JobId> {
    let mut jobs = BTreeSet::new();
    let mut wanted: Vec<JobId> =
        trial_table_rows(config, trial).into_iter().map(JobId::training_job).collect();
    while let Some(job) = wanted.pop() {
        if jobs.insert(job) {
            wanted.extend(dependencies(job).jobs());
        }
    }
    jobs.into_iter().collect()
}

/// The jobs of a round that have to be trained in the first trial, in the order of the table.
pub fn jobs_of_first_trial(config: &ExperimentConfig, round: u32) -> Vec<JobId> {
    let jobs = trial_jobs(config, config.seeds.first()).into_iter();
    jobs.filter(|job| job.round == round).collect()
}

/// The largest number of jobs at the same depth of the dependency graph: an estimate of how many workers can be busy at
/// once.
pub fn max_parallel_jobs(config: &ExperimentConfig) -> usize {
    let mut jobs = trial_jobs(config, config.seeds.first());
    sort_by_number(&mut jobs, |job| f64::from(job.round));
    let (mut depths, mut widths): (Vec<usize>, Vec<usize>) = (vec![], vec![0; jobs.len()]);
    for (index, &job) in jobs.iter().enumerate() {
        // Dependencies are of earlier rounds or, of a twin, just before it, so their depths are known already.
        let depth_of =
            |parent| jobs[..index].iter().position(|other| *other == parent).map(|found| depths[found]);
        let depth = dependencies(job).jobs().filter_map(depth_of).max().map_or(0, |depth| depth + 1);
        depths.push(depth);
        widths[depth] += 1;
    }
    widths.into_iter().max().unwrap_or(0) * config.seeds.count() as usize
}

/// Which outputs a job has to deliver to the other jobs of its experiment.
pub fn output_spec(config: &ExperimentConfig, job: JobId) -> OutputSpec {
    let mut spec = OutputSpec::default();
    for child in trial_jobs(config, job.trial) {
        let dependencies = dependencies(child);
        spec.next_mask |= dependencies.mask == Some(job);
        spec.final_parameters |= dependencies.parameters == Some((job, Checkpoint::End));
        spec.final_parameters |= dependencies.sibling == Some(job);
        spec.rewind_parameters |= dependencies.parameters == Some((job, Checkpoint::RewindIteration));
    }
    spec
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{preset::Preset, seeds::Seeds};

    fn ticket(round: u32) -> JobId {
        JobId { trial: 1, arm: Arm::Ticket, round, draw: 0, twin: false }
    }

    fn config_with(arms: &[Arm]) -> ExperimentConfig {
        ExperimentConfig { arms: arms.iter().copied().collect(), ..Preset::Quick.config() }
    }

    #[test]
    fn rows_are_the_arms_asked_for_and_jobs_what_they_need() {
        let config = config_with(&[Arm::Reinit, Arm::Dense]);
        let reinits = (1..=6).map(|round| JobId { arm: Arm::Reinit, ..ticket(round) });
        let dense = JobId { arm: Arm::Dense, ..ticket(0) };
        assert_eq!(table_rows(&config), [dense].into_iter().chain(reinits.clone()).collect::<Vec<_>>());
        // The sixth re-init takes its mask from the ticket's fifth round, so the ticket's sixth is not trained.
        assert_eq!(all_jobs(&config), (0..=5).map(ticket).chain(reinits).collect::<Vec<_>>());
        assert_eq!(all_jobs(&config_with(&[Arm::Dense])), [ticket(0)]);
        assert_eq!(all_jobs(&config_with(&[Arm::Late])).len(), 7);
        assert_eq!(
            table_rows(&ExperimentConfig {
                seeds: Seeds::consecutive(1, 3).unwrap(),
                draws: 2,
                ..config_with(Arm::ALL)
            })
            .len(),
            3 * (1 + 7 + 12 + 6 * 6 + 1 + 6 * 6 + 7 + 6 * 4)
        );
        assert_eq!(table_rows(&Preset::Quick.config()), all_jobs(&Preset::Quick.config()));
    }

    #[test]
    fn a_transferred_ticket_needs_the_ticket_and_no_other_of_its_data_set() {
        let config = config_with(&[Arm::Transferred, Arm::OtherReinit]);
        let job = |arm| move |round| JobId { arm, ..ticket(round) };
        let jobs = (0..=5).map(ticket).chain((0..=5).map(job(Arm::OtherTicket)));
        let rows = (1..=6).map(job(Arm::OtherReinit)).chain((1..=6).map(job(Arm::Transferred)));
        let mut expected: Vec<JobId> = jobs.chain(rows.clone()).collect();
        expected.sort();
        assert_eq!(all_jobs(&config), expected);
        assert_eq!(table_rows(&config), rows.collect::<Vec<_>>());
        // Each dense network leaves its own mask.
        let mask = OutputSpec { next_mask: true, ..OutputSpec::default() };
        assert_eq!(output_spec(&config, job(Arm::OtherTicket)(0)), mask);
        assert_eq!(output_spec(&config, job(Arm::OtherTicket)(6)), OutputSpec::default());
        assert_eq!(output_spec(&config, job(Arm::Transferred)(2)), OutputSpec::default());
        assert_eq!(dependencies(job(Arm::Transferred)(1)).mask, Some(ticket(0)));
    }

    #[test]
    fn each_row_has_a_twin_and_the_dense_network_a_late_one_too() {
        let config = ExperimentConfig { twins: true, rounds: 2, ..config_with(&[Arm::Dense, Arm::Late]) };
        let row = |arm, round| JobId { arm, ..ticket(round) };
        let twin = |job: JobId| JobId { twin: true, ..job };
        let (dense, late) = (row(Arm::Dense, 0), |round| row(Arm::Late, round));
        let (one, two) = (late(1), late(2));
        assert_eq!(table_rows(&config), [dense, twin(dense), twin(late(0)), one, twin(one), two, twin(two)]);
        assert_eq!(
            all_jobs(&config),
            [ticket(0), twin(ticket(0)), twin(late(0)), one, twin(one), two, twin(two)]
        );
        // A twin begins with what its sibling has, and needs where that has come to. It leaves nothing.
        let of_dense = dependencies(twin(late(0)));
        assert_eq!(of_dense.parameters, Some((ticket(0), Checkpoint::RewindIteration)));
        assert_eq!((of_dense.mask, of_dense.sibling), (None, Some(ticket(0))));
        assert_eq!(of_dense.jobs().collect::<Vec<_>>(), [ticket(0)]);
        let of_one = dependencies(twin(one));
        assert_eq!((of_one.mask, of_one.sibling), (Some(ticket(0)), Some(one)));
        assert_eq!(of_one.parameters, Some((ticket(0), Checkpoint::RewindIteration)));
        assert!(output_spec(&config, one).final_parameters && output_spec(&config, two).final_parameters);
        assert_eq!(output_spec(&config, twin(one)), OutputSpec::default());
        assert_eq!(max_parallel_jobs(&config), 3);
    }

    #[test]
    fn an_experiment_is_as_wide_as_its_widest_round_and_one_shots_are_side_by_side() {
        assert_eq!(max_parallel_jobs(&config_with(&[Arm::Dense])), 1);
        assert_eq!(max_parallel_jobs(&Preset::Quick.config()), 2);
        assert_eq!(
            max_parallel_jobs(&ExperimentConfig {
                seeds: Seeds::consecutive(1, 3).unwrap(),
                draws: 4,
                ..Preset::Quick.config()
            }),
            15
        );
        // After the dense network, all six one-shot networks can be trained at once, beside the ticket's next round.
        assert_eq!(max_parallel_jobs(&config_with(&[Arm::Ticket, Arm::OneShot])), 7);
    }

    #[test]
    fn a_job_leaves_what_others_need_and_no_more() {
        let (none, mask) = (OutputSpec::default(), OutputSpec { next_mask: true, ..OutputSpec::default() });
        assert_eq!(output_spec(&config_with(&[Arm::Ticket]), ticket(5)), mask);
        assert_eq!(output_spec(&config_with(&[Arm::Ticket]), ticket(6)), none);
        assert_eq!(output_spec(&config_with(&[Arm::Dense]), ticket(0)), none);
        assert_eq!(
            output_spec(&config_with(&[Arm::OneShot]), ticket(0)),
            OutputSpec { final_parameters: true, ..none }
        );
        assert_eq!(
            output_spec(&config_with(&[Arm::Late]), ticket(0)),
            OutputSpec { rewind_parameters: true, ..mask }
        );
        let all = config_with(Arm::ALL);
        assert_eq!(
            output_spec(&all, ticket(0)),
            OutputSpec { next_mask: true, rewind_parameters: true, final_parameters: true }
        );
        let spec_of = |arm, round| output_spec(&all, JobId { arm, ..ticket(round) });
        assert_eq!(spec_of(Arm::Late, 2), mask);
        assert_eq!(spec_of(Arm::NoRewind, 2), OutputSpec { final_parameters: true, ..mask });
        assert_eq!(spec_of(Arm::NoRewind, 6), none);
    }
}
