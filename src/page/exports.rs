//! What the user can take away of a run, beside its report, and the words about it.

use crate::{kept_networks::KeptNetworks, strings::arm_label};
use experiment::{arm::Arm, experiment_report::ExperimentReport, job::JobId, job_graph};
use numbers::percent;
use texts::{count, fill, text};

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

/// The finished jobs whose networks can be taken away, in the order of the table: those of its first `most` rows. The dense
/// network is there once.
pub fn finished_networks(report: &ExperimentReport, most: usize) -> Vec<JobId> {
    let mut networks: Vec<JobId> = vec![];
    for row in job_graph::table_rows(report.config()) {
        if networks.len() == most {
            break;
        }
        let job = row.training_job();
        // The dense network's own row comes right before the ticket's round 0.
        if report.finished_jobs().contains_key(&job) && networks.last() != Some(&job) {
            networks.push(job);
        }
    }
    networks
}

/// The words that name the network of a job in the list. Empty if it is not finished.
pub fn network_name(report: &ExperimentReport, job: JobId) -> String {
    let config = report.config();
    let Some(finished) = report.finished_jobs().get(&job) else { return String::new() };
    let mut draw = if job.draw > 0 { format!(" {}", job.draw + 1) } else { String::new() };
    if job.twin {
        draw += text("export.twin");
    }
    let arm = if job.round == 0 && job.arm == Arm::Ticket { Arm::Dense } else { job.arm };
    let left = percent(f64::from(finished.report.surviving_weights()) / config.model.weight_count() as f64);
    let accuracy = percent(finished.report.test_end.fraction());
    fill!(
        if config.seeds.count() > 1 { "export.network_of_seed" } else { "export.network" },
        seed = job.trial,
        arm = arm_label(arm),
        draw = draw,
        round = job.round,
        left = left,
        accuracy = accuracy
    )
}

/// What happens with the chosen network when it is asked for.
pub fn network_note(
    kept: &KeptNetworks,
    chosen: Option<JobId>,
    awaited: Option<JobId>,
    paused: bool,
) -> String {
    let id = match (chosen, awaited) {
        (_, Some(_)) if paused => "export.network_awaits_run",
        (_, Some(_)) => "export.network_awaited",
        (None, _) => "export.no_network",
        (Some(job), _) if kept.get(job).is_some() => "export.network_at_hand",
        _ => "export.network_not_kept",
    };
    text(id).into()
}

/// What is in the file with everything.
pub fn everything_note(kept: &KeptNetworks, first_seed: u32, finished: usize) -> String {
    match kept.jobs().filter(|job| job.trial == first_seed).count() {
        0 => text("export.zip_without_networks").into(),
        networks if networks == finished && networks > 1 => fill!("export.zip_of_all", networks = networks),
        networks => count!("export.zip", networks as u32, networks = networks),
    }
}

/// The value of a job in the list of networks.
pub fn job_value(job: JobId) -> String {
    let twin = if job.twin { ".twin" } else { "" };
    format!("{}.{}.{}.{}{twin}", job.trial, job.arm.name(), job.round, job.draw)
}
