//! The words of all that is refused, in one table: another language is another one.

use crate::{
    arm::Arm,
    criterion::PruningCriterion,
    display_settings::{Panel, Speed, View},
    initializer::Initializer,
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

/// What is said, by the id of the message. Arguments stand in braces. What can be the cause of something else is a phrase
/// without a full stop.
const ENGLISH: &[(&str, &str)] = &[
    // What workers refuse.
    ("report not whole", "The report did not arrive whole: press Export again."),
    ("files not whole", "The files did not arrive whole: open them again."),
    ("named", "{name}: {error}."),
    ("merge", "{error}."),
    ("networks not whole", "A question about networks did not arrive whole: ask again."),
    ("network images", "Ask about 1 to {most} images of {pixels} pixel values each."),
    ("network labels", "Give a label for each image, from 0 to below the number of classes."),
    ("no such network", "The network of {job} is not there: ask again."),
    // What stops a worker.
    ("no data files", "The data files did not arrive."),
    ("job not whole", "A job did not arrive whole: {error}."),
    ("other data", "{job} is of {needed}, and {loaded} is loaded."),
    ("job not started", "{job} could not start: {why}."),
    ("job failed", "{job} failed: {why}."),
    ("command unreadable", "The page asked for something that cannot be read: {fault}."),
    ("foreign", "{words}"),
    // Messages between page and worker.
    ("message is no list", "it is not a list; page and worker are not of the same version: reload the page"),
    ("message unreadable", "{why}; page and worker are not of the same version: reload the page"),
    ("message unwritable", "{why}; this is a fault of the program: reload the page"),
    // Report files.
    (
        "not a report",
        "this is not a report of Ticket Lab: its first line does not say so; choose a .jsonl file that this program wrote",
    ),
    (
        "unknown version",
        "this is a report of version {version}, and versions 1 to {newest} can be read: open it with a newer version of \
         Ticket Lab",
    ),
    ("invalid head", "line 1: {fault}"),
    (
        "file contradiction",
        "{fault}; restore the file, or delete the line of that job so that it is run again",
    ),
    (
        "invalid line",
        "line {line}: {fault}; restore the file, or delete the line so that the job is run again",
    ),
    ("line unreadable", "it cannot be read ({why})"),
    (
        "unknown setting in head",
        "“{name}” is not a setting that this version knows: open the file with a newer version of Ticket Lab",
    ),
    ("no seeds", "it has no seeds"),
    ("no data", "it names no data"),
    (
        "head of other data",
        "its images are those of {name} with the SHA-256 {sha256}, and its settings name {expected_name} with \
         {expected_sha256}",
    ),
    ("no such job", "{job} is not a job of this experiment"),
    ("deaths not base64", "its deaths are not base64 ({why})"),
    ("deaths damaged", "its deaths are damaged ({why})"),
    ("deaths count", "its deaths are not those of {weights} weights"),
    ("deaths round", "its deaths speak of round {round}, which is not one from 1 to {last}"),
    ("half of start", "{job}: of validation_start and test_start one is missing"),
    ("job twice", "{job} is there twice, with other numbers"),
    // Merging.
    ("no reports", "there is no report to merge: name at least one file"),
    (
        "different settings",
        "{field} is {one} in one report and {other} in another; only the seeds may differ in a merge",
    ),
    (
        "different results",
        "{job} has different numbers in two reports: one of them is from another version of the program; run that seed \
         again",
    ),
    ("too many seeds", "together the reports have more than {most} seeds; merge fewer of them"),
    (
        "merge contradiction",
        "{fault}; one of the reports is damaged or from another version of the program: run that seed again",
    ),
    // What a report says that cannot be.
    ("image count", "{job}: {reading} is of {found} images, not of {expected}"),
    ("too many correct", "{job}: {reading} has {correct} correct answers of {total}"),
    ("too many survivors", "{job}: alive is {found}, and its layers have {weights} weights"),
    ("survivors", "{job}: alive is {found}, and {expected} weights are left in its layers"),
    ("survivor sum", "{job}: alive is {found}, and {expected} weights are left in all its layers together"),
    ("curve points", "{job}: its curve is not that of its validation passes"),
    ("loss", "{job}: the loss at iteration {iteration} is not a number from 0 on"),
    ("early stop", "{job}: early_stop is {found}, and the smallest loss of its curve is first at {expected}"),
    ("early is end", "{job}: it stops at its last iteration, but its readings there and at the end differ"),
    ("iterations", "{job}: iterations is {found}, not {expected}"),
    ("batch", "{job}: batch is {found}, not {expected}"),
    ("seconds", "{job}: seconds is not a number from 0 to a thousand million"),
    ("digest", "{job}: its digest is not one of sixteen hexadecimal digits"),
    ("derived number", "{job}: {field} contradicts the numbers that it follows from"),
    (
        "no such mask",
        "seed {trial}, {arm}: there are masks up to round {round}, and the experiment has none there",
    ),
    (
        "mask counts",
        "seed {trial}, {arm}: the mask of round {round} leaves {found} weights in the layers, and the settings leave \
         {expected} in all",
    ),
    ("different masks", "seed {trial}, {arm}: its masks are not the same everywhere"),
    // What jobs take and put out.
    ("job data", "{job}: {expected} {what} should have come, {found} came"),
    ("mask bytes", "mask bytes"),
    ("parameters", "parameters"),
    ("first parameters", "first parameters of a file"),
    ("rewinding parameters", "rewinding parameters"),
    ("final parameters", "final parameters"),
    // Files of first weights and masks.
    ("file too large", "the file has {bytes} bytes, and at most {most} are read"),
    ("not safetensors", "this is not a safetensors file ({why})"),
    ("other file", "the SHA-256 begins with {found}, and the settings ask for the file with {expected}"),
    ("no layers", "there are no weights in it: neither {exported} nor {plain}"),
    ("layer count", "it has the weights of {found} layers, and the network has {expected}"),
    ("tensor shape", "layer {layer}: {tensor} should have the shape {expected} and has {found}"),
    ("tensor kind", "{tensor} has numbers of the kind {kind}, which is not read"),
    ("not finite", "{tensor} has a number that is not finite, at index {index}"),
    ("not a mask", "{tensor} has a number that is neither 0 nor 1, at index {index}: it is no mask"),
    ("empty mask", "the mask leaves no weight"),
    ("other weights", "the mask leaves {found} weights, and the settings say {expected}"),
    // Data files.
    ("gzip", "the compressed file is corrupt or cut short ({why})"),
    ("no header", "the file ends within its header, after {bytes} bytes"),
    ("magic", "the file is not an IDX file of {expected}: it begins with {found}"),
    ("images", "images"),
    ("labels", "labels"),
    ("dimensions", "the images are {found_rows} × {found_columns} pixels, not {rows} × {columns}"),
    (
        "data too large",
        "the file holds more than {most} bytes when it is unpacked, which no file of this data set does",
    ),
    ("length", "the header promises {promised} bytes, the file holds {found}"),
    ("label", "label {index} is {label}, not one from 0 to {largest}"),
    ("count", "there are {images} images and {labels} labels; {expected} of each are needed"),
    ("other images", "the files have the SHA-256 {found}, and those of the data set have {expected}"),
    // Settings.
    ("seeds", "seeds must be from one to {most} different numbers"),
    ("unknown setting", "There is no setting “{field}”; the names of all settings are in the README."),
    ("value not allowed", "{field}={value} was not used: {field} must be {allowed}."),
    (
        "last seed too large",
        "{field}={value} was not used: with the first seed {first} the last one would be above {largest}.",
    ),
    (
        "beside seeds",
        "{field}={value} was not used: seeds says which seeds the trials have; leave one of the two out.",
    ),
    (
        "own without mask",
        "The arm own was left out: it needs the file of a mask, as own=HEX; choose one under the settings.",
    ),
    (
        "fragment too long",
        "The link's settings are {bytes} bytes long and were not used: at most {most} are read.",
    ),
];

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
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let words = ENGLISH.iter().find(|(id, _)| *id == self.id).map_or(&*self.id, |(_, words)| words);
        // Behind each opening brace stands a name.
        let mut parts = words.split('{');
        f.write_str(parts.next().unwrap_or_default())?;
        parts.filter_map(|part| part.split_once('}')).try_for_each(|(name, rest)| {
            self.write_argument(name, f)?;
            f.write_str(rest)
        })
    }
}

