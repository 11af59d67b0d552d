//! The table of settings: the name of each, and how it is read and written.

use crate::settings::Settings;
use crate::{
    arm::Arm,
    criterion::PruningCriterion,
    display_settings::{LESSON_STEPS, Panel, Speed, View},
    initializer::Initializer,
    job_choice::JobChoice,
    network_setting::{hidden_text, net_text, parse_hidden_units, parse_net},
    optimizer::OptimizerKind,
    preset::Preset,
    seeds::Seeds,
};
use model::{Model, data_set::DataSet};
use numbers::{parse_decimal, parse_integer};
use std::collections::BTreeSet;

/// What a setting is about, which decides where it is kept and what a change of it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// It names the preset that the other settings start from.
    Preset,
    /// It says which seeds the trials have. Reports of different seeds are parts of one experiment.
    Seeds,
    /// It defines the results of every trial, together with the seed.
    Experiment,
    /// It says how the machine works. It never changes a result.
    Machine,
    /// It says what is shown. It never changes a result, never restarts a run, and may stand beside a recorded run.
    Display,
}

/// One setting of the URL fragment.
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub kind: SettingKind,
    /// Reads a value into the settings, or returns `None` if it is not allowed.
    set: fn(&mut SettingsDraft, &str) -> Option<()>,
    /// Writes the value as text.
    get: fn(&Settings) -> String,
}

impl Setting {
    /// Reads a value into `draft`, or returns `None` and changes nothing if it is not allowed.
    pub(crate) fn set(&self, draft: &mut SettingsDraft, value: &str) -> Option<()> {
        (self.set)(draft, value)
    }

    /// The value in `settings` as text, as in a fragment.
    pub fn value(&self, settings: &Settings) -> String {
        (self.get)(settings)
    }
}

/// Settings while they are being read, setting by setting.
pub(crate) struct SettingsDraft {
    /// Everything but the seeds, which depend on several settings.
    pub(crate) settings: Settings,
    /// The value of `seed`, if it was given.
    pub(crate) seed: Option<u32>,
    /// The value of `trials`, if it was given.
    pub(crate) trials: Option<u32>,
    /// The value of `seeds`, if it was given.
    pub(crate) seeds: Option<Seeds>,
    /// The network that `hidden` names, if it was given.
    pub(crate) hidden: Option<Model>,
    /// The network that `net` names, if it was given.
    pub(crate) net: Option<Model>,
}

/// What a text says, or `Some(None)` if it is empty, which is how a setting without a value is written.
fn or_nothing<T>(text: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    if text.is_empty() { Some(None) } else { parse(text).map(Some) }
}

