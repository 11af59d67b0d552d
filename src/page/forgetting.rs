//! What networks make of the test images, compared: what a round of pruning has newly forgotten or learnt, and where two
//! networks disagree. Predictions and labels are one class for each test image, in the order of the images.

use crate::{chart_selection::ChartSelection, kept_networks::KeptNetworks, shown_results::ShownResults};
use experiment::{arm::Arm, job::JobId};
use numbers::order::sort_by_number;

/// The test images of a class that are read otherwise after a pruning than before it, by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassChanges {
    /// Those that were read rightly and no longer are.
    pub forgotten: Vec<u32>,
    /// Those that were read wrongly and no longer are.
    pub learnt: Vec<u32>,
}

/// What is read otherwise after a pruning than before it, for each of the classes.
pub fn changes_by_class(before: &[u8], after: &[u8], labels: &[u8], classes: usize) -> Vec<ClassChanges> {
    let mut changes = vec![ClassChanges::default(); classes];
    for (image, ((before, after), label)) in (0..).zip(before.iter().zip(after).zip(labels)) {
        let Some(class) = changes.get_mut(usize::from(*label)) else { continue };
        match (before == label, after == label) {
            (true, false) => class.forgotten.push(image),
            (false, true) => class.learnt.push(image),
            _ => {}
        }
    }
    changes
}

/// The number of images that are forgotten, and of those that are learnt.
pub fn totals(changes: &[ClassChanges]) -> (usize, usize) {
    changes.iter().fold((0, 0), |(forgotten, learnt), class| {
        (forgotten + class.forgotten.len(), learnt + class.learnt.len())
    })
}

/// The classes of a list: all of them, or if there are more than `most`, those in which most has changed, if anything has. In
/// the order of their labels.
pub fn most_changed(changes: &[ClassChanges], most: usize) -> Vec<usize> {
    let changed = |class: &usize| changes[*class].forgotten.len() + changes[*class].learnt.len();
    let mut classes: Vec<usize> = (0..changes.len()).collect();
    if classes.len() <= most {
        return classes;
    }
    classes.retain(|class| changed(class) > 0);
    sort_by_number(&mut classes, |class| -(changed(class) as f64));
    classes.truncate(most);
    sort_by_number(&mut classes, |class| *class as f64);
    classes
}

/// The next image after `image`, or the first one, that two networks read differently. After the last comes the first again.
/// `None` if they agree on all.
pub fn next_disagreement(one: &[u8], other: &[u8], image: Option<u32>) -> Option<u32> {
    let differ: Vec<u32> =
        (0..).zip(one.iter().zip(other)).filter(|(_, (a, b))| a != b).map(|(at, _)| at).collect();
    let later = differ.iter().find(|at| image.is_none_or(|image| **at > image));
    later.or(differ.first()).copied()
}

/// The networks of the two compared arms in the newest round of which both are known and can vote, as `can_vote` says of
/// their jobs, in the first trial. The images are those of the experiment's own data set, so that its arms alone are
/// compared.
pub fn compared_networks(
    shown: ShownResults<'_>,
    can_vote: &dyn Fn(JobId) -> bool,
    selection: &ChartSelection,
) -> Option<(JobId, JobId)> {
    let (one, other) = selection.arms_side_by_side().filter(|(one, _)| !one.is_of_other_data())?;
    let config = shown.config();
    let job = |arm, round| {
        let job = JobId { trial: config.seeds.first(), arm, round, draw: 0, twin: false };
        (shown.finished_job(job).is_some() && can_vote(job)).then_some(job)
    };
    (1..=config.rounds).rev().find_map(|round| Some((job(one, round)?, job(other, round)?)))
}

/// The rounds after whose prunings the ticket's network is known and kept, as well as that of the round before.
pub fn rounds_with_a_round_before(shown: ShownResults<'_>, kept: &KeptNetworks) -> Vec<u32> {
    let here = |round: u32| {
        let job = ticket(shown, round);
        shown.finished_job(job).is_some() && kept.get(job).is_some()
    };
    (1..=shown.config().rounds).filter(|&round| here(round - 1) && here(round)).collect()
}

/// The ticket's job of a round of the first trial.
pub fn ticket(shown: ShownResults<'_>, round: u32) -> JobId {
    JobId { trial: shown.config().seeds.first(), arm: Arm::Ticket, round, draw: 0, twin: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_forgotten_or_learnt_by_the_class_they_show() {
        let labels = [0, 1, 1, 2, 0, 9];
        let changes = changes_by_class(&[0, 0, 1, 1, 2, 0], &[1, 1, 0, 0, 2, 9], &labels, 3);
        let class = |forgotten: &[u32], learnt: &[u32]| ClassChanges {
            forgotten: forgotten.into(),
            learnt: learnt.into(),
        };
        // A 2 that is read wrongly in another way is neither, and no class has the label 9.
        assert_eq!(changes, [class(&[0], &[]), class(&[2], &[1]), class(&[], &[])]);
        assert_eq!(totals(&changes), (2, 1));
    }

    #[test]
    fn of_many_classes_those_stay_in_which_most_has_changed() {
        let class = |forgotten: u32, learnt: u32| ClassChanges {
            forgotten: (0..forgotten).collect(),
            learnt: (0..learnt).collect(),
        };
        let changes = [class(0, 1), class(3, 0), class(0, 0), class(1, 3), class(0, 1)];
        assert_eq!(most_changed(&changes, 3), [0, 1, 3]);
        assert_eq!(most_changed(&changes, 2), [1, 3]);
        assert_eq!(most_changed(&changes, 4), [0, 1, 3, 4], "in class 2, nothing has changed");
        assert_eq!(most_changed(&changes, 5), [0, 1, 2, 3, 4]);
        assert!(most_changed(&[], 5).is_empty());
    }

    /// What is right afterwards is what was right before, less what is forgotten and with what is learnt.
    #[test]
    fn changes_account_for_the_difference_in_accuracy() {
        let byte = |at: u32, times: u32| (at.wrapping_mul(times) >> 13) as u8 % 4;
        let of = |times: u32| -> Vec<u8> { (0..500).map(|at| byte(at, times)).collect() };
        let (labels, before, after) = (of(2_654_435_761), of(2_246_822_519), of(3_266_489_917));
        let right = |read: &[u8]| read.iter().zip(&labels).filter(|(a, b)| a == b).count();
        let (forgotten, learnt) = totals(&changes_by_class(&before, &after, &labels, 4));
        assert!(forgotten > 0 && learnt > 0);
        assert_eq!(right(&before) - forgotten + learnt, right(&after));
    }

    #[test]
    fn disagreements_come_in_order_and_begin_again() {
        let (one, other) = ([1, 2, 3, 4], [1, 0, 3, 0]);
        assert_eq!(next_disagreement(&one, &other, None), Some(1));
        assert_eq!(
            [0, 1, 3].map(|at| next_disagreement(&one, &other, Some(at))),
            [Some(1), Some(3), Some(1)]
        );
        assert_eq!(next_disagreement(&one, &one, None), None);
    }
}
