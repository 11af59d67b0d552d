//! What is sent beside a message: typed arrays and texts. A large array inside the message itself would be taken apart
//! and put together number by number, so it goes beside it.

use experiment::job_data::{JobInputs, JobOutputs};

/// One thing that is sent beside a message.
#[derive(Clone, Debug, PartialEq)]
pub enum PayloadItem {
    /// Nothing, in the place of an array that is not there.
    Absent,
    /// Bytes, such as a mask.
    Bytes(Vec<u8>),
    /// Numbers, such as the parameters of a network.
    Floats(Vec<f32>),
    /// A text, such as that of a report file.
    Text(String),
    /// An array that the page keeps outside of its memory. Only the page knows it by this number; a copy of it is sent.
    Kept(ArrayId),
}

/// Identifies an array that the page keeps on the JavaScript side. A number is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArrayId(pub u32);

/// Everything that is sent beside a message, in the order that the message's variant describes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Payload(pub Vec<PayloadItem>);

impl Payload {
    /// The payload of a message with nothing beside it.
    pub const NONE: Payload = Payload(Vec::new());

    /// The number of bytes of its arrays, but for kept ones, and of its texts.
    pub fn bytes(&self) -> usize {
        let bytes = |item: &PayloadItem| match item {
            PayloadItem::Bytes(bytes) => bytes.len(),
            PayloadItem::Floats(floats) => 4 * floats.len(),
            PayloadItem::Text(text) => text.len(),
            PayloadItem::Absent | PayloadItem::Kept(_) => 0,
        };
        self.0.iter().map(bytes).sum()
    }

    /// A payload of byte arrays.
    pub fn from_byte_arrays(arrays: Vec<Vec<u8>>) -> Payload {
        Payload(arrays.into_iter().map(PayloadItem::Bytes).collect())
    }

    /// A payload of texts.
    pub fn from_texts(texts: Vec<String>) -> Payload {
        Payload(texts.into_iter().map(PayloadItem::Text).collect())
    }

    /// The byte arrays, or `None` if there is anything else.
    pub fn into_byte_arrays(self) -> Option<Vec<Vec<u8>>> {
        self.0.into_iter().map(PayloadItem::into_bytes).collect()
    }

    /// The texts, or `None` if there is anything else.
    pub fn into_texts(self) -> Option<Vec<String>> {
        let text = |item| if let PayloadItem::Text(text) = item { Some(text) } else { None };
        self.0.into_iter().map(text).collect()
    }

    /// The text, or `None` if there is not exactly one text and nothing else.
    pub fn into_text(self) -> Option<String> {
        let [text] = <[String; 1]>::try_from(self.into_texts()?).ok()?;
        Some(text)
    }

    /// The inputs of a job. What did not arrive is `None`; [`JobInputs::check`] finds it.
    pub fn into_job_inputs(self) -> JobInputs {
        let mut items = self.0.into_iter();
        JobInputs {
            mask: items.next().and_then(PayloadItem::into_bytes),
            parameters: items.next().and_then(PayloadItem::into_floats),
            first: items.next().and_then(PayloadItem::into_floats),
            sibling: items.next().and_then(PayloadItem::into_floats),
        }
    }

    /// The outputs of a job. What did not arrive is `None`.
    pub fn into_job_outputs(self) -> JobOutputs {
        let mut items = self.0.into_iter();
        JobOutputs {
            next_mask: items.next().and_then(PayloadItem::into_bytes),
            rewind_parameters: items.next().and_then(PayloadItem::into_floats),
            final_parameters: items.next().and_then(PayloadItem::into_floats),
        }
    }
}

/// The mask as bytes; the parameters, the first parameters of a file and those of a twin's sibling as numbers.
impl From<JobInputs> for Payload {
    fn from(inputs: JobInputs) -> Payload {
        Payload(vec![
            PayloadItem::bytes_or_absent(inputs.mask),
            PayloadItem::floats_or_absent(inputs.parameters),
            PayloadItem::floats_or_absent(inputs.first),
            PayloadItem::floats_or_absent(inputs.sibling),
        ])
    }
}

/// The next mask as bytes, the parameters to rewind to and the final ones as numbers.
impl From<JobOutputs> for Payload {
    fn from(outputs: JobOutputs) -> Payload {
        Payload(vec![
            PayloadItem::bytes_or_absent(outputs.next_mask),
            PayloadItem::floats_or_absent(outputs.rewind_parameters),
            PayloadItem::floats_or_absent(outputs.final_parameters),
        ])
    }
}

impl PayloadItem {
    fn bytes_or_absent(bytes: Option<Vec<u8>>) -> PayloadItem {
        bytes.map_or(PayloadItem::Absent, PayloadItem::Bytes)
    }

    fn floats_or_absent(floats: Option<Vec<f32>>) -> PayloadItem {
        floats.map_or(PayloadItem::Absent, PayloadItem::Floats)
    }

    /// The number under which the page keeps the array, if it does.
    pub fn kept(&self) -> Option<ArrayId> {
        if let PayloadItem::Kept(id) = self { Some(*id) } else { None }
    }

    /// The bytes, or `None` if it is something else.
    pub fn into_bytes(self) -> Option<Vec<u8>> {
        if let PayloadItem::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// The numbers, or `None` if it is something else.
    pub fn into_floats(self) -> Option<Vec<f32>> {
        if let PayloadItem::Floats(floats) = self { Some(floats) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn job_data_comes_out_as_it_went_in_with_every_array_there_or_not() {
        for absent in 0..16 {
            let is_there = |bit: u32| absent & (1 << bit) == 0;
            let outputs = JobOutputs {
                next_mask: is_there(0).then(|| vec![1, 0, 1]),
                rewind_parameters: is_there(1).then(|| vec![0.5]),
                final_parameters: is_there(2).then(|| vec![-0.5, 2.0]),
            };
            assert_eq!(Payload::from(outputs.clone()).into_job_outputs(), outputs);
            let JobOutputs { next_mask: mask, rewind_parameters: parameters, final_parameters: first } =
                outputs;
            let inputs = JobInputs { mask, parameters, first, sibling: is_there(3).then(|| vec![4.0]) };
            assert_eq!(Payload::from(inputs.clone()).into_job_inputs(), inputs);
        }
        assert_eq!(Payload::NONE.into_job_inputs(), JobInputs::default());
    }

    #[test]
    fn lists_come_out_whole_or_not_at_all() {
        let arrays = vec![vec![1, 2], vec![]];
        let texts = vec!["one".to_owned(), String::new()];
        assert_eq!(Payload::from_byte_arrays(arrays.clone()).into_byte_arrays(), Some(arrays.clone()));
        assert_eq!(Payload::from_texts(texts.clone()).into_texts(), Some(texts.clone()));
        assert_eq!(Payload::from_texts(texts.clone()).into_text(), None, "two texts are not one");
        assert_eq!(Payload::from_texts(texts[..1].to_vec()).into_text(), Some("one".into()));
        let mut mixed = Payload::from_byte_arrays(arrays);
        mixed.0.extend(Payload::from_texts(texts).0);
        assert_eq!((mixed.clone().into_byte_arrays(), mixed.into_texts()), (None, None));
    }
}
