//! The header of the files in which the test images and their labels come (the IDX format of MNIST).

use experiment::data_words;
use model::data_set::{DataFile, DataSet};
use texts::fill;

/// Bytes of a header that are looked at: those of coloured images, which has five numbers. Others have fewer.
pub const HEADER_BYTES: usize = 20;

/// Checks the length of an unpacked file and its header, and returns where its contents begin. `start` is its first
/// [`HEADER_BYTES`] bytes, or all if there are fewer. The error is a sentence.
pub fn check(data: &DataSet, file: DataFile, start: &[u8], length: u64) -> Result<u32, String> {
    let header: Vec<u8> = data.file_header(file).iter().flat_map(|number| number.to_be_bytes()).collect();
    let whole = length == data.file_bytes(file);
    match whole && start.starts_with(&header) {
        true => Ok(header.len() as u32),
        // Files of the user have no path.
        false if data.is_own() => Err(fill!("failure.other_own_file", data = data_words::title(data))),
        false => Err(fill!("failure.other_file", path = data.path(file), data = data.title)),
    }
}

/// Whether a file is packed by gzip. A host may have unpacked it on the way.
pub fn is_gzip(start: &[u8]) -> bool {
    start.starts_with(&[0x1f, 0x8b])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_results::own_data;

    #[test]
    fn headers_of_mnist_are_taken_and_others_refused() {
        let mnist = DataSet::mnist();
        let images = [0, 0, 8, 3, 0, 0, 0x27, 0x10, 0, 0, 0, 28, 0, 0, 0, 28];
        let labels = [0, 0, 8, 1, 0, 0, 0x27, 0x10, 7, 2, 1, 0, 4, 1, 4, 9];
        assert_eq!(check(&mnist, DataFile::TestImages, &images, 7_840_016), Ok(16));
        assert_eq!(check(&mnist, DataFile::TestLabels, &labels, 10_008), Ok(8));
        assert!(check(&mnist, DataFile::TestImages, &images, 7_840_015).is_err());
        assert!(check(&mnist, DataFile::TestImages, &images[..12], 7_840_016).is_err());
        assert!(check(&mnist, DataFile::TestLabels, &images, 10_008).is_err());
        let mut narrow = images;
        narrow[15] = 27;
        let error = check(&mnist, DataFile::TestImages, &narrow, 7_840_016).unwrap_err();
        assert_eq!(error, "assets/mnist/t10k-images-idx3-ubyte.gz is not a file of MNIST.");
        assert!(is_gzip(&[0x1f, 0x8b, 8]) && !is_gzip(&images) && !is_gzip(&[]));
    }

    #[test]
    fn images_of_the_user_have_a_header_of_their_shape() {
        let colours = own_data("32x24x3.7.1000.300");
        let header = [0, 0, 8, 4, 0, 0, 1, 44, 0, 0, 0, 3, 0, 0, 0, 32, 0, 0, 0, 24];
        assert_eq!(check(&colours, DataFile::TestImages, &header, 20 + 300 * 3 * 32 * 24), Ok(20));
        let grey = own_data("32x24x1.7.1000.300");
        let said = "The files are not those of own data 00010203.";
        assert_eq!(check(&grey, DataFile::TestImages, &header, 20 + 300 * 32 * 24), Err(said.into()));
        assert_eq!(check(&grey, DataFile::TestLabels, &[0, 0, 8, 1, 0, 0, 1, 44], 308), Ok(8));
    }
}
