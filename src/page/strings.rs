//! The page's texts: captions and labels, and sentences for a screen reader.

use crate::{
    headline::headline,
    kept_networks::{self, KeptNetworks},
    refusals::PageFailure,
    run_results::RunResults,
    sentences::english,
    shown_results::ShownResults,
    status::PageStatus,
};
use chart::arm_style::ArmStyle;
use experiment::{
    arm::Arm, experiment_report::ExperimentReport, job_graph, moment::Stage, run_digest::RunDigest,
    settings::Settings,
};
use model::data_set::DataSet;
use numbers::{percent, with_commas};
use protocol::FailureKind;

/// The short name of an arm.
pub fn arm_label(arm: Arm) -> &'static str {
    ArmStyle::by_name(arm.name()).chart_label
}

/// The caption of the masks: what they show at the moment.
pub fn mask_caption(results: ShownResults<'_>) -> String {
    let (config, round) = (results.config(), results.mask_round());
    match results.ticket_survivors(config.seeds.first(), round) {
        Some(alive) if round > 0 => {
            let left: u32 = alive.iter().sum();
            let share = percent(f64::from(left) / config.model.weight_count() as f64);
            format!("Mask of round {round}: {} weights left, {share}.", with_commas(f64::from(left)))
        }
        _ => "Every weight is alive. The first pruning comes at the end of round 0.".into(),
    }
}

/// The name of a stage. In round 0 there is nothing yet to go back to.
pub fn stage_name(stage: Stage, round: u32) -> &'static str {
    match stage {
        Stage::Rewind if round == 0 => "Start",
        Stage::Rewind => "Rewind",
        Stage::Train => "Train",
        Stage::Prune => "Prune",
    }
}

/// Summarises a finished round in one or two sentences.
pub fn round_summary(results: ShownResults<'_>, round: u32) -> String {
    let config = results.config();
    let total = config.model.weight_count() as f64;
    let alive = results.weights_left(round).map_or(0.0, |alive| f64::from(alive.iter().sum::<u32>()));
    let left = percent(alive / total);
    let mut sentence = format!("Round {round} of {} done, {left} of weights left.", config.rounds);
    let accuracies: Vec<String> = config
        .arms
        .iter()
        .copied()
        .filter_map(|a| Some((a, results.mean_test_end(a, round)?)))
        .map(|(a, accuracy)| match config.own.and_then(|own| own.weights).filter(|_| a == Arm::Own) {
            // It has a size of its own.
            Some(own) => {
                let share = percent(f64::from(own) / total);
                format!("{} {} at {share} of weights", arm_label(a), percent(accuracy))
            }
            None => format!("{} {}", arm_label(a), percent(accuracy)),
        })
        .collect();
    if !accuracies.is_empty() {
        sentence += &format!(" Test accuracy: {}.", accuracies.join(", "));
    }
    // In round 0 this would say the accuracy again, and ask.
    if round > 0 {
        sentence += &format!(" {}", english::texts(&headline(results)));
    }
    sentence
}

/// The button that removes a pinned run.
pub const UNPIN: &str = "Remove";

/// What the button that removes a pinned run does, for a screen reader.
pub fn unpin_label(letter: &str) -> String {
    format!("Remove the pinned run {letter}")
}

/// The sentence that announces an opened report.
pub fn report_opened(experiment_report: &ExperimentReport) -> String {
    let (done, all) =
        (experiment_report.finished_jobs().len(), job_graph::all_jobs(experiment_report.config()).len());
    format!("Report opened: {done} of {all} jobs are done.")
}

/// What the chart of early stops shows, and what it cannot show: a loss that is least at the last iteration may have been
/// less later.
pub fn early_stop_note(results: ShownResults<'_>) -> String {
    let last = results.config().iterations;
    let stops = || results.finished_jobs().map(|finished| finished.report.early_stop);
    let (all, at_end) = (stops().count(), stops().filter(|stop| *stop == last).count());
    let what = "Lower is sooner. Where the loss on images kept aside was least";
    let iterations = with_commas(f64::from(last));
    match at_end {
        0 => format!("{what}."),
        _ if at_end == all => format!("{what}: never before the last iteration, {iterations}."),
        _ => format!("{what}; in {at_end} of {all} not before the last iteration, {iterations}."),
    }
}

/// How many networks are kept, and what of the others. `missing` is the number of jobs of the first trial that would be
/// trained again.
pub fn kept_note(kept: &KeptNetworks, finished: usize, missing: usize) -> String {
    let (count, bytes) = (kept.jobs().len(), kept.bytes() as f64 / 1e6);
    let most = kept_networks::MOST_BYTES as f64 / 1e6;
    let at_hand = match count {
        0 => format!("None of the {finished} trained networks is at hand to be asked."),
        _ if count == finished => {
            format!(
                "All {count} trained networks are at hand to be asked ({bytes:.1} MB of at most {most:.0})."
            )
        }
        _ => format!(
            "{count} of {finished} trained networks are at hand to be asked ({bytes:.1} MB of at most {most:.0})."
        ),
    };
    match missing {
        0 => at_hand,
        1 => format!("{at_hand} One that is missing in the first trial can be trained again."),
        _ => format!("{at_hand} The {missing} that are missing in the first trial can be trained again."),
    }
}