/// A value as it is written, or an empty text if there is none.
fn written<T: ToString>(value: Option<T>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

fn parse_fraction(text: &str) -> Option<f64> {
    parse_decimal(text).filter(|v| (0.0..1.0).contains(v))
}

fn parse_arms(text: &str) -> Option<BTreeSet<Arm>> {
    let mut arms = BTreeSet::new();
    for name in text.split(',') {
        arms.insert(Arm::from_name(name)?);
    }
    Some(arms)
}

/// What a value of `init` begins with that names a file.
const FILE_PREFIX: &str = "file:";

/// The seeds, if each is the one before plus one, so that `seed` and `trials` can say them.
fn consecutive(settings: &Settings) -> Option<&Seeds> {
    Some(&settings.config.seeds).filter(|seeds| seeds.are_consecutive())
}

/// Every setting, in the order of the fragment.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "preset",
        kind: SettingKind::Preset,
        set: |s, v| Preset::from_name(v).map(|p| s.settings.preset = p),
        get: |s| s.preset.name().into(),
    },
    Setting {
        name: "seed",
        kind: SettingKind::Seeds,
        set: |s, v| parse_integer(v, 0..=u32::MAX).map(|n| s.seed = Some(n)),
        get: |s| consecutive(s).map_or(String::new(), |seeds| seeds.first().to_string()),
    },
    Setting {
        name: "trials",
        kind: SettingKind::Seeds,
        set: |s, v| parse_integer(v, 1..=Seeds::MOST as u32).map(|n| s.trials = Some(n)),
        get: |s| consecutive(s).map_or(String::new(), |seeds| seeds.count().to_string()),
    },
    Setting {
        name: "seeds",
        kind: SettingKind::Seeds,
        set: |s, v| or_nothing(v, Seeds::parse).map(|seeds| s.seeds = seeds),
        get: |s| if consecutive(s).is_some() { String::new() } else { s.config.seeds.to_string() },
    },
    Setting {
        name: "data",
        kind: SettingKind::Experiment,
        set: |s, v| DataSet::from_name(v).map(|data| s.settings.config.data = data),
        get: |s| s.config.data.name.clone(),
    },
    Setting {
        name: "transfer",
        kind: SettingKind::Experiment,
        set: |s, v| or_nothing(v, DataSet::built_in).map(|data| s.settings.config.transfer = data),
        get: |s| written(s.config.transfer.as_ref().map(|data| &data.name)),
    },
    Setting {
        name: "arms",
        kind: SettingKind::Experiment,
        set: |s, v| parse_arms(v).map(|arms| s.settings.config.arms = arms),
        get: |s| s.config.arms.iter().map(|arm| arm.name()).collect::<Vec<_>>().join(","),
    },
    Setting {
        name: "jobs",
        kind: SettingKind::Experiment,
        set: |s, v| JobChoice::from_name(v).map(|jobs| s.settings.config.jobs = jobs),
        get: |s| s.config.jobs.name().into(),
    },
    Setting {
        name: "draws",
        kind: SettingKind::Experiment,
        set: |s, v| parse_integer(v, 1..=5).map(|n| s.settings.config.draws = n),
        get: |s| s.config.draws.to_string(),
    },
    Setting {
        name: "twins",
        kind: SettingKind::Experiment,
        set: |s, v| parse_integer(v, 0..=1).map(|n| s.settings.config.twins = n == 1),
        get: |s| u32::from(s.config.twins).to_string(),
    },
    Setting {
        name: "iterations",
        kind: SettingKind::Experiment,
        set: |s, v| parse_integer(v, 1..=1_000_000).map(|n| s.settings.config.iterations = n),
        get: |s| s.config.iterations.to_string(),
    },
    Setting {
        name: "rate",
        kind: SettingKind::Experiment,
        set: |s, v| parse_fraction(v).map(|x| s.settings.config.rate = x),
        get: |s| s.config.rate.to_string(),
    },
    Setting {
        name: "output_rate",
        kind: SettingKind::Experiment,
        set: |s, v| parse_fraction(v).map(|x| s.settings.config.output_rate = x),
        get: |s| s.config.output_rate.to_string(),
    },
    Setting {
        name: "conv_rate",
        kind: SettingKind::Experiment,
        set: |s, v| or_nothing(v, parse_fraction).map(|rate| s.settings.config.conv_rate = rate),
        get: |s| written(s.config.conv_rate),
    },
    Setting {
        name: "criterion",
        kind: SettingKind::Experiment,
        set: |s, v| PruningCriterion::from_name(v).map(|c| s.settings.config.criterion = c),
        get: |s| s.config.criterion.name().into(),
    },
    Setting {
        name: "rounds",
        kind: SettingKind::Experiment,
        set: |s, v| parse_integer(v, 0..=40).map(|n| s.settings.config.rounds = n),
        get: |s| s.config.rounds.to_string(),
    },
    Setting {
        name: "eval_every",
        kind: SettingKind::Experiment,
        set: |s, v| parse_integer(v, 1..=1_000_000).map(|n| s.settings.config.eval_every = n),
        get: |s| s.config.eval_every.to_string(),
    },
    Setting {
        name: "rewind_to",
        kind: SettingKind::Experiment,
        set: |s, v| or_nothing(v, |v| parse_integer(v, 0..=999_999)).map(|n| s.settings.config.rewind_to = n),
        get: |s| written(s.config.rewind_to),
    },
    Setting {
        name: "batch",
        kind: SettingKind::Experiment,
        set: |s, v| parse_integer(v, 1..=1000).map(|n| s.settings.config.batch = n),
        get: |s| s.config.batch.to_string(),
    },
    Setting {
        name: "optimizer",
        kind: SettingKind::Experiment,
        set: |s, v| OptimizerKind::from_name(v).map(|o| s.settings.config.optimizer = o),
        get: |s| s.config.optimizer.name().into(),
    },
    Setting {
        name: "learning_rate",
        kind: SettingKind::Experiment,
        set: |s, v| {
            let rate = parse_decimal(v)? as f32;
            (rate > 0.0 && rate <= 10.0).then(|| s.settings.config.learning_rate = rate)
        },
        get: |s| s.config.learning_rate.to_string(),
    },
    Setting {
        name: "momentum",
        kind: SettingKind::Experiment,
        set: |s, v| {
            parse_decimal(v).map(|x| x as f32).filter(|x| *x < 1.0).map(|x| s.settings.config.momentum = x)
        },
        get: |s| s.config.momentum.to_string(),
    },
    Setting {
        name: "warmup",
        kind: SettingKind::Experiment,
        set: |s, v| parse_integer(v, 0..=1_000_000).map(|n| s.settings.config.warmup = n),
        get: |s| s.config.warmup.to_string(),
    },
    Setting {
        name: "dropout",
        kind: SettingKind::Experiment,
        set: |s, v| parse_fraction(v).map(|x| s.settings.config.dropout = x),
        get: |s| s.config.dropout.to_string(),
    },
    Setting {
        name: "label_noise",
        kind: SettingKind::Experiment,
        set: |s, v| parse_fraction(v).map(|x| s.settings.config.label_noise = x),
        get: |s| s.config.label_noise.to_string(),
    },
    Setting {
        name: "init",
        kind: SettingKind::Experiment,
        set: |s, v| {
            let (init, file) = match v.strip_prefix(FILE_PREFIX) {
                // What an arm draws anew is then drawn as in the paper.
                Some(hex) => (Initializer::GlorotNormal, Some(hex.parse().ok()?)),
                None => (Initializer::from_name(v)?, None),
            };
            (s.settings.config.init, s.settings.config.first_weights) = (init, file);
            Some(())
        },
        get: |s| match s.config.first_weights {
            Some(file) => format!("{FILE_PREFIX}{file}"),
            None => s.config.init.name().into(),
        },
    },
    Setting {
        name: "own",
        kind: SettingKind::Experiment,
        set: |s, v| or_nothing(v, |v| v.parse().ok()).map(|own| s.settings.config.own = own),
        get: |s| written(s.config.own),
    },
    Setting {
        name: "hidden",
        kind: SettingKind::Experiment,
        set: |s, v| or_nothing(v, parse_hidden_units).map(|model| s.hidden = model),
        get: |s| match s.config.model.is_convolutional() {
            true => String::new(),
            false => hidden_text(&s.config.model),
        },
    },
    Setting {
        name: "net",
        kind: SettingKind::Experiment,
        set: |s, v| or_nothing(v, parse_net).map(|model| s.net = model),
        get: |s| match s.config.model.is_convolutional() {
            true => net_text(&s.config.model),
            false => String::new(),
        },
    },
    Setting {
        name: "workers",
        kind: SettingKind::Machine,
        set: |s, v| or_nothing(v, |v| parse_integer(v, 1..=16)).map(|workers| s.settings.workers = workers),
        get: |s| written(s.workers),
    },
    Setting {
        name: "robust",
        kind: SettingKind::Machine,
        set: |s, v| parse_integer(v, 0..=1).map(|n| s.settings.robust = n == 1),
        get: |s| u32::from(s.robust).to_string(),
    },
    Setting {
        name: "autoplay",
        kind: SettingKind::Machine,
        set: |s, v| parse_integer(v, 0..=1).map(|n| s.settings.autoplay = n == 1),
        get: |s| u32::from(s.autoplay).to_string(),
    },
    Setting {
        name: "speed",
        kind: SettingKind::Display,
        set: |s, v| Speed::from_name(v).map(|speed| s.settings.display.speed = speed),
        get: |s| s.display.speed.name().into(),
    },
    Setting {
        name: "view",
        kind: SettingKind::Display,
        set: |s, v| View::from_name(v).map(|view| s.settings.display.view = view),
        get: |s| s.display.view.name().into(),
    },
    Setting {
        name: "at",
        kind: SettingKind::Display,
        set: |s, v| or_nothing(v, |v| v.parse().ok()).map(|at| s.settings.display.at = at),
        get: |s| written(s.display.at),
    },
    Setting {
        name: "present",
        kind: SettingKind::Display,
        set: |s, v| parse_integer(v, 0..=1).map(|n| s.settings.display.present = n == 1),
        get: |s| u32::from(s.display.present).to_string(),
    },
    Setting {
        name: "reach",
        kind: SettingKind::Display,
        set: |s, v| {
            let percent = parse_decimal(v).filter(|percent| *percent > 0.0 && *percent < 100.0)?;
            s.settings.display.reach = percent;
            Some(())
        },
        get: |s| s.display.reach.to_string(),
    },
    Setting {
        name: "embed",
        kind: SettingKind::Display,
        set: |s, v| or_nothing(v, Panel::from_name).map(|embed| s.settings.display.embed = embed),
        get: |s| written(s.display.embed.map(Panel::name)),
    },
    Setting {
        name: "digest",
        kind: SettingKind::Display,
        set: |s, v| or_nothing(v, |v| v.parse().ok()).map(|digest| s.settings.display.digest = digest),
        get: |s| written(s.display.digest),
    },
    Setting {
        name: "lesson",
        kind: SettingKind::Display,
        set: |s, v| parse_integer(v, 0..=LESSON_STEPS).map(|n| s.settings.display.lesson = n),
        get: |s| s.display.lesson.to_string(),
    },
    Setting {
        name: "lang",
        kind: SettingKind::Display,
        set: |s, v| or_nothing(v, |v| v.parse().ok()).map(|lang| s.settings.display.lang = lang),
        get: |s| written(s.display.lang),
    },
];
