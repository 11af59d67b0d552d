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
const PIECE: usize = 64 << 10;

/// Unpacking under way.
pub struct Loading {
    files: [Box<dyn FileBytes>; 4],
    /// Which file, and how far into it.
    file: usize,
    at: usize,
    unpacker: MaybeGzipDecoder,
    /// Parsed images or labels of the files done.
    parsed: Vec<Vec<u8>>,
}

impl Loading {
    /// Of the files in the order of [`Part`].
    pub fn new(files: [Box<dyn FileBytes>; 4]) -> Loading {
        Loading { files, file: 0, at: 0, unpacker: MaybeGzipDecoder::new(), parsed: vec![] }
    }

    /// Bytes read and bytes in all.
    pub fn bytes(&self) -> (u32, u32) {
        let total: usize = self.files.iter().map(|file| file.len()).sum();
        let before: usize = self.files[..self.file].iter().map(|file| file.len()).sum();
        ((before + self.at) as u32, total as u32)
    }

    /// Goes on until it is out of time; the data once all is there. An error is a sentence that names the file.
    pub fn advance(&mut self, out_of_time: &dyn Fn() -> bool) -> Result<Option<Mnist>, String> {
        loop {
            let part = MnistFile::ALL[self.file];
            self.piece(part).map_err(|error| format!("{}: {error}.", name(part)))?;
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

    fn piece(&mut self, part: MnistFile) -> Result<(), DataError> {
        let file = &self.files[self.file];
        let mut tail = [0; 4];
        if file.len() >= tail.len() {
            file.copy(file.len() - tail.len(), &mut tail);
        }
        let mut piece = vec![0; PIECE.min(file.len() - self.at)];
        file.copy(self.at, &mut piece);
        self.unpacker.push(&piece, MaybeGzipDecoder::size_hint(tail))?;
        self.at += piece.len();
        if self.at == file.len() {
            let unpacked = std::mem::take(&mut self.unpacker).finish()?;
            self.parsed.push(match part {
                MnistFile::TrainImages | MnistFile::TestImages => parse_images(unpacked)?,
                MnistFile::TrainLabels | MnistFile::TestLabels => parse_labels(unpacked)?,
            });
            (self.file, self.at) = ((self.file + 1).min(MnistFile::ALL.len() - 1), 0);
        }
        Ok(())
    }
}

/// A file's name as the user may look for it.
fn name(part: MnistFile) -> &'static str {
    let path = part.path();
    path.rsplit('/').next().unwrap_or(path)
}
