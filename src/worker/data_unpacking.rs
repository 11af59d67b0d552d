//! Unpacks the four data files a piece at a time, so that a worker stays within its slices.

use protocol::MnistFile;
use training::data::{DataError, Dataset, MaybeGzipDecoder, Mnist, parse_images, parse_labels};

/// The bytes of a file as it was fetched, wherever they lie.
pub trait FileBytes {
    /// How many.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Copies `to.len()` bytes from `start` on.
    fn copy(&self, start: usize, to: &mut [u8]);
}

impl FileBytes for Vec<u8> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn copy(&self, start: usize, to: &mut [u8]) {
        to.copy_from_slice(&self[start..start + to.len()]);
    }
}

/// Compressed bytes unpacked between two looks at the clock: a few milliseconds' work.
const PIECE_BYTES: usize = 64 << 10;

/// Unpacking under way.
pub struct DataUnpacking {
    files: [Box<dyn FileBytes>; 4],
    /// Which file, and how far into it.
    file: usize,
    position: usize,
    decoder: MaybeGzipDecoder,
    /// Parsed images or labels of the files done.
    parsed: Vec<Vec<u8>>,
}

impl DataUnpacking {
    /// Of the files in the order of [`MnistFile`].
    pub fn new(files: [Box<dyn FileBytes>; 4]) -> DataUnpacking {
        DataUnpacking { files, file: 0, position: 0, decoder: MaybeGzipDecoder::new(), parsed: vec![] }
    }

    /// Bytes read and bytes in all.
    pub fn progress(&self) -> (u32, u32) {
        let total: usize = self.files.iter().map(|file| file.len()).sum();
        let before: usize = self.files[..self.file].iter().map(|file| file.len()).sum();
        ((before + self.position) as u32, total as u32)
    }

    /// Goes on until it is out of time; the data once all is there. An error is a sentence that names the file.
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

/// A file's name as the user may look for it.
fn file_name(mnist_file: MnistFile) -> &'static str {
    let path = mnist_file.path();
    path.rsplit('/').next().unwrap_or(path)
}
