//! Reads the files that an experiment takes first weights or a mask from.

use experiment::{
    config::ExperimentConfig,
    job_data::FileInputs,
    network_file::{FilePurpose, MOST_FILE_BYTES},
    network_file_error::NetworkFileError,
};
use model::mask::survivors_per_layer;
use std::{error::Error, fs, path::PathBuf};
use training::network_file::NetworkFile;

/// What the experiment takes from these files, and the experiment with the number of weights of its own mask. Files are told
/// apart by their SHA-256. It is an error if one is missing or is asked for by no setting.
pub(crate) fn read_network_files(
    config: &ExperimentConfig,
    paths: &[PathBuf],
) -> Result<(ExperimentConfig, FileInputs), Box<dyn Error>> {
    let mut open = config.needed_files();
    let (mut config, mut inputs) = (config.clone(), FileInputs::default());
    for path in paths {
        let refused = |error: NetworkFileError| format!("{}: {error}.", path.display());
        let failed = |error| format!("{}: {error}; check the path after --file", path.display());
        let size = fs::metadata(path).map_err(failed)?.len() as usize;
        if size > MOST_FILE_BYTES {
            return Err(refused(NetworkFileError::TooLarge { bytes: size, most: MOST_FILE_BYTES }).into());
        }
        let bytes = fs::read(path).map_err(failed)?;
        let file = NetworkFile::open(&bytes, None).map_err(refused)?;
        let (ours, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|needed| needed.hash == file.hash());
        if ours.is_empty() {
            let (path, hash) = (path.display(), file.hash());
            let said = format!(
                "{path} is asked for by no setting; for its weights write init=file:{hash}, for its mask \
                                arms=ticket,own&own={hash}"
            );
            return Err(said.into());
        }
        open = rest;
        for needed in ours {
            match needed.purpose {
                FilePurpose::FirstWeights => {
                    inputs.first = Some(file.first_parameters(&config.model).map_err(refused)?);
                }
                FilePurpose::OwnMask => {
                    let weights = config.own.and_then(|own| own.weights);
                    let mask = file.mask(&config.model, weights).map_err(refused)?;
                    let weights = survivors_per_layer(&config.model, &mask).iter().sum();
                    config = config.with_file(needed, weights);
                    inputs.mask = Some(mask);
                }
            }
        }
    }
    match open.first() {
        None => Ok((config, inputs)),
        Some(missing) => {
            let setting = missing.purpose.setting();
            Err(format!(
                "{setting} asks for the file with the SHA-256 {}: name it with --file PATH",
                missing.hash
            )
            .into())
        }
    }
}
