//! The page's texts: captions and labels, and sentences for a screen reader.

use crate::{
    headline::headline,
    kept_networks::{self, KeptNetworks},
    refusals::PageFailure,
    run_results::RunResults,
    sentences::words,
    shown_results::ShownResults,
    status::PageStatus,
};
use chart::arm_style::ArmStyle;
use experiment::{
    arm::Arm, data_words, experiment_report::ExperimentReport, job_graph, moment::Stage,
    run_digest::RunDigest, settings::Settings,
};
use model::data_set::DataSet;
use numbers::{fixed, percent, with_commas};
use protocol::FailureKind;
use texts::{count, fill, text, text_of};

/// The short name of an arm.
pub fn arm_label(arm: Arm) -> &'static str {
    ArmStyle::by_name(arm.name()).chart_label()
}

/// The caption of the masks: what they show at the moment.
pub fn mask_caption(results: ShownResults<'_>) -> String {
    let (config, round) = (results.config(), results.mask_round());
    match results.ticket_survivors(config.seeds.first(), round) {
        Some(alive) if round > 0 => {
            let left: u32 = alive.iter().sum();
            let share = percent(f64::from(left) / config.model.weight_count() as f64);
            fill!("masks.left", round = round, weights = with_commas(f64::from(left)), share = share)
        }
        _ => text("masks.all_alive").into(),
    }
}

/// The name of a stage. In round 0 there is nothing yet to go back to.
pub fn stage_name(stage: Stage, round: u32) -> &'static str {
    match stage {
        Stage::Rewind if round == 0 => text("stage.start"),
        Stage::Rewind => text("stage.rewind"),
        Stage::Train => text("stage.train"),
        Stage::Prune => text("stage.prune"),
    }
}

/// Summarises a finished round in one or two sentences.
pub fn round_summary(results: ShownResults<'_>, round: u32) -> String {
    let config = results.config();
    let total = config.model.weight_count() as f64;
    let alive = results.weights_left(round).map_or(0.0, |alive| f64::from(alive.iter().sum::<u32>()));
    let left = percent(alive / total);
    let mut sentences = vec![fill!("status.round_done", round = round, rounds = config.rounds, left = left)];
    let accuracies: Vec<String> = config
        .arms
        .iter()
        .copied()
        .filter_map(|a| Some((a, results.mean_test_end(a, round)?)))
        .map(|(a, accuracy)| match config.own.and_then(|own| own.weights).filter(|_| a == Arm::Own) {
            // It has a size of its own.
            Some(own) => fill!(
                "status.accuracy_at",
                arm = arm_label(a),
                accuracy = percent(accuracy),
                left = percent(f64::from(own) / total),
            ),
            None => format!("{} {}", arm_label(a), percent(accuracy)),
        })
        .collect();
    if !accuracies.is_empty() {
        sentences.push(fill!("status.test_accuracies", accuracies = accuracies.join(", ")));
    }
    // In round 0 this would say the accuracy again, and ask.
    if round > 0 {
        sentences.push(words::texts(&headline(results)));
    }
    sentences.join(" ")
}

/// The button that removes a pinned run.
pub fn unpin() -> &'static str {
    text("legend.unpin")
}

/// What the button that removes a pinned run does, for a screen reader.
pub fn unpin_label(letter: &str) -> String {
    fill!("legend.unpin_run", letter = letter)
}

/// The sentence that announces an opened report.
pub fn report_opened(experiment_report: &ExperimentReport) -> String {
    let (done, all) =
        (experiment_report.finished_jobs().len(), job_graph::all_jobs(experiment_report.config()).len());
    fill!("report.opened", done = done, all = all)
}

/// What the chart of early stops shows, and what it cannot show: a loss that is least at the last iteration may have been
/// less later.
pub fn early_stop_note(results: ShownResults<'_>) -> String {
    let last = results.config().iterations;
    let stops = || results.finished_jobs().map(|finished| finished.report.early_stop);
    let (all, at_end) = (stops().count(), stops().filter(|stop| *stop == last).count());
    let iterations = with_commas(f64::from(last));
    match at_end {
        0 => text("caption.early_stops").into(),
        _ if at_end == all => fill!("caption.early_stops_all_at_the_end", iterations = iterations),
        _ => fill!("caption.early_stops_at_the_end", at_end = at_end, all = all, iterations = iterations),
    }
}

/// How many networks are kept, and what of the others. `missing` is the number of jobs of the first trial that would be
/// trained again.
pub fn kept_note(kept: &KeptNetworks, finished: usize, missing: usize) -> String {
    let kept_jobs = kept.jobs().len();
    let id = match kept_jobs {
        0 => "report.no_network_kept",
        _ if kept_jobs == finished => "report.all_networks_kept",
        _ => "report.networks_kept",
    };
    let at_hand = fill!(
        id,
        count = kept_jobs,
        finished = finished,
        megabytes = fixed(kept.bytes() as f64 / 1e6, 1),
        most = fixed(kept_networks::MOST_BYTES as f64 / 1e6, 0)
    );
    match missing {
        0 => at_hand,
        _ => format!("{at_hand} {}", count!("report.networks_missing", missing as u32, missing = missing)),
    }
}

