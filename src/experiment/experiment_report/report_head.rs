//! The first line of a report file, which defines the experiment.

use super::report_file_error::{HeadFault, ReportFileError, VERSION};
use crate::{
    config::ExperimentConfig,
    preset::Preset,
    seeds::Seeds,
    setting_table::{SETTINGS, SettingKind},
    settings::Settings,
    url_fragment::experiment_setting_values,
};
use model::data_set::DataSet;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;

/// The format's name in the first line.
const FORMAT: &str = "ticket-lab report";
/// As many characters of a version that is not known are kept.
const LONGEST_VERSION: usize = 20;

#[derive(Serialize)]
struct ReportHeader {
    format: &'static str,
    version: u32,
    #[serde(flatten)]
    head: Head,
}

/// What defines the experiment, as the first line says it.
#[derive(Serialize)]
pub(super) struct Head {
    #[serde(serialize_with = "as_map")]
    config: Vec<(&'static str, String)>,
    seeds: Vec<u32>,
    data: DataName,
    /// The other data set, if an arm is trained on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    other_data: Option<DataName>,
}

impl Head {
    /// That of an experiment.
    pub(super) fn of(config: &ExperimentConfig) -> Head {
        Head {
            // What is younger than the format is left out where it is not used, so that files stay as they were.
            config: experiment_setting_values(config)
                .filter(|(name, value)| match *name {
                    "own" | "conv_rate" | "hidden" | "net" | "transfer" => !value.is_empty(),
                    "jobs" => !config.jobs.is_all(),
                    "twins" => config.twins,
                    "label_noise" => value != "0",
                    _ => true,
                })
                .collect(),
            seeds: config.seeds.iter().collect(),
            data: DataName::of(&config.data),
            other_data: config.other_data().map(DataName::of),
        }
    }
}

/// Which data set it is.
#[derive(Serialize, Deserialize)]
struct DataName {
    name: String,
    sha256: String,
}

impl DataName {
    fn of(data: &DataSet) -> DataName {
        DataName { name: data.name.clone(), sha256: data.sha256.clone() }
    }

    /// Checks that these are the images of a data set that the settings name.
    fn check(self, ours: &DataSet) -> Result<(), ReportFileError> {
        let DataName { name, sha256 } = self;
        if (&name, &sha256) == (&ours.name, &ours.sha256) {
            return Ok(());
        }
        let (expected_name, expected_sha256) = (ours.name.clone(), ours.sha256.clone());
        Err(ReportFileError::InvalidHead(HeadFault::OtherData {
            name,
            sha256,
            expected_name,
            expected_sha256,
        }))
    }
}

/// The beginning of the first line, which all versions have. How a later one writes its version is not known.
#[derive(Deserialize)]
struct ReportFormat {
    format: String,
    version: serde_json::Value,
}

/// The rest of the first line of a version that can be read.
#[derive(Deserialize)]
struct UncheckedReportHeader {
    #[serde(default)]
    config: BTreeMap<String, serde_json::Value>,
    seeds: Option<Vec<u32>>,
    data: Option<DataName>,
    other_data: Option<DataName>,
}

/// Serialises a list of settings as a map. A list keeps the order of the settings, whereas that of a map type would
/// depend on the JSON library.
fn as_map<S: Serializer>(pairs: &[(&'static str, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}

/// The first line of an experiment's file, without its end.
pub(super) fn write_head(config: &ExperimentConfig) -> String {
    let head = ReportHeader { format: FORMAT, version: VERSION, head: Head::of(config) };
    serde_json::to_string(&head).expect("plain data")
}

/// The settings that the first line of a file defines.
pub(super) fn read_head(line: &str) -> Result<ExperimentConfig, ReportFileError> {
    let invalid = ReportFileError::InvalidHead;
    let ReportFormat { format, version } =
        serde_json::from_str(line).map_err(|_| ReportFileError::NotAReport)?;
    if format != FORMAT {
        return Err(ReportFileError::NotAReport);
    }
    let known = version.as_u64().filter(|version| (1..=u64::from(VERSION)).contains(version));
    let version = known.ok_or_else(|| match &version {
        // There were none.
        serde_json::Value::Null => ReportFileError::NotAReport,
        number if number.as_f64().is_some_and(|number| number < 1.0) => ReportFileError::NotAReport,
        later => {
            let words = later.as_str().map_or_else(|| later.to_string(), str::to_owned);
            ReportFileError::NewerVersion(words.chars().take(LONGEST_VERSION).collect())
        }
    })?;
    let head: UncheckedReportHeader =
        serde_json::from_str(line).map_err(|error| invalid(HeadFault::Unreadable(error.to_string())))?;
    let mut pairs = vec![("preset", Preset::Quick.name())];
    for (name, value) in &head.config {
        let known =
            SETTINGS.iter().any(|setting| setting.name == name && may_stand_in_head(setting.kind, version));
        let Some(value) = value.as_str().filter(|_| known) else {
            return Err(invalid(HeadFault::UnknownSetting(name.clone())));
        };
        pairs.push((name, value));
    }
    let (Settings { mut config, .. }, rejected) = Settings::from_pairs(&pairs);
    if let Some(rejected) = rejected.into_iter().next() {
        return Err(invalid(HeadFault::Setting(rejected)));
    }
    if version > 1 {
        let seeds = head.seeds.ok_or_else(|| invalid(HeadFault::NoSeeds))?;
        config.seeds = Seeds::try_from(seeds).map_err(|_| invalid(HeadFault::Seeds))?;
        head.data.ok_or_else(|| invalid(HeadFault::NoData))?.check(&config.data)?;
        if let Some(ours) = config.other_data() {
            head.other_data.ok_or_else(|| invalid(HeadFault::NoData))?.check(ours)?;
        }
    }
    Ok(config)
}

/// Whether the first line has settings of this kind in `config`.
fn may_stand_in_head(kind: SettingKind, version: u64) -> bool {
    kind == SettingKind::Experiment || (version == 1 && kind == SettingKind::Seeds)
}
