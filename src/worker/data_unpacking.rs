//! Unpacks the four data files in small pieces, so that the worker can answer commands in between.

use protocol::MnistFile;
use training::data::{DataError, Dataset, MaybeGzipDecoder, Mnist, parse_images, parse_labels};

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

/// The state of unpacking the data files.
pub struct DataUnpacking {
    files: [Box<dyn FileBytes>; 4],
    /// The index of the current file. `position` is the number of its bytes already read.
    file: usize,
    position: usize,
    decoder: MaybeGzipDecoder,
    /// The images or labels of the files that are done.
    parsed: Vec<Vec<u8>>,
}

impl DataUnpacking {
    /// Begins to unpack the files, which are in the order of [`MnistFile`].
    pub fn new(files: [Box<dyn FileBytes>; 4]) -> DataUnpacking {
        DataUnpacking { files, file: 0, position: 0, decoder: MaybeGzipDecoder::new(), parsed: vec![] }
    }

    /// The numbers of compressed bytes read so far and of all compressed bytes.
    pub fn progress(&self) -> (u32, u32) {
        let total: usize = self.files.iter().map(|file| file.len()).sum();
        let before: usize = self.files[..self.file].iter().map(|file| file.len()).sum();
        ((before + self.position) as u32, total as u32)
    }

    /// Unpacks at least one piece and stops when `out_of_time` is true. It returns the data set after the last piece
    /// and `None` before. An error is a sentence that names the file.
    pub fn advance(&mut self, out_of_time: &dyn Fn() -> bool) -> Result<Option<Mnist>, String> {
        loop {
            let mnist_file = MnistFile::ALL[self.file];
            self.unpack_piece(mnist_file).map_err(|error| format!("{}: {error}.", file_name(mnist_file)))?;
            if self.parsed.len() == MnistFile::ALL.len() {
                let mut parsed = std::mem::take(&mut self.parsed).into_iter();
                let mut set = || Dataset {
                    images: parsed.next().unwrap_or_default(),
                    labels: parsed.next().unwrap_or_default(),
                };
                let mnist = Mnist::new(set(), set());
                return mnist.map(Some).map_err(|error| format!("MNIST: {error}."));
            }
            if out_of_time() {
                return Ok(None);
            }
        }
    }

    fn unpack_piece(&mut self, mnist_file: MnistFile) -> Result<(), DataError> {
        let file = &self.files[self.file];
        let mut tail = [0; 4];
        if file.len() >= tail.len() {
            file.copy(file.len() - tail.len(), &mut tail);
        }
        let mut piece = vec![0; PIECE_BYTES.min(file.len() - self.position)];
        file.copy(self.position, &mut piece);
        self.decoder.push(&piece, MaybeGzipDecoder::size_hint(tail))?;
        self.position += piece.len();
        if self.position == file.len() {
            let unpacked = std::mem::take(&mut self.decoder).finish()?;
            self.parsed.push(match mnist_file {
                MnistFile::TrainImages | MnistFile::TestImages => parse_images(unpacked)?,
                MnistFile::TrainLabels | MnistFile::TestLabels => parse_labels(unpacked)?,
            });
            (self.file, self.position) = ((self.file + 1).min(MnistFile::ALL.len() - 1), 0);
        }
        Ok(())
    }
}

/// The file's name without its folder, for messages to the user.
fn file_name(mnist_file: MnistFile) -> &'static str {
    let path = mnist_file.path();
    path.rsplit('/').next().unwrap_or(path)
}
