//! Settings as a URL fragment and back: `#preset=quick&seed=7&rounds=6`. A link is an experiment.

use super::{
    arm::Arm,
    config::{Config, Preset},
    criterion::Criterion,
};
use std::{collections::BTreeSet, fmt};

/// What the fragment asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The preset that the other settings start from.
    pub preset: Preset,
    /// The experiment.
    pub config: Config,
    /// Whether to start without waiting for Play.
    pub autoplay: bool,
}

/// A setting that was refused; the one it had before stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The setting's name in the fragment.
    pub field: String,
    /// What was given.
    pub value: String,
    /// What would have been taken; empty where there is no setting of that name.
    pub allowed: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refused { field, value, allowed } = self;
        if allowed.is_empty() {
            let names: Vec<_> = SETTINGS.iter().map(|s| s.name).collect();
            return write!(f, "There is no setting “{field}”; the settings are {}.", names.join(", "));
        }
        write!(f, "{field}={value} was not used: {field} must be {allowed}.")
    }
}

/// One setting of the fragment.
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it takes, in words.
    pub allowed: &'static str,
    /// Whether it belongs to the experiment: whether it can change a digit of a report.
    pub of_experiment: bool,
    /// Reads a value into the settings; `None` if it is not allowed.
    set: fn(&mut Settings, &str) -> Option<()>,
    /// Its value as text.
    get: fn(&Settings) -> String,
}

impl Setting {
    /// Its value in `settings`, as the fragment writes it.
    pub fn value(&self, settings: &Settings) -> String {
        (self.get)(settings)
    }
}

fn integer(text: &str, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
    text.parse().ok().filter(|v| range.contains(v))
}

fn share(text: &str) -> Option<f64> {
    decimal(text).filter(|v| (0.0..1.0).contains(v))
}

/// Reads a decimal number without a sign, such as 0.25 or 1.2e-3. Both the digits and the power of ten are exact in
/// an `f64`, so one division rounds rightly; the standard library's parser takes any number of digits, and 20 kB.
fn decimal(text: &str) -> Option<f64> {
    let (number, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() + fraction.len() == 0 {
        return None;
    }
    let mut digits = 0_u64;
    for byte in whole.bytes().chain(fraction.bytes()) {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        digits = digits.checked_mul(10)?.checked_add(digit)?;
    }
    let exponent = exponent.parse::<i32>().ok()?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    if digits > 1 << 53 || !(-22..=22).contains(&exponent) {
        return None;
    }
    let power = (0..exponent.abs()).fold(1.0, |power, _| power * 10.0);
    Some(if exponent < 0 { digits as f64 / power } else { digits as f64 * power })
}

fn arms(text: &str) -> Option<BTreeSet<Arm>> {
    let arms: Option<BTreeSet<Arm>> = text.split(',').map(Arm::from_name).collect();
    arms.filter(|arms| !arms.is_empty())
}

fn hidden(text: &str) -> Option<[u32; 2]> {
    let (first, second) = text.split_once(',')?;
    Some([integer(first, 1..=1000)?, integer(second, 1..=1000)?])
}

/// Every setting, in the order of the fragment.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "preset",
        allowed: "quick or paper",
        of_experiment: false,
        set: |s, v| Preset::from_name(v).map(|p| s.preset = p),
        get: |s| s.preset.name().into(),
    },
    Setting {
        name: "seed",
        allowed: "a whole number from 0 to 4294967295",
        of_experiment: true,
        set: |s, v| integer(v, 0..=u32::MAX).map(|n| s.config.seed = n),
        get: |s| s.config.seed.to_string(),
    },
    Setting {
        name: "trials",
        allowed: "a whole number from 1 to 100",
        of_experiment: true,
        set: |s, v| integer(v, 1..=100).map(|n| s.config.trials = n),
        get: |s| s.config.trials.to_string(),
    },
    Setting {
        name: "arms",
        allowed: Arm::ALLOWED,
        of_experiment: true,
        set: |s, v| arms(v).map(|arms| s.config.arms = arms),
        get: |s| s.config.arms.iter().map(|arm| arm.name()).collect::<Vec<_>>().join(","),
    },
    Setting {
        name: "draws",
        allowed: "a whole number from 1 to 5",
        of_experiment: true,
        set: |s, v| integer(v, 1..=5).map(|n| s.config.draws = n),
        get: |s| s.config.draws.to_string(),
    },
    Setting {
        name: "iterations",
        allowed: "a whole number from 1 to 1000000",
        of_experiment: true,
        set: |s, v| integer(v, 1..=1_000_000).map(|n| s.config.iterations = n),
        get: |s| s.config.iterations.to_string(),
    },
    Setting {
        name: "rate",
        allowed: "a number from 0 to below 1",
        of_experiment: true,
        set: |s, v| share(v).map(|x| s.config.rate = x),
        get: |s| s.config.rate.to_string(),
    },
    Setting {
        name: "output_rate",
        allowed: "a number from 0 to below 1",
        of_experiment: true,
        set: |s, v| share(v).map(|x| s.config.output_rate = x),
        get: |s| s.config.output_rate.to_string(),
    },
    Setting {
        name: "criterion",
        allowed: Criterion::ALLOWED,
        of_experiment: true,
        set: |s, v| Criterion::from_name(v).map(|c| s.config.criterion = c),
        get: |s| s.config.criterion.name().into(),
    },
    Setting {
        name: "rounds",
        allowed: "a whole number from 0 to 40",
        of_experiment: true,
        set: |s, v| integer(v, 0..=40).map(|n| s.config.rounds = n),
        get: |s| s.config.rounds.to_string(),
    },
    Setting {
        name: "eval_every",
        allowed: "a whole number from 1 to 1000000",
        of_experiment: true,
        set: |s, v| integer(v, 1..=1_000_000).map(|n| s.config.eval_every = n),
        get: |s| s.config.eval_every.to_string(),
    },
    Setting {
        name: "rewind_to",
        allowed: "a whole number from 0 to below the iterations, or nothing for a tenth of them",
        of_experiment: true,
        set: |s, v| {
            s.config.rewind_to = if v.is_empty() { None } else { Some(integer(v, 0..=999_999)?) };
            Some(())
        },
        get: |s| s.config.rewind_to.map_or(String::new(), |n| n.to_string()),
    },
    Setting {
        name: "batch",
        allowed: "a whole number from 1 to 1000",
        of_experiment: true,
        set: |s, v| integer(v, 1..=1000).map(|n| s.config.batch = n),
        get: |s| s.config.batch.to_string(),
    },
    Setting {
        name: "learning_rate",
        allowed: "a number above 0 and up to 10",
        of_experiment: true,
        set: |s, v| {
            let rate = decimal(v)? as f32;
            (rate > 0.0 && rate <= 10.0).then(|| s.config.learning_rate = rate)
        },
        get: |s| s.config.learning_rate.to_string(),
    },
    Setting {
        name: "hidden",
        allowed: "two whole numbers from 1 to 1000 with a comma between",
        of_experiment: true,
        set: |s, v| hidden(v).map(|hidden| s.config.shape.hidden = hidden),
        get: |s| s.config.shape.hidden.map(|n| n.to_string()).join(","),
    },
    Setting {
        name: "autoplay",
        allowed: "0 or 1",
        of_experiment: false,
        set: |s, v| integer(v, 0..=1).map(|n| s.autoplay = n == 1),
        get: |s| u32::from(s.autoplay).to_string(),
    },
];

