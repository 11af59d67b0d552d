//! How jobs look: which arm's colour, dash and marker they have.

use chart::arm_style::ArmStyle;
use experiment::{config::ExperimentConfig, job::JobId, job_graph};

/// How a job looks: its arm's look, or the dense network's in round 0.
pub fn arm_style(job: JobId) -> &'static ArmStyle {
    ArmStyle::by_name(if job.round == 0 { "dense" } else { job.arm.name() })
}

/// The looks that a legend of this experiment lists, in its order.
pub fn legend_styles(config: &ExperimentConfig) -> Vec<&'static ArmStyle> {
    let rows = job_graph::table_rows(config);
    let used = |style: &&ArmStyle| rows.iter().any(|&row| self::arm_style(row).name == style.name);
    ArmStyle::ALL.iter().map(|entry| ArmStyle::by_name(entry.name)).filter(used).collect()
}