/// What the digest of a run says, and of how much. `lack_digests` says whether finished jobs have no digest.
pub fn digest_note(digest: &RunDigest, lack_digests: bool) -> String {
    let RunDigest { done, total, .. } = digest;
    match (done, lack_digests) {
        (0, true) => {
            return "It covers no job: these results come from a report that was written before there were digests."
                .into();
        }
        (0, false) => {
            return "It covers no job yet: the first one in the order of the table is not done.".into();
        }
        _ => {}
    }
    let covered =
        if done == total { format!("all {total} jobs") } else { format!("the first {done} of {total} jobs") };
    format!(
        "It covers {covered}. A run with the same digest has the same weights, masks and trained readings to the last bit."
    )
}

/// The file name of an exported report.
pub fn report_file_name(settings: &Settings) -> String {
    export_stem(settings) + ".jsonl"
}

/// What the names of all exported files begin with.
pub fn export_stem(settings: &Settings) -> String {
    let data = &settings.config.data;
    let data = if data.name == DataSet::NAMES[0] { String::new() } else { format!("-{}", data.name) };
    let seeds = settings.config.seeds.to_string().replace(',', "_");
    // A long list of seeds would make a name that no system takes.
    let seeds: String = seeds.chars().take(40).collect();
    format!("ticket-lab-{}{data}-seed{seeds}", settings.preset.name())
}

/// The sentence that announces a change of status, or `None` if the change is not worth announcing.
pub fn status_announcement(before: PageStatus, after: PageStatus, results: &RunResults) -> Option<String> {
    Some(match (before, after) {
        (PageStatus::Loading, PageStatus::Ready) => {
            format!("{} is loaded. Press Play to start.", results.config().data.title)
        }
        (_, PageStatus::Ready) => "Started afresh. Press Play to start.".into(),
        (_, PageStatus::Paused) => format!("Paused in round {}.", results.latest_round()),
        (_, PageStatus::Done) => "All rounds are done.".into(),
        (PageStatus::Ready | PageStatus::Loading, PageStatus::Running) => "Training.".into(),
        _ => return None,
    })
}

/// The advice to the user after a failure.
pub fn failure_advice(failure: &PageFailure) -> &'static str {
    match failure.kind {
        FailureKind::Data => {
            "Check the connection, or that the site was copied whole, then try again: the data is fetched anew. \
             Rounds already done are kept."
        }
        FailureKind::Browser => {
            "Ticket Lab needs WebAssembly with SIMD and module workers: Chrome or Edge 91, Firefox 114, Safari 16.4 \
             or newer. Update this browser or open the page in another one."
        }
        FailureKind::Worker => {
            "Try again: new workers are started, rounds already done are kept, and the rest is trained anew with \
             the same result. If it happens again, close other tabs or restart the browser."
        }
        FailureKind::Report => {
            "The report is from another version of this program, or was changed. Press Reset to run these settings \
             afresh, or open another report."
        }
    }
}

/// The headline of a failure.
pub fn failure_headline(failure: &PageFailure) -> &'static str {
    match failure.kind {
        FailureKind::Data => "The data could not be read",
        FailureKind::Browser => "This browser cannot run Ticket Lab",
        FailureKind::Worker => "The training stopped",
        FailureKind::Report => "The run contradicts its report",
    }
}

/// What stands in the fields of seed and trials while the list of seeds counts.
pub const SEE_SEEDS: &str = "see seeds";

/// What stands above the settings, with terms marked as [`crate::terms::parts`] reads them.
pub const SETTINGS_NOTE: &str = "Everything random of a [trial] follows from its [seed]. What differs from the preset is \
                                 marked, with the way back.";

/// What stands beside a field whose value is not the preset's.
pub const CHANGED: &str = "Changed.";

/// The label of a setting, from its name in the URL.
pub fn setting_label(name: &str) -> String {
    let title = match name {
        "trials" => "Trials",
        "seeds" => "Seeds, where they have gaps",
        "data" => "Data set",
        "arms" => "Arms",
        "draws" => "Draws of the re-init",
        "rewind_to" => "Late rewinding goes back to iteration",
        "batch" => "Images in a batch",
        "learning_rate" => "Learning rate",
        "hidden" => "Hidden units",
        "iterations" => "Iterations a round",
        "rate" => "Share pruned a round, hidden layers",
        "output_rate" => "Share pruned a round, output layer",
        "rounds" => "Prunings",
        "eval_every" => "Iterations between validations",
        "criterion" => "Which weights are pruned",
        "optimizer" => "Optimiser",
        "init" => "How first weights are drawn",
        "own" => "Own mask",
        "warmup" => "Iterations of warm-up",
        "dropout" => "Dropout: share of hidden units",
        other => {
            let mut letters = other.replace('_', " ");
            letters.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
            return letters;
        }
    };
    title.into()
}