impl RefusalMessage {
    fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|(found, _)| found == name).map(|(_, argument)| argument)
    }

    fn write_argument(&self, name: &str, f: &mut Formatter<'_>) -> Result {
        match self.argument(name) {
            // What a user has written may be long.
            Some(Argument::Text(text)) if matches!(name, "field" | "value") => f.write_str(&quoted(text)),
            Some(Argument::Text(text)) => f.write_str(text),
            Some(Argument::Number(number)) => number.fmt(f),
            Some(Argument::Numbers(numbers)) => write!(f, "{numbers:?}"),
            Some(Argument::Job(job)) => job.fmt(f),
            Some(Argument::Message(message)) => message.fmt(f),
            // What a setting allows follows from its name.
            None => match self.argument("field") {
                Some(Argument::Text(field)) => f.write_str(&allowed_values(field)),
                _ => Ok(()),
            },
        }
    }
}

/// The values that a setting allows, in words. There are none for what is not a setting.
pub fn allowed_values(setting: &str) -> Cow<'static, str> {
    Cow::Borrowed(match setting {
        "preset" => return one_of(Preset::ALL),
        "seed" => "a whole number from 0 to 4294967295",
        "trials" | "batch" => "a whole number from 1 to 1000",
        "seeds" => {
            "up to 1000 different seeds and ranges of them with commas between, as in 1,5,9-12, or nothing for those of \
             seed and trials"
        }
        "data" => return list(&DataSet::NAMES, "or").into(),
        "arms" => {
            let arms = list(&names(Arm::ALL), "and");
            return format!("one or more of {arms}, with commas between").into();
        }
        "draws" => "a whole number from 1 to 5",
        "iterations" | "eval_every" => "a whole number from 1 to 1000000",
        "rate" | "output_rate" | "momentum" | "dropout" => "a number from 0 to below 1",
        "criterion" => {
            let all = PruningCriterion::ALL.iter().map(|criterion| {
                let remark = " (over all layers; output_rate is not used then)";
                criterion.name().to_string() + if criterion.is_global() { remark } else { "" }
            });
            return list(&all.collect::<Vec<_>>(), "or").into();
        }
        "rounds" => "a whole number from 0 to 40",
        "rewind_to" => "a whole number from 0 to below the iterations, or nothing for a tenth of them",
        "optimizer" => return one_of(OptimizerKind::ALL),
        "learning_rate" => "a number above 0 and up to 10",
        "warmup" => "a whole number from 0 to 1000000",
        "init" => {
            return format!("{}, or file: and the SHA-256 of a file", names(Initializer::ALL).join(", "))
                .into();
        }
        "own" => "the SHA-256 of a safetensors file with a mask, or nothing",
        "hidden" => "none, or one to four whole numbers from 1 to 1000 with commas between",
        "workers" => "a whole number from 1 to 16, or nothing for as many as the machine has cores",
        "autoplay" | "present" => "0 or 1",
        "speed" => return one_of(Speed::ALL),
        "view" => return one_of(View::ALL),
        "at" => {
            "round, iteration and stage (rewind, train or prune), as in 4.250.train, or nothing for the start"
        }
        "reach" => "a number above 0 and below 100",
        "embed" => return format!("{}, or nothing for the whole page", one_of(Panel::ALL)).into(),
        "digest" => "64 hexadecimal digits, a full stop and a number of jobs, as #copy-link writes it",
        "lang" => "the two or three letters of a language, as in de, or nothing for the visitor's",
        "lesson" => "a whole number from 0 to 10; 0 is no lesson",
        _ => "",
    })
}

fn one_of<T: Copy + Into<&'static str>>(variants: &[T]) -> Cow<'static, str> {
    list(&names(variants), "or").into()
}
