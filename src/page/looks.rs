//! How jobs look: which arm's colour, dash and marker they have.

use chart::ArmLook;
use experiment::{config::ExperimentConfig, job::JobId, jobs};

/// How a job looks: its arm's look, or the dense network's in round 0.
pub fn arm_style(job: JobId) -> &'static ArmLook {
    ArmLook::of(if job.round == 0 { "dense" } else { job.arm.name() })
}

/// The looks that a legend of this experiment lists, in its order.
pub fn legend_styles(config: &ExperimentConfig) -> Vec<&'static ArmLook> {
    let rows = jobs::table_rows(config);
    let used = |style: &&ArmLook| rows.iter().any(|&row| self::arm_style(row).name == style.name);
    ArmLook::ALL.iter().map(|entry| ArmLook::of(entry.name)).filter(used).collect()
}
