//! Reads data sets from their files.

use crate::out_file_error::advice;
use model::data_set::{DataFile, DataSet};
use std::{error::Error, fs, path::Path};
use training::data::LoadedData;

/// Reads the files of a data set, which are in a folder of `top`.
pub(crate) fn load_data(data: &DataSet, top: &Path) -> Result<LoadedData, Box<dyn Error>> {
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
