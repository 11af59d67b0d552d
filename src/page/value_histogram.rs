//! The values of the weights that a pruning leaves and of those that it strikes out, before and after the training that
//! precedes it.

use crate::shown_results::ShownResults;
use chart::histogram::{GroupLook, HistogramChart};
use experiment::{arm::Arm, job::JobId};
use texts::text;

/// Which values are shown: those of the ticket of the first trial in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownValues {
    /// The job that trained them.
    pub job: JobId,
    /// Whether the pruning after the round is shown too.
    pub is_pruned: bool,
}

/// The values of the last round that is over. `None` while there is none.
pub fn shown_values(results: ShownResults<'_>) -> Option<ShownValues> {
    let trial = results.config().seeds.first();
    let of_ticket = results.finished_jobs().map(|finished| finished.report.job);
    let job = of_ticket
        .filter(|job| job.arm == Arm::Ticket && job.trial == trial && !job.twin)
        .max_by_key(|job| job.round)?;
    Some(ShownValues { job, is_pruned: results.mask_round() > job.round })
}

/// The chart of a layer's values. `first` and `last` are the values of the layer's weights that survive in `round`, in
/// order; `prune_rounds` are the prune rounds of all its weights. If the next pruning is not shown, no weight is told from
/// another.
pub fn value_histogram(
    (first, last): (&[f32], &[f32]),
    prune_rounds: &[u8],
    round: u32,
    is_pruned: bool,
) -> HistogramChart {
    let mut groups: [Vec<f32>; 4] = std::array::from_fn(|_| Vec::new());
    let alive = prune_rounds.iter().filter(|&&byte| u32::from(byte) > round);
    for ((&byte, &first), &last) in alive.zip(first).zip(last) {
        let dies = is_pruned && u32::from(byte) == round + 1;
        groups[2 * usize::from(dies)].push(first);
        groups[2 * usize::from(dies) + 1].push(last);
    }
    let names = match is_pruned {
        true => ["chart.stay_first", "chart.stay_last", "chart.struck_out_first", "chart.struck_out_last"]
            .map(text),
        false => [text("chart.first_values"), text("chart.last_values"), "", ""],
    };
    let looks =
        [GroupLook::SurvivingFirst, GroupLook::SurvivingLast, GroupLook::PrunedFirst, GroupLook::PrunedLast];
    let group = |index: usize| (names[index], looks[index], &groups[index][..]);
    HistogramChart::new(&[0, 1, 2, 3].map(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_told_apart_by_the_next_pruning() {
        let prune_rounds = [1, 2, 255, 3, 2];
        let values = [0.1, -0.2, 0.3, 0.4];
        let chart = value_histogram((&values, &values), &prune_rounds, 1, true);
        let sizes: Vec<(u32, f64)> = chart
            .groups
            .iter()
            .map(|group| (group.counts.iter().sum(), (group.mean_size * 1e4).round() / 1e4))
            .collect();
        assert_eq!(sizes, [(2, 0.25), (2, 0.25), (2, 0.25), (2, 0.25)]);
        let chart = value_histogram((&values, &values), &prune_rounds, 1, false);
        assert_eq!(chart.groups.len(), 2);
        assert_eq!(chart.groups[0].counts.iter().sum::<u32>(), 4);
    }
}
