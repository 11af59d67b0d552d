//! Lights up the pictures of the networks by what their units make of the image in the figure of digits.

use crate::web::{
    digits::DigitsFigure,
    network_figure::{NetworkFigure, NetworkInput},
};
use experiment::job::JobId;
use std::rc::Rc;

/// What the pictures show of an image.
#[derive(Default)]
pub(super) struct LitNetwork {
    /// The image, the number of networks that have read it, and the jobs whose networks are in the pictures.
    shown: Option<(Rc<[f32]>, usize, Vec<JobId>)>,
}

impl LitNetwork {
    /// Shows the newest answer in the pictures, if it or they are others than before.
    pub(super) fn show(&mut self, digits: &DigitsFigure, network: &mut NetworkFigure) {
        let jobs = network.jobs();
        let now = digits.readings().map(|readings| (readings.pixels.clone(), readings.networks.len(), jobs));
        let same = match (&now, &self.shown) {
            (None, None) => true,
            (Some(now), Some(shown)) => {
                Rc::ptr_eq(&now.0, &shown.0) && (now.1, &now.2) == (shown.1, &shown.2)
            }
            _ => false,
        };
        if same {
            return;
        }
        let input = now.as_ref().zip(digits.readings()).map(|((pixels, _, jobs), readings)| {
            let layers = |job: &JobId| {
                let reading = readings.of(*job)?;
                Some(reading.hidden.iter().chain([&reading.logits]).cloned().collect())
            };
            NetworkInput { pixels: pixels.to_vec(), activations: jobs.iter().map(layers).collect() }
        });
        network.set_input(input);
        self.shown = now;
    }
}
