//! Unpacks the data files in small pieces, so that the worker can answer commands in between.

use experiment::{data_error::DataError, refusals::Refusal};
use model::data_set::DataSet;
use training::data::{DataUnpacking, LoadedData};

/// The bytes of a downloaded file, which need not be in the memory of this module.
pub trait FileBytes {
    /// The number of bytes.
    fn len(&self) -> usize;
    /// Whether there are no bytes.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Copies the bytes from `start` on into `target` and fills it. It panics if there are too few bytes.
    fn copy(&self, start: usize, target: &mut [u8]);
}

impl FileBytes for Vec<u8> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn copy(&self, start: usize, target: &mut [u8]) {
        target.copy_from_slice(&self[start..start + target.len()]);
    }
}

/// Compressed bytes that are unpacked before the clock is read again. They take a few milliseconds.
const PIECE_BYTES: usize = 64 << 10;

/// Unpacks files that need not be in the memory of this module, in pieces.
pub struct FileUnpacking {
    files: [Box<dyn FileBytes>; 4],
    /// The index of the current file. `position` is the number of its bytes already read.
    file: usize,
    position: usize,
    data: DataSet,
    unpacking: DataUnpacking,
}

impl FileUnpacking {
    /// Begins to unpack the files of a data set, which are in the order of [`DataFile::ALL`].
    pub fn new(data: DataSet, files: [Box<dyn FileBytes>; 4]) -> FileUnpacking {
        FileUnpacking { files, file: 0, position: 0, unpacking: DataUnpacking::new(&data), data }
    }

    /// The data set whose files these are.
    pub fn data(&self) -> &DataSet {
        &self.data
    }

    /// The number of compressed bytes read so far.
    pub fn done(&self) -> usize {
        let before: usize = self.files[..self.file].iter().map(|file| file.len()).sum();
        before + self.position
    }

    /// The number of compressed bytes of all files.
    pub fn total(&self) -> usize {
        self.files.iter().map(|file| file.len()).sum()
    }

    /// Unpacks at least one piece and stops when `out_of_time` is true. It returns the data set after the last piece
    /// and `None` before. An error names the file.
    pub fn advance(&mut self, out_of_time: &dyn Fn() -> bool) -> Result<Option<LoadedData>, Refusal> {
        loop {
            let Some(file) = self.unpacking.file() else {
                let whole = std::mem::replace(&mut self.unpacking, DataUnpacking::new(&self.data));
                let loaded = whole.finish();
                let refused = |error| Refusal::Data { name: self.data.title.clone(), error };
                return loaded.map(Some).map_err(refused);
            };
            let refused = |error| Refusal::Data { name: file.file_name().into(), error };
            self.unpack_piece().map_err(refused)?;
            if out_of_time() {
                return Ok(None);
            }
        }
    }

    fn unpack_piece(&mut self) -> Result<(), DataError> {
        let file = &self.files[self.file];
        let mut piece = vec![0; PIECE_BYTES.min(file.len() - self.position)];
        file.copy(self.position, &mut piece);
        self.unpacking.push(&piece)?;
        self.position += piece.len();
        if self.position == file.len() {
            self.unpacking.end_file()?;
            (self.file, self.position) = ((self.file + 1).min(self.files.len() - 1), 0);
        }
        Ok(())
    }
}
