//! Reads data sets from their files: the built-in ones, and those of the user.

use crate::out_file_error::advice;
use experiment::{config::ExperimentConfig, job_data::FileInputs, settings::Settings, url_fragment::pairs};
use model::data_set::{DataFile, DataSet};
use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use ticket_lab::TrainingInputs;
use training::{
    data::LoadedData,
    own_data::{NamedFile, OwnData},
};

/// The settings of a fragment, which may be on files of the user in the folder `top`: where it names a data set of the user, or
/// where it names none and the folder is not that of the built-in ones. Where it does not say the shape of the data set, the
/// files do.
pub(crate) fn settings_with_data(fragment: &str, top: &Path) -> Result<Settings, Box<dyn Error>> {
    let settings = whole_settings(fragment)?;
    let named = pairs(fragment).into_iter().find(|(name, _)| name == "data").map(|(_, value)| value);
    let data = &settings.config.data;
    let of_folder = named.is_none() && top.is_dir() && !top.join(&data.folder).exists();
    if !data.is_unread() && !of_folder {
        return Ok(settings);
    }
    let found = read_own_data(top, Some(data).filter(|data| data.is_own()))?.data;
    eprintln!("data={}", found.name);
    whole_settings(&match named {
        Some(named) => fragment.replacen(&*named, &found.name, 1),
        None => format!("{fragment}&data={}", found.name),
    })
}

/// The settings of a fragment, of which none may be refused.
fn whole_settings(fragment: &str) -> Result<Settings, Box<dyn Error>> {
    let (settings, rejected) = Settings::from_fragment(fragment);
    match rejected.first() {
        Some(rejected) => Err(rejected.to_string().into()),
        None => Ok(settings),
    }
}

/// What an experiment is trained on: its data set, the other one if an arm is trained on it, and what its files hold.
pub(crate) fn load_inputs(
    config: &ExperimentConfig,
    top: &Path,
    files: FileInputs,
) -> Result<TrainingInputs, Box<dyn Error>> {
    let load = |data| load_data(data, top).map(Arc::new);
    let other_data = config.other_data().map(load).transpose()?;
    Ok(TrainingInputs { data: load(&config.data)?, other_data, files: Arc::new(files), robust: false })
}

/// Reads a data set: a built-in one, whose folder is in `top`, or one of the user, whose files are in `top`.
fn load_data(data: &DataSet, top: &Path) -> Result<LoadedData, Box<dyn Error>> {
    if data.is_own() {
        let OwnData { data, files } = read_own_data(top, Some(data))?;
        return Ok(LoadedData::from_files(&data, files.each_ref().map(|file| &file[..]))?);
    }
    let mut files = vec![];
    for file in DataFile::ALL {
        let path = top.join(data.path(file));
        files.push(read(&path).map_err(|error| format!("{error}; --data says where {} is", data.folder))?);
    }
    LoadedData::from_files(data, std::array::from_fn(|i| &files[i][..]))
        .map_err(|error| format!("{} in {}: {error}", data.title, top.join(&data.folder).display()).into())
}

/// Makes a data set of the files in a folder, but for those that are hidden or a text that says what they are.
fn read_own_data(folder: &Path, expected: Option<&DataSet>) -> Result<OwnData, Box<dyn Error>> {
    let unreadable = |error: std::io::Error| {
        format!(
            "{} cannot be read: {error}; {}; --data says in which folder the files of the data set are",
            folder.display(),
            advice(error.kind())
        )
    };
    let mut files = vec![];
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_file() && !name.starts_with('.') && !is_text(&path) {
            files.push(NamedFile { name, bytes: read(&path)? });
        }
    }
    OwnData::read(files, expected)
        .map_err(|fault| format!("{}: {}", folder.join(fault.name).display(), fault.error).into())
}

fn is_text(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| matches!(ending.as_str(), "txt" | "md" | "html" | "json" | "jsonl" | "csv"))
}

fn read(path: &PathBuf) -> Result<Vec<u8>, String> {
    fs::read(path)
        .map_err(|error| format!("{} cannot be read: {error}; {}", path.display(), advice(error.kind())))
}
