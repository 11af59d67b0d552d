//! Asks trained networks what they make of images. The networks that came with a question stay, because setting one up
//! costs far more than reading an image.

use experiment::refusals::Refusal;
use kernels::reader::{Activations, NetworkReader, PixelGradient};
use model::packed::unpack_parameters_of_any_mask;
use protocol::{
    network_question::{NetworkName, NetworkQuestion, NetworkReading},
    payload::{Payload, PayloadItem},
};
use std::collections::BTreeMap;

/// The largest number of images in a question. They are read together, and each takes room in every network.
pub(super) const MOST_IMAGES: usize = 64;

/// The networks that the worker has been sent.
#[derive(Default)]
pub(super) struct KnownNetworks(BTreeMap<NetworkName, NetworkReader>);

impl KnownNetworks {
    /// Answers a question. The error says what did not arrive, or which network is not there.
    pub(super) fn answer(&mut self, question: NetworkQuestion, payload: Payload) -> Result<Payload, Refusal> {
        question.forget.iter().for_each(|name| _ = self.0.remove(name));
        let mut items = payload.0.into_iter();
        let images = items.next().and_then(PayloadItem::into_floats).ok_or(Refusal::NetworksNotWhole)?;
        for name in &question.sent {
            let bits = items.next().and_then(PayloadItem::into_bytes);
            let values = items.next().and_then(PayloadItem::into_floats);
            let network = bits.zip(values).and_then(|(bits, values)| set_up(&question, &bits, &values));
            self.0.insert(*name, network.ok_or(Refusal::NetworksNotWhole)?);
        }
        let pixels = question.model.input.values();
        let count = images.len() / pixels;
        if count * pixels != images.len() || !(1..=MOST_IMAGES).contains(&count) {
            return Err(Refusal::NetworkImages { most: MOST_IMAGES, pixels });
        }
        if let NetworkReading::PixelGradient { labels } = &question.reading {
            let classes = question
                .model
                .layers
                .len()
                .checked_sub(1)
                .map(|last| question.model.layer_sizes()[last].outputs());
            if labels.len() != count || labels.iter().any(|&label| Some(usize::from(label)) >= classes) {
                return Err(Refusal::NetworkLabels);
            }
        }
        let mut answer = vec![];
        for name in &question.networks {
            let network = self.0.get_mut(name).ok_or(Refusal::NoSuchNetwork(name.job))?;
            // Networks have room for one image, because most questions are about one and room costs time and memory.
            let read = images.chunks_exact(pixels).enumerate();
            let arrays = read.map(|(number, image)| read_image(network, &question.reading, image, number));
            answer.extend(join(arrays));
        }
        Ok(Payload(answer.into_iter().map(PayloadItem::Floats).collect()))
    }
}

fn set_up(question: &NetworkQuestion, bits: &[u8], values: &[f32]) -> Option<NetworkReader> {
    let (mask, weights, biases) = unpack_parameters_of_any_mask(&question.model, bits, values)?;
    Some(NetworkReader::new(&question.model, &mask, &weights, &biases, 1))
}

/// The arrays that a network answers for one image.
fn read_image(
    network: &mut NetworkReader,
    reading: &NetworkReading,
    image: &[f32],
    number: usize,
) -> Vec<Vec<f32>> {
    match reading {
        NetworkReading::Logits => vec![network.logits(image).concat()],
        NetworkReading::Activations => {
            let Activations { mut hidden, logits } = network.activations(image);
            hidden.push(logits.concat());
            hidden
        }
        NetworkReading::PixelGradient { labels } => {
            let PixelGradient { gradient, logits } = network.pixel_gradient(image, &labels[number..=number]);
            vec![gradient, logits.concat()]
        }
    }
}

/// Puts the arrays of several images one behind the other.
fn join(images: impl Iterator<Item = Vec<Vec<f32>>>) -> Vec<Vec<f32>> {
    images
        .reduce(|mut all, next| {
            all.iter_mut().zip(next).for_each(|(all, next)| all.extend(next));
            all
        })
        .unwrap_or_default()
}
