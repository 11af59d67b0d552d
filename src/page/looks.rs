//! How jobs look: which arm's colour, dash and marker they have.

use chart::ArmLook;
use experiment::{config::ExperimentConfig, job::JobId, jobs};

/// How a job looks: its arm's look, or the dense network's in round 0.
pub fn look(job: JobId) -> &'static ArmLook {
    ArmLook::of(if job.round == 0 { "dense" } else { job.arm.name() })
}

/// The looks that a legend of this experiment lists, in its order.
pub fn legend(config: &ExperimentConfig) -> Vec<&'static ArmLook> {
    let rows = jobs::table_rows(config);
    let used = |look: &&ArmLook| rows.iter().any(|&row| self::look(row).name == look.name);
    ArmLook::ALL.iter().map(|entry| ArmLook::of(entry.name)).filter(used).collect()
}
