//! Recorded runs: reports that are deployed beside the page and opened by name.

use crate::refusals::PageRefusal;
use experiment::{
    setting_table::{SETTINGS, SettingKind},
    settings::Settings,
    url_fragment,
};

/// The names of the recorded runs: those of two presets, and the twenty trials of the Paper preset with the jobs that its claims look at.
pub const RUN_NAMES: [&str; 3] = ["quick", "paper", "trials"];

/// The path of the report of this recorded run, relative to the page.
pub fn report_path(name: &str) -> String {
    format!("assets/recorded/{name}.jsonl")
}

/// The recorded run that a URL fragment names, with or without its `#`, or `None` if it names none. Only settings of the display may stand beside the name, because those of
/// the experiment are recorded.
pub fn from_fragment(fragment: &str) -> Option<Result<&'static str, PageRefusal>> {
    let fragment = fragment.trim_start_matches('#');
    let pairs = url_fragment::pairs(fragment);
    let (_, name) = pairs.iter().rev().find(|(field, _)| field == "recorded")?;
    let alone = pairs.iter().all(|(field, _)| field == "recorded" || is_display(field));
    let name = RUN_NAMES.into_iter().find(|known| known == name).filter(|_| alone);
    Some(name.ok_or_else(|| PageRefusal::NoSuchRecordedRun(fragment.into())))
}

/// The fragment of these settings, or that of a recorded run with their display if one is named. `write` says which
/// settings are in it: [`Settings::to_fragment`], [`Settings::to_address`] or [`Settings::to_link`].
pub fn fragment(recorded: Option<&str>, settings: &Settings, write: fn(&Settings) -> String) -> String {
    let Some(name) = recorded else { return write(settings) };
    let plain = write(&Settings { display: settings.display, ..Settings::from_fragment("").0 });
    let display = plain.split('&').filter(|pair| is_display(pair.split('=').next().unwrap_or_default()));
    std::iter::once(format!("recorded={name}"))
        .chain(display.map(str::to_owned))
        .collect::<Vec<_>>()
        .join("&")
}

/// The settings of the display that stand beside the name of a recorded run, with those of the first preset.
pub fn settings_beside(fragment: &str) -> Settings {
    let pairs = url_fragment::pairs(fragment);
    let display = pairs.into_iter().filter(|(field, _)| is_display(field)).collect::<Vec<_>>();
    Settings::from_pairs(&display).0
}

fn is_display(field: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.name == field && setting.kind == SettingKind::Display)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_run_stands_alone() {
        assert_eq!(
            (from_fragment("#recorded=paper"), from_fragment("recorded=quick")),
            (Some(Ok("paper")), Some(Ok("quick")))
        );
        assert_eq!((from_fragment(""), from_fragment("#preset=paper&seed=2")), (None, None));
        assert_eq!(from_fragment("#recorded=p%61per"), Some(Ok("paper")));
        assert_eq!(from_fragment("#speed=slow&recorded=paper&at=4.250.train"), Some(Ok("paper")));
        let display = settings_beside("#speed=slow&recorded=paper&at=4.250.train").display;
        assert_eq!((display.speed.name(), display.at.map(|at| at.round)), ("slow", Some(4)));
        for bad in [
            "#recorded=paper&seed=2",
            "seed=2&recorded=paper",
            "recorded",
            "#recorded=../secret",
            "recorded=paper&workers=2",
        ] {
            let message = from_fragment(bad).expect("it speaks of one").unwrap_err().to_string();
            let named = message.starts_with(bad.trim_start_matches('#'));
            assert!(named && message.contains("quick, paper or trials"), "{message}");
        }
        assert_eq!(report_path("paper"), "assets/recorded/paper.jsonl");
    }
}
