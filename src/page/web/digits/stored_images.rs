//! The images that are stored with the recorded run. While it is on the screen, the canvas shows one of them, and steps lead
//! from one to another.

use crate::{
    digit_texts,
    image_step::ImageStep,
    preview::Preview,
    web::digits::{DigitsFigure, OnCanvas},
};
use model::data_set::DataSet;

impl DigitsFigure {
    /// Shows a stored image on the empty canvas when the recorded run comes, and takes it away when that goes.
    pub(super) fn follow_preview(&mut self, preview: Option<&Preview>) {
        if self.recorded.is_some() == preview.is_some() {
            return;
        }
        self.recorded = preview.map(|preview| preview.votes().clone());
        self.dirty = true;
        match &self.recorded {
            Some(stored) if self.on_canvas == OnCanvas::Nothing => self.show_stored(stored.first_shown()),
            None if self.is_stored() => self.clear(),
            _ => {}
        }
    }

    /// Whether a stored image is on the canvas.
    pub(super) fn is_stored(&self) -> bool {
        matches!(self.on_canvas, OnCanvas::Recorded(..))
    }

    /// The data set that the image on the canvas is of.
    pub(super) fn data_on_canvas(&self) -> &DataSet {
        match &self.recorded {
            Some(stored) if self.is_stored() => &stored.data,
            _ => &self.data,
        }
    }

    /// Whether steps lead through the stored images.
    pub(super) fn steps_through_stored(&self) -> bool {
        self.recorded.is_some()
    }

    /// Puts another stored image on the canvas.
    pub(super) fn step_through_stored(&mut self, step: ImageStep) {
        let Some(stored) = &self.recorded else { return };
        let now = if let OnCanvas::Recorded(place, ..) = self.on_canvas { Some(place) } else { None };
        let next_disagreement = || stored.next_disagreement(self.compared?.0, now);
        match step.target(now, stored.count(), &next_disagreement) {
            Some(image) => self.show_stored(image),
            None => {
                self.remark = Some(digit_texts::no_stored_disagreement().into());
                self.dirty = true;
            }
        }
    }

    fn show_stored(&mut self, image: u32) {
        let Some(stored) = &self.recorded else { return };
        let Some((number, label)) = stored.number_and_label(image) else { return };
        let pixels = stored.pixels(image).iter().map(|&byte| f32::from(byte) / 255.0).collect();
        self.on_canvas = OnCanvas::Recorded(image, number, label);
        self.awaited_step = None;
        self.changed(Some(pixels));
    }
}