impl Settings {
    /// A preset's settings, not started by themselves.
    pub fn preset(preset: Preset) -> Settings {
        Settings { preset, config: preset.config(), autoplay: false }
    }

    /// Reads a fragment, with or without its `#`. What is refused keeps its preset's value; the rest is used.
    pub fn from_fragment(fragment: &str) -> (Settings, Vec<Refused>) {
        let pairs: Vec<(&str, &str)> = fragment
            .trim_start_matches('#')
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .collect();
        // The preset goes first wherever it stands, for the others are changes to it.
        let preset =
            pairs.iter().rev().find_map(|(k, v)| (*k == "preset").then(|| Preset::from_name(v)).flatten());
        let mut settings = Settings::preset(preset.unwrap_or(Preset::Quick));
        let mut refused = Vec::new();
        for (field, value) in pairs {
            let setting = SETTINGS.iter().find(|s| s.name == field);
            let taken = setting.and_then(|s| (s.set)(&mut settings, value));
            if taken.is_none() {
                let allowed = setting.map_or("", |s| s.allowed).to_string();
                refused.push(Refused { field: field.into(), value: value.into(), allowed });
            }
        }
        refused.extend(settings.settle());
        (settings, refused)
    }

    /// The settings that show an experiment: those of the preset that is nearest to it.
    pub fn of(config: &Config) -> Settings {
        let settings = Preset::ALL.map(|preset| Settings { preset, config: config.clone(), autoplay: false });
        let shortest =
            settings.into_iter().min_by_key(|settings| settings.to_fragment().matches('=').count());
        shortest.expect("there are presets")
    }

    /// Refuses what the other settings leave no room for.
    fn settle(&mut self) -> Option<Refused> {
        let to = self.config.rewind_to.filter(|&to| to >= self.config.iterations)?;
        self.config.rewind_to = None;
        let allowed = SETTINGS.iter().find(|s| s.name == "rewind_to").map_or("", |s| s.allowed);
        Some(Refused { field: "rewind_to".into(), value: to.to_string(), allowed: allowed.into() })
    }

