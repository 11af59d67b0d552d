//! The real images, read once in each test program.
#![allow(dead_code)]

use model::data_set::{DataFile, DataSet};
use std::sync::{Arc, OnceLock};
use training::data::LoadedData;

/// The four files of a data set as they are served, in the order of [`DataFile::ALL`].
pub(crate) fn files_of(data: &DataSet) -> [Vec<u8>; 4] {
    let root = env!("CARGO_MANIFEST_DIR");
    DataFile::ALL
        .map(|file| std::fs::read(format!("{root}/{}", data.path(file))).expect("the project's own data"))
}

/// The four files of MNIST.
pub(crate) fn files() -> [Vec<u8>; 4] {
    files_of(&DataSet::mnist())
}

fn load(data: &DataSet) -> Arc<LoadedData> {
    let files = files_of(data);
    let loaded = LoadedData::from_files(data, files.each_ref().map(|file| &file[..]));
    Arc::new(loaded.expect("whole files"))
}

/// MNIST, decoded.
pub(crate) fn mnist() -> Arc<LoadedData> {
    static MNIST: OnceLock<Arc<LoadedData>> = OnceLock::new();
    MNIST.get_or_init(|| load(&DataSet::mnist())).clone()
}

/// Fashion-MNIST, decoded.
pub(crate) fn fashion() -> Arc<LoadedData> {
    static FASHION: OnceLock<Arc<LoadedData>> = OnceLock::new();
    FASHION.get_or_init(|| load(&DataSet::fashion())).clone()
}
