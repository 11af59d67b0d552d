//! What the user can take away of a run, beside its report, and the words about it.

use crate::{kept_networks::KeptNetworks, strings::arm_label};
use experiment::{arm::Arm, experiment_report::ExperimentReport, job::JobId, job_graph};
use numbers::percent;

/// What the user asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportRequest {
    /// The table of rounds and the curves, as a file of comma-separated values each.
    Tables,
    /// The network of a finished job, as safetensors. If it is not kept, it is trained again first.
    Network(JobId),
    /// Pictures, packed into a file with this word in its name.
    Pictures(&'static str, Vec<Picture>),
    /// The report, the tables, these pictures, and the networks of the first trial that are kept, packed into one file.
    Everything(Vec<Picture>),
}

/// A picture of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// What its file's name ends with.
    pub name: String,
    /// The text of an SVG file, or the bytes of a PNG file as a `data:` address.
    pub text: String,
}

/// The finished jobs whose networks can be taken away, in the order of the table, each with the words that name it. The dense
/// network is there once.
pub fn finished_networks(report: &ExperimentReport) -> Vec<(JobId, String)> {
    let config = report.config();
    let weights = config.model.weight_count() as f64;
    let mut networks: Vec<(JobId, String)> = vec![];
    for row in job_graph::table_rows(config) {
        let job = row.training_job();
        let Some(finished) = report.finished_jobs().get(&job) else { continue };
        if networks.iter().any(|(other, _)| *other == job) {
            continue;
        }
        let trial = if config.seeds.count() > 1 { format!("seed {}, ", job.trial) } else { String::new() };
        let draw = if job.draw > 0 { format!(" {}", job.draw + 1) } else { String::new() };
        let arm = if job.round == 0 && job.arm == Arm::Ticket { Arm::Dense } else { job.arm };
        let left = percent(f64::from(finished.report.surviving_weights()) / weights);
        let accuracy = percent(finished.report.test_end.fraction());
        let label = arm_label(arm);
        networks.push((
            job,
            format!("{trial}{label}{draw}, round {}: {left} of the weights, test {accuracy}", job.round),
        ));
    }
    networks
}

/// What happens with the chosen network when it is asked for.
pub fn network_note(
    kept: &KeptNetworks,
    chosen: Option<JobId>,
    awaited: Option<JobId>,
    paused: bool,
) -> String {
    match (chosen, awaited) {
        (_, Some(_)) if paused => {
            "The network that you asked for is trained again when the run goes on. Then it is offered as a file.".into()
        }
        (_, Some(_)) => {
            "The network that you asked for is being trained again. It is offered as a file when it is done.".into()
        }
        (None, _) => "A network can be taken away when its job is done.".into(),
        (Some(job), _) if kept.get(job).is_some() => "This network is at hand.".into(),
        _ => "This network is no longer kept. It is trained again when you ask for it, with the same result.".into(),
    }
}

/// What is in the file with everything.
pub fn everything_note(kept: &KeptNetworks, first_seed: u32, finished: usize) -> String {
    match kept.jobs().filter(|job| job.trial == first_seed).count() {
        0 => "The zip file has the report, the tables and the charts. No network of the first trial is at hand to go \
              with them."
            .into(),
        1 => "The zip file has the report, the tables, the charts and the one network of the first trial that is at hand."
            .into(),
        count if count == finished => {
            format!("The zip file has the report, the tables, the charts and all {count} networks.")
        }
        count => format!(
            "The zip file has the report, the tables, the charts and the {count} networks of the first trial that are at \
             hand."
        ),
    }
}

/// The value of a job in the list of networks.
pub fn job_value(job: JobId) -> String {
    format!("{}.{}.{}.{}", job.trial, job.arm.name(), job.round, job.draw)
}
