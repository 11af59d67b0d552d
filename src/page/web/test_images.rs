//! The test images and their labels, unpacked by the browser and kept outside of the memory of this module.

use crate::{digit_texts, idx_file, web::dom};
use experiment::data_words;
use js_sys::{Array, Uint8Array};
use model::data_set::{DataFile, DataSet};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStream, ReadableStreamDefaultReader};

#[wasm_bindgen]
extern "C" {
    /// The browser's own unpacking of gzip, which `web-sys` counts as unstable.
    type DecompressionStream;

    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;

    /// A stream of bytes that can be piped.
    type ByteStream;

    #[wasm_bindgen(method, catch, js_name = pipeThrough)]
    fn pipe_through(this: &ByteStream, through: &DecompressionStream) -> Result<ReadableStream, JsValue>;
}

/// The test images of a data set.
pub(super) struct TestImages {
    /// The data set.
    pub(super) data: DataSet,
    /// The bytes of all pixels, image after image.
    pixels: Uint8Array,
    /// A byte for each image.
    labels: Uint8Array,
}

impl TestImages {
    /// Unpacks the files of the images and of their labels. Files that are not packed are taken as they are. The error is
    /// a sentence.
    pub(super) async fn unpack(
        data: DataSet,
        images: Uint8Array,
        labels: Uint8Array,
    ) -> Result<TestImages, String> {
        let pixels = contents(&data, DataFile::TestImages, &images).await?;
        let labels = contents(&data, DataFile::TestLabels, &labels).await?;
        Ok(TestImages { data, pixels, labels })
    }

    /// The number of images.
    pub(super) fn count(&self) -> u32 {
        self.labels.length()
    }

    /// The bytes of an image.
    pub(super) fn bytes(&self, image: u32) -> Vec<u8> {
        let size = self.data.image.values() as u32;
        self.pixels.subarray(image * size, (image + 1) * size).to_vec()
    }

    /// The pixel values of an image in [0, 1], as networks are given them.
    pub(super) fn pixel_values(&self, image: u32) -> Vec<f32> {
        self.bytes(image).into_iter().map(|byte| f32::from(byte) / 255.0).collect()
    }

    /// The class that an image shows.
    pub(super) fn label(&self, image: u32) -> usize {
        usize::from(self.labels.get_index(image))
    }

    /// The class that each image shows.
    pub(super) fn labels(&self) -> Vec<u8> {
        self.labels.to_vec()
    }
}

/// How a file is called: that of a built-in data set by its path.
fn file_name(data: &DataSet, file: DataFile) -> String {
    if data.is_own() { data_words::title(data) } else { data.path(file) }
}

/// What a file contains behind its header.
async fn contents(data: &DataSet, file: DataFile, packed: &Uint8Array) -> Result<Uint8Array, String> {
    let start = |bytes: &Uint8Array| bytes.subarray(0, idx_file::HEADER_BYTES as u32).to_vec();
    let unpacked = match idx_file::is_gzip(&start(packed)) {
        false => packed.clone(),
        true => {
            let lost = |error| digit_texts::file_broken(&file_name(data, file), &dom::error_message(&error));
            unpack(packed, data.file_bytes(file) as u32).await.map_err(lost)?
        }
    };
    let header = idx_file::check(data, file, &start(&unpacked), u64::from(unpacked.length()))?;
    Ok(unpacked.subarray(header, unpacked.length()))
}

/// Unpacks a file up to `most` bytes; the rest, which should not be there, is left out, and the length then says so.
pub(super) async fn unpack(packed: &Uint8Array, most: u32) -> Result<Uint8Array, JsValue> {
    let stream: ByteStream = Blob::new_with_u8_array_sequence(&Array::of1(packed))?.stream().unchecked_into();
    let unpacking = stream.pipe_through(&DecompressionStream::new("gzip")?)?;
    let reader: ReadableStreamDefaultReader = unpacking.get_reader().unchecked_into();
    let bytes = Uint8Array::new_with_length(most);
    let mut length = 0;
    loop {
        let read = JsFuture::from(reader.read()).await?;
        let chunk = js_sys::Reflect::get(&read, &"value".into())?;
        let Ok(chunk) = chunk.dyn_into::<Uint8Array>() else { break };
        if length + chunk.length() > most {
            let _ = reader.cancel();
            return Err(digit_texts::file_too_long().into());
        }
        bytes.set(&chunk, length);
        length += chunk.length();
        dom::next_task().await;
    }
    Ok(bytes.subarray(0, length))
}