/// What is on the button that lets so many finished networks read corrupted images, of which some are not kept and are trained
/// again.
pub fn read_corrupted(networks: usize, gone: usize) -> String {
    match gone {
        0 => count!("report.read_corrupted", networks as u32, networks = networks),
        _ => count!("report.read_corrupted_gone", gone as u32, networks = gone),
    }
}

/// What the digest of a run says, and of how much. `lack_digests` says whether finished jobs have no digest.
pub fn digest_note(digest: &RunDigest, lack_digests: bool) -> String {
    let RunDigest { done, total, .. } = digest;
    match (done, lack_digests) {
        (0, true) => text("report.digest_of_old_report").into(),
        (0, false) => text("report.digest_of_nothing").into(),
        _ if done == total => fill!("report.digest_of_all", total = total),
        _ => fill!("report.digest_of_some", done = done, total = total),
    }
}

/// The file name of an exported report.
pub fn report_file_name(settings: &Settings) -> String {
    export_stem(settings) + ".jsonl"
}

/// What the names of all exported files begin with.
pub fn export_stem(settings: &Settings) -> String {
    let data = &settings.config.data;
    let data = if data.name == DataSet::NAMES[0] { String::new() } else { format!("-{}", data.short_name()) };
    let seeds = settings.config.seeds.to_string().replace(',', "_");
    // A long list of seeds would make a name that no system takes.
    let seeds: String = seeds.chars().take(40).collect();
    format!("ticket-lab-{}{data}-seed{seeds}", settings.preset.name())
}

/// The sentence that announces a change of status, or `None` if the change is not worth announcing.
pub fn status_announcement(before: PageStatus, after: PageStatus, results: &RunResults) -> Option<String> {
    Some(match (before, after) {
        (PageStatus::Loading, PageStatus::Ready) => {
            fill!("status.loaded", data = data_words::titles(&results.config().data_sets()))
        }
        (_, PageStatus::Ready) => text("status.afresh").into(),
        (_, PageStatus::Paused) => fill!("status.paused_in_round", round = results.latest_round()),
        (_, PageStatus::Done) => text("status.all_done").into(),
        (PageStatus::Ready | PageStatus::Loading, PageStatus::Running) => text("status.training").into(),
        _ => return None,
    })
}

/// The advice to the user after a failure.
pub fn failure_advice(failure: &PageFailure) -> &'static str {
    text(match failure.kind {
        FailureKind::Data => "failure.data_advice",
        FailureKind::Browser => "failure.browser_advice",
        FailureKind::Worker => "failure.worker_advice",
        FailureKind::Report => "failure.report_advice",
    })
}

/// The headline of a failure.
pub fn failure_headline(failure: &PageFailure) -> &'static str {
    text(match failure.kind {
        FailureKind::Data => "failure.data",
        FailureKind::Browser => "failure.browser",
        FailureKind::Worker => "failure.worker",
        FailureKind::Report => "failure.report",
    })
}

/// What stands in the fields of seed and trials while the list of seeds counts.
pub fn see_seeds() -> &'static str {
    text("setting.see_seeds")
}

/// What stands above the settings, with terms marked as [`crate::terms::parts`] reads them.
pub fn settings_note() -> &'static str {
    text("setting.note")
}

/// What stands beside a field whose value is not the preset's.
pub fn changed() -> &'static str {
    text("setting.changed")
}

/// The label of a setting, from its name in the URL.
pub fn setting_label(name: &str) -> &'static str {
    text_of("setting", name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_results::{MadeJob, in_german, made_results, own_data};
    use experiment::setting_table::{SETTINGS, SettingKind};

    #[test]
    fn every_setting_that_has_a_field_has_a_label() {
        let has_field =
            |name: &str, kind| kind != SettingKind::Display && !matches!(name, "preset" | "autoplay");
        for setting in SETTINGS.iter().filter(|setting| has_field(setting.name, setting.kind)) {
            assert!(texts::find(&format!("setting.{}", setting.name)).is_some(), "{}", setting.name);
        }
        assert_eq!([setting_label("rounds"), setting_label("momentum")], ["Prunings", "Momentum"]);
    }

    #[test]
    fn files_of_the_users_data_have_short_names() {
        let own = own_data("32x32x3.10.1000.100");
        let settings = Settings::from_fragment(&format!("data={}", own.name)).0;
        assert_eq!(report_file_name(&settings), "ticket-lab-quick-00010203-seed1.jsonl");
        let fashion = Settings::from_fragment("data=fashion").0;
        assert_eq!(report_file_name(&fashion), "ticket-lab-quick-fashion-seed1.jsonl");
    }

    #[test]
    fn a_round_is_summed_up_in_german() {
        let said = in_german(|| {
            let made = MadeJob { test: 9_500, ..MadeJob::default() };
            let results = made_results("rounds=2&arms=ticket&trials=2", 2, |_| made);
            [round_summary(results.everything(), 0), early_stop_note(results.everything())]
        });
        assert!(
            said[0].starts_with(
                "Runde 0 von 2 ist fertig, 100\u{a0}% der Gewichte sind übrig. Testgenauigkeit: "
            )
        );
        assert!(said[0].ends_with(" 95,0\u{a0}%."), "{said:?}");
        assert!(said[1].starts_with("Tiefer ist früher."), "{said:?}");
    }
}
