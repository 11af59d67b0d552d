//! The real MNIST data, read once in each test program.
#![allow(dead_code)]

use protocol::MnistFile;
use std::sync::{Arc, OnceLock};
use training::data::Mnist;

/// The four files as they are served, in the order of [`MnistFile::ALL`].
pub(crate) fn files() -> [Vec<u8>; 4] {
    let root = env!("CARGO_MANIFEST_DIR");
    MnistFile::ALL.map(|mnist_file| {
        std::fs::read(format!("{root}/{}", mnist_file.path())).expect("the project's own data")
    })
}

/// The decoded data.
pub(crate) fn mnist() -> Arc<Mnist> {
    static MNIST: OnceLock<Arc<Mnist>> = OnceLock::new();
    let read = || {
        let files = files();
        Arc::new(Mnist::from_files(files.each_ref().map(|file| &file[..])).expect("whole files"))
    };
    MNIST.get_or_init(read).clone()
}
