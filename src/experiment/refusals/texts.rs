//! Puts all that is refused into words, by the sections `refused` and `allowed` of the texts.

use crate::{
    arm::Arm,
    criterion::PruningCriterion,
    display_settings::{Panel, Speed, View},
    initializer::Initializer,
    job_choice::JobChoice,
    names::{list, names},
    optimizer::OptimizerKind,
    preset::Preset,
    refusals::{Argument, RefusalMessage},
};
use model::data_set::DataSet;
use std::{
    borrow::Cow,
    fmt::{Display, Formatter, Result},
};
use texts::{fill, fill_places, text, text_of};

/// The largest number of characters of a refused name or value that a message repeats.
const LONGEST_QUOTE: usize = 60;

/// The beginning of a text that may be long.
pub fn quoted(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

impl Display for RefusalMessage {
    /// The sentence or phrase. What can be the cause of something else is a phrase without a full stop.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let mut values: Vec<(&str, String)> =
            self.arguments.iter().map(|(name, argument)| (&**name, in_words(name, argument))).collect();
        if let Some((_, Argument::Text(field))) = self.arguments.iter().find(|(name, _)| name == "field") {
            // What a setting allows follows from its name.
            values.push(("allowed", allowed_values(field)));
        }
        let values: Vec<(&str, &dyn Display)> =
            values.iter().map(|(name, value)| (*name, value as &dyn Display)).collect();
        f.write_str(&fill_places(text_of("refused", &self.id), &values))
    }
}

fn in_words(name: &str, argument: &Argument) -> String {
    match argument {
        // What a user has written may be long.
        Argument::Text(text) if matches!(name, "field" | "value") => quoted(text).into_owned(),
        Argument::Text(text) => text.clone(),
        Argument::Number(number) => number.to_string(),
        Argument::Numbers(numbers) => format!("{numbers:?}"),
        Argument::Job(job) => job.to_string(),
        Argument::Message(message) => message.to_string(),
    }
}

/// The values that a setting allows, in words. There are none for what is not a setting.
pub fn allowed_values(setting: &str) -> String {
    let whole = |least: u32, most: u32| fill!("allowed.whole", least = least, most = most);
    let said = match setting {
        "preset" => return one_of(Preset::ALL),
        "seed" => return whole(0, u32::MAX),
        "trials" | "batch" => return whole(1, 1000),
        "seeds" => "allowed.seeds",
        "data" => return fill!("allowed.data", sets = DataSet::NAMES.join(", ")),
        "transfer" => return fill!("allowed.transfer", sets = list(&DataSet::NAMES, "list.or")),
        "arms" => return fill!("allowed.arms", arms = list(&names(Arm::ALL), "list.and")),
        "jobs" => return one_of(JobChoice::ALL),
        "draws" => return whole(1, 5),
        "twins" => "allowed.switch",
        "iterations" | "eval_every" => return whole(1, 1_000_000),
        "rate" | "output_rate" | "momentum" | "dropout" | "label_noise" => "allowed.share",
        "criterion" => {
            let all = PruningCriterion::ALL.iter().map(|criterion| match criterion.is_global() {
                true => fill!("allowed.criterion_global", criterion = criterion.name()),
                false => criterion.name().to_owned(),
            });
            return list(&all.collect::<Vec<_>>(), "list.or");
        }
        "rounds" => return whole(0, 40),
        "rewind_to" => "allowed.rewind_to",
        "optimizer" => return one_of(OptimizerKind::ALL),
        "learning_rate" => "allowed.learning_rate",
        "warmup" => return whole(0, 1_000_000),
        "init" => return fill!("allowed.init", drawn = names(Initializer::ALL).join(", ")),
        "own" => "allowed.own",
        "conv_rate" => "allowed.conv_rate",
        "hidden" => "allowed.hidden",
        "net" => "allowed.net",
        "workers" => "allowed.workers",
        "robust" | "autoplay" | "present" => "allowed.switch",
        "speed" => return one_of(Speed::ALL),
        "view" => return one_of(View::ALL),
        "at" => "allowed.at",
        "reach" => "allowed.reach",
        "embed" => return fill!("allowed.embed", panels = one_of(Panel::ALL)),
        "digest" => "allowed.digest",
        "lang" => "allowed.lang",
        "lesson" => "allowed.lesson",
        _ => return String::new(),
    };
    text(said).to_owned()
}

fn one_of<T: Copy + Into<&'static str>>(variants: &[T]) -> String {
    list(&names(variants), "list.or")
}

#[cfg(test)]
mod tests {
    use crate::{
        arm::Arm,
        experiment_report::report_file::{LineFault, ReportFileError},
        job::JobId,
        refusals::{Refusal, RefusalMessage},
        report_check::ReportFault,
        settings::Settings,
    };
    use texts::Language;

    #[test]
    fn another_language_has_its_words_for_what_crosses_as_it_is() {
        let job = JobId { trial: 1, arm: Arm::OneShot, round: 7, draw: 2, twin: false };
        let fault = ReportFault::ImageCount { job, reading: "test_end", found: 5, expected: 10_000 };
        let error = ReportFileError::InvalidLine { line: 3, fault: LineFault::Contradiction(fault) };
        let message = RefusalMessage::from(&Refusal::ReportFile { name: "a.jsonl".into(), error });
        let rejected = Settings::from_fragment("rate=2&criterion=none&seed=-1&color=1").1;
        texts::speak(Language::from_json(include_str!("../../../www/texts/de.json")).unwrap());
        assert_eq!(
            message.to_string(),
            "a.jsonl: Zeile 3: oneshot Runde 7 (Startwert 1, Ziehung 2): die Zahl der Bilder von test_end ist 5 statt 10000; die Datei \
             wiederherstellen oder die Zeile löschen, dann wird der Job noch einmal gerechnet."
        );
        assert_eq!(
            rejected.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "rate=2 wurde nicht verwendet: rate kann sein: eine Zahl von 0 bis unter 1.",
                "criterion=none wurde nicht verwendet: criterion kann sein: magnitude, global (über alle Schichten; \
                 output_rate wird dann nicht verwendet), initial, movement, increase, random oder same_sign.",
                "seed=-1 wurde nicht verwendet: seed kann sein: eine ganze Zahl von 0 bis 4294967295.",
                "Es gibt keine Einstellung „color“; die Namen aller Einstellungen stehen in der README."
            ]
        );
    }
}
