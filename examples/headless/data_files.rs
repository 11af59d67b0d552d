//! Reads data sets from their files.

use crate::out_file_error::advice;
use experiment::{config::ExperimentConfig, job_data::FileInputs};
use model::data_set::{DataFile, DataSet};
use std::{error::Error, fs, path::Path, sync::Arc};
use ticket_lab::TrainingInputs;
use training::data::LoadedData;

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

/// Reads the files of a data set, which are in a folder of `top`.
fn load_data(data: &DataSet, top: &Path) -> Result<LoadedData, Box<dyn Error>> {
    let mut files = vec![];
    for file in DataFile::ALL {
        let path = top.join(data.path(file));
        files.push(fs::read(&path).map_err(|error| {
            format!(
                "{} cannot be read: {error}; {}; --data says where {} is",
                path.display(),
                advice(error.kind()),
                data.folder
            )
        })?);
    }
    LoadedData::from_files(data, std::array::from_fn(|i| &files[i][..]))
        .map_err(|error| format!("{} in {}: {error}", data.title, top.join(&data.folder).display()).into())
}