    /// The shortest fragment that reads back as these settings: the preset, the seed and what differs from the
    /// preset. Without the `#`; autoplay is left out, so that a copied link waits for its reader.
    pub fn to_fragment(&self) -> String {
        let plain = Settings::preset(self.preset);
        let pairs = SETTINGS.iter().filter(|s| s.name != "autoplay").filter_map(|s| {
            let value = (s.get)(self);
            let keep = matches!(s.name, "preset" | "seed") || value != (s.get)(&plain);
            keep.then(|| format!("{}={value}", s.name))
        });
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// Every setting of an experiment as text, by its name.
pub fn of_experiment(config: &Config) -> impl Iterator<Item = (&'static str, String)> {
    let settings = Settings { preset: Preset::Quick, config: config.clone(), autoplay: false };
    SETTINGS.iter().filter(|s| s.of_experiment).map(move |s| (s.name, s.value(&settings)))
}

/// The first setting, those of `but` left out, in which two experiments differ: its name and its two values.
pub fn differing(one: &Config, other: &Config, but: &[&str]) -> Option<(&'static str, String, String)> {
    let pairs = of_experiment(one).zip(of_experiment(other));
    let differs = pairs.filter(|(one, _)| !but.contains(&one.0)).find(|(one, other)| one != other);
    differs.map(|((name, one), (_, other))| (name, one, other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn decimals_read_as_the_standard_library_reads_them(digits in 0u64..1 << 53, exponent in -22i32..=22) {
            let text = format!("{digits}e{exponent}");
            prop_assert_eq!(decimal(&text), text.parse().ok());
        }

        #[test]
        fn decimals_read_back_what_is_printed(thousandths in 0u32..1000, millionths in 1u32..10_000) {
            let (share, rate) = (f64::from(thousandths) / 1e3, (f64::from(millionths) / 1e6) as f32);
            prop_assert_eq!(decimal(&share.to_string()), Some(share));
            prop_assert_eq!(decimal(&rate.to_string()).map(|x| x as f32), Some(rate));
        }
    }

    #[test]
    fn what_is_no_decimal_is_none() {
        for text in [
            "",
            ".",
            "e",
            "-1",
            "+1",
            "1e",
            "1e400",
            "0x1",
            "1,5",
            "inf",
            "nan",
            "1.2.3",
            "99999999999999999999",
        ] {
            assert_eq!(decimal(text), None, "{text}");
        }
        assert_eq!((decimal(".5"), decimal("2."), decimal("1.2e-3")), (Some(0.5), Some(2.0), Some(0.0012)));
    }

    #[test]
    fn a_fragment_reads_back_as_itself() {
        let text = "preset=paper&seed=7&iterations=20000&rounds=3";
        let (settings, refused) = Settings::from_fragment(&format!("#{text}"));
        assert_eq!(
            (settings.config.seed, settings.config.iterations, settings.config.rate),
            (7, 20_000, 0.2)
        );
        assert!(refused.is_empty() && !settings.autoplay);
        assert_eq!(settings.to_fragment(), text);
    }

    #[test]
    fn the_preset_counts_wherever_it_stands() {
        let (settings, _) = Settings::from_fragment("rounds=2&preset=paper&autoplay=1");
        assert_eq!(
            (settings.config.rounds, settings.config.iterations, settings.autoplay),
            (2, 50_000, true)
        );
    }

    #[test]
    fn a_bad_value_is_named_and_the_rest_is_used() {
        let (settings, refused) = Settings::from_fragment("rate=1.5&seed=-1&rounds=2&colour=red&rate=nan");
        assert_eq!((settings.config.rate, settings.config.seed, settings.config.rounds), (0.5, 1, 2));
        let said: Vec<_> = refused.iter().map(Refused::to_string).collect();
        assert_eq!(said[0], "rate=1.5 was not used: rate must be a number from 0 to below 1.");
        assert!(said[1].contains("seed=-1") && said[2].contains("“colour”") && said[3].contains("rate=nan"));
    }

    #[test]
    fn every_setting_reads_back() {
        let text = "preset=quick&seed=4294967295&trials=5&arms=dense,ticket,norewind,late,oneshot&draws=3&iterations=900\
                    &rate=0.25&output_rate=0.1234567890123456&criterion=movement&rounds=9&eval_every=7&rewind_to=0&batch=64\
                    &learning_rate=0.0001&hidden=20,10";
        let (settings, refused) = Settings::from_fragment(text);
        assert_eq!((settings.to_fragment(), refused), (text.to_string(), vec![]));
        assert_eq!(Settings::of(&settings.config), settings);
        let paper = Settings::preset(Preset::Paper);
        assert_eq!(Settings::of(&paper.config), paper);
    }

    #[test]
    fn arms_are_checked_and_rewinding_ends_before_the_iterations() {
        let (settings, refused) =
            Settings::from_fragment("arms=ticket,magic&arms=&draws=6&rewind_to=100&iterations=100");
        assert_eq!(settings.config, Config { iterations: 100, ..Preset::Quick.config() });
        let fields: Vec<_> = refused.iter().map(|r| r.field.as_str()).collect();
        assert_eq!(fields, ["arms", "arms", "draws", "rewind_to"]);
        let (settings, _) = Settings::from_fragment("arms=reinit,dense,reinit");
        assert_eq!(settings.config.arms, BTreeSet::from([Arm::Dense, Arm::Reinit]));
        assert_eq!(settings.config.rewind_iteration(), 50);
    }
}
