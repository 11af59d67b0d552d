//! What is said of kept runs.

use crate::saved_runs::{MOST_BYTES, MOST_RUNS, SavedRun, SavedRuns, StoreTrouble};
use experiment::settings::Settings;
use numbers::with_commas;
use texts::{fill, text};

/// A run in few words: the name that the user has given it, or its preset and seeds and what differs from the preset.
fn what(settings: &Settings, name: &str) -> String {
    if !name.is_empty() {
        return fill!("saved.named", name = name);
    }
    let (preset, seeds) = (settings.preset.title(), &settings.config.seeds);
    let plain = Settings { display: Default::default(), workers: None, ..settings.clone() };
    let changed: Vec<String> = plain
        .to_fragment()
        .split('&')
        .filter(|pair| !["preset=", "seed=", "seeds=", "trials="].iter().any(|name| pair.starts_with(name)))
        .map(str::to_owned)
        .collect();
    match changed.is_empty() {
        true => fill!("saved.preset", preset = preset, seeds = seeds),
        false => fill!("saved.changed", preset = preset, seeds = seeds, changes = changed.join(", ")),
    }
}

/// A kept run in few words.
pub fn title(run: &SavedRun) -> String {
    match run.settings() {
        Some(settings) => what(&settings, &run.name),
        None if run.name.is_empty() => text("saved.unknown").into(),
        None => fill!("saved.named", name = run.name),
    }
}

/// What is proposed as its name while the user has given it none.
pub fn proposed_name(run: &SavedRun) -> String {
    title(&SavedRun { name: String::new(), ..run.clone() })
}

fn jobs(done: u32, total: u32) -> String {
    match done == total {
        true => text("saved.all_done").into(),
        false => fill!(
            "saved.some_done",
            done = with_commas(f64::from(done)),
            total = with_commas(f64::from(total))
        ),
    }
}

/// The offer to go on with the last run. `when` is the time at which it was last written.
pub fn offer(run: &SavedRun, when: &str) -> String {
    fill!("saved.offer", run = title(run), jobs = jobs(run.done, run.total), when = when)
}

/// The label of the button that goes on with a run, or shows it if it is over.
pub fn open_label(run: &SavedRun) -> &'static str {
    text(if run.done < run.total { "saved.go_on" } else { "saved.show" })
}

/// A row of the list of runs. `when` is the time at which it was last written.
pub fn row(saved: &SavedRuns, run: &SavedRun, when: &str) -> String {
    let state = if saved.is_here(&run.id) {
        text("saved.here")
    } else if saved.is_elsewhere(&run.id) {
        text("saved.elsewhere")
    } else if run.settings().is_none() {
        text("saved.unreadable")
    } else {
        ""
    };
    let megabytes = numbers::fixed(run.bytes / 1e6, 1);
    let facts = fill!("saved.row", jobs = jobs(run.done, run.total), when = when, megabytes = megabytes);
    if state.is_empty() { facts } else { fill!("saved.row_state", facts = facts, state = state) }
}

/// How much is kept, and what goes when it is too much.
pub fn note(saved: &SavedRuns) -> String {
    let bytes: f64 = saved.runs().map(|run| run.bytes).sum();
    let (most, megabytes) = (MOST_BYTES / 1e6, numbers::fixed(bytes / 1e6, 1));
    match saved.runs().count() {
        0 => text("saved.none").into(),
        _ => fill!("saved.note", megabytes = megabytes, most = with_commas(most), runs = MOST_RUNS),
    }
}

/// That a run was opened.
pub fn opened(run: &SavedRun) -> String {
    fill!("saved.opened", run = title(run), jobs = jobs(run.done, run.total))
}

/// That a run cannot be opened or deleted, because another tab has it open.
pub fn is_elsewhere(run: &SavedRun) -> String {
    fill!("saved.is_elsewhere", run = title(run))
}

/// That a run was deleted.
pub fn deleted(run: Option<&SavedRun>) -> String {
    fill!("saved.deleted", run = run.map(title).unwrap_or_default())
}

/// That another run has taken the place of this one.
pub fn replaced(settings: &Settings, name: &str, done: usize, total: usize) -> String {
    fill!("saved.replaced", run = what(settings, name), jobs = jobs(done as u32, total as u32))
}

/// Why the run on the page is not kept, if it is not.
pub fn trouble(saved: &SavedRuns) -> Option<&'static str> {
    saved.trouble().map(|trouble| match trouble {
        StoreTrouble::Full => text("saved.full"),
        StoreTrouble::Closed => text("saved.closed"),
    })
}

/// What the button that opens a run does, for a screen reader.
pub fn open_row_label(run: &SavedRun) -> String {
    fill!("saved.open_label", run = title(run))
}

/// What the button that deletes a run does, for a screen reader.
pub fn delete_row_label(run: &SavedRun) -> String {
    fill!("saved.delete_label", run = title(run))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saved_runs::SavedId;
    use numbers::NumberStyle;
    use texts::Language;

    fn run(fragment: &str, name: &str) -> SavedRun {
        SavedRun {
            id: SavedId("1".into()),
            schema: crate::saved_runs::SCHEMA,
            name: name.into(),
            fragment: fragment.into(),
            begun: 0.0,
            written: 0.0,
            done: 4,
            total: 13,
            bytes: 12_340_000.0,
            seconds: 0.0,
            deleted: false,
        }
    }

    #[test]
    fn a_run_is_named_by_its_user_or_by_what_is_special_about_it() {
        let plain = run("preset=quick&seed=7&speed=slow&at=2.100.train", "");
        assert_eq!(title(&plain), "Quick look, seed 7");
        assert_eq!(title(&run("preset=quick&seeds=1,5&rounds=2", "")), "Quick look, seed 1,5, rounds=2");
        let named = run("preset=quick&seed=7", "Monday");
        assert_eq!((title(&named), proposed_name(&named)), ("“Monday”".into(), "Quick look, seed 7".into()));
        assert_eq!(title(&run("preset=quick&colour=red", "")), "A run of another version");
        assert_eq!(
            offer(&plain, "today"),
            "Your last run is kept: Quick look, seed 7, 4 of 13 jobs done, today."
        );
        assert_eq!(
            (open_label(&plain), open_label(&SavedRun { done: 13, ..plain.clone() })),
            ("Go on", "Show it")
        );
    }

    #[test]
    fn german_sentences_are_whole() {
        let german = Language::from_json(include_str!("../../www/texts/de.json")).unwrap();
        texts::speak(german);
        numbers::write_numbers_as(NumberStyle { decimal: ",", group: ".", percent: " %" });
        let run = run("preset=quick&seed=7", "Für Montag");
        assert_eq!(
            offer(&run, "29.11.2026, 18:28"),
            "Der letzte Lauf ist aufbewahrt: „Für Montag“, 4 von 13 Jobs fertig, 29.11.2026, 18:28."
        );
        assert_eq!(row(&SavedRuns::default(), &run, "heute"), "4 von 13 Jobs fertig, heute, 12,3 MB");
        assert_eq!(deleted(Some(&run)), "Gelöscht: „Für Montag“.");
    }
}
