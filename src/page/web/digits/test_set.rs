//! The test images of the digits figure: unpacked when somebody wants one.

use crate::web::{
    digits::{DigitsFigure, Images},
    test_images::TestImages,
};
use model::data_set::DataSet;

impl DigitsFigure {
    /// Notes that the test images are wanted.
    pub(super) fn want_images(&mut self) {
        if matches!(self.images, Images::Unasked | Images::Failed(_)) {
            self.images = Images::Asked;
        }
    }

    /// The data set whose test images are to be unpacked now. It is returned once.
    pub(in crate::web) fn images_to_unpack(&mut self) -> Option<DataSet> {
        matches!(self.images, Images::Asked).then(|| {
            self.images = Images::Unpacking;
            self.data.clone()
        })
    }

    /// Whether test images are wanted that are not here.
    pub(in crate::web) fn wants_images(&self) -> bool {
        matches!(self.images, Images::Asked)
    }

    /// Takes the unpacked test images of a data set. The error is a sentence.
    pub(in crate::web) fn take_images(&mut self, data: &DataSet, images: Result<TestImages, String>) {
        if *data != self.data || !matches!(self.images, Images::Unpacking) {
            return;
        }
        self.images = images.map_or_else(Images::Failed, Images::Here);
        self.dirty = true;
        if let (Images::Here(_), Some(step)) = (&self.images, self.awaited_step.take()) {
            self.step(step);
        }
    }

    /// The test images, if they are unpacked.
    pub(in crate::web) fn images_here(&self) -> Option<&TestImages> {
        if let Images::Here(images) = &self.images { Some(images) } else { None }
    }
}
