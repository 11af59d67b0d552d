//! The style of each job: the colour, dash and marker of its arm.

use chart::arm_style::ArmStyle;
use experiment::{config::ExperimentConfig, job::JobId, job_graph};

/// Returns the style of a job: the style of its arm, or in round 0 that of the dense network. An own mask that is nearly dense
/// is trained in round 0 and is another network, and so is the dense network of another data set.
pub fn arm_style(job: JobId) -> &'static ArmStyle {
    ArmStyle::by_name(if job.is_dense() { "dense" } else { job.arm.name() })
}

/// Returns the styles that the legend lists for this experiment, in the legend's order.
pub fn legend_styles(config: &ExperimentConfig) -> Vec<&'static ArmStyle> {
    let rows = job_graph::table_rows(config);
    let used = |style: &&ArmStyle| rows.iter().any(|&row| self::arm_style(row).name == style.name);
    ArmStyle::ALL.iter().map(|entry| ArmStyle::by_name(entry.name)).filter(used).collect()
}
