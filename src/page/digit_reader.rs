//! Asks the networks about the image of the digits figure, one question at a time: while an answer is awaited, only the
//! newest image is remembered.

use crate::worker_pool::NetworkAnswers;
use experiment::job::JobId;
use protocol::payload::ArrayId;
use std::rc::Rc;

/// What a network makes of an image.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageReading {
    /// The network's job.
    pub job: JobId,
    /// What the units of each hidden layer give after the ReLU, lowest layer first.
    pub hidden: Vec<Vec<f32>>,
    /// The logits of the classes.
    pub logits: Vec<f32>,
}

/// What all networks make of one image.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageReadings {
    /// The pixel values of the image in [0, 1].
    pub pixels: Rc<[f32]>,
    /// What each network makes of it, in the order of the table.
    pub networks: Vec<ImageReading>,
}

impl ImageReadings {
    /// What the network of a job makes of the image.
    pub fn of(&self, job: JobId) -> Option<&ImageReading> {
        self.networks.iter().find(|reading| reading.job == job)
    }
}

/// The image, what is asked about it, and the newest answer.
#[derive(Debug, Default)]
pub struct DigitReader {
    pixels: Option<Rc<[f32]>>,
    /// The networks that can be asked, each with the array of its last parameters: one that is trained again is another.
    networks: Vec<(JobId, ArrayId)>,
    /// Whether the image or the networks are others than when they were last asked about.
    changed: bool,
    /// The image that is being asked about. Its answer is dropped if the networks or the image have gone since.
    asked: Option<Rc<[f32]>>,
    answer_unwanted: bool,
    readings: Option<ImageReadings>,
    error: Option<String>,
}

impl DigitReader {
    /// Replaces the image, or removes it and all that was read in it.
    pub fn set_image(&mut self, pixels: Option<Vec<f32>>) {
        self.pixels = pixels.map(Rc::from);
        self.changed = true;
        if self.pixels.is_none() {
            self.forget_readings();
        }
    }

    /// Sets which networks can be asked. Returns whether they are others than before.
    pub fn set_networks(&mut self, networks: Vec<(JobId, ArrayId)>) -> bool {
        if networks == self.networks {
            return false;
        }
        // Where a network has become another one or has gone, a new run has begun, or it was trained again.
        if !self.networks.iter().all(|network| networks.contains(network)) {
            self.forget_readings();
        }
        self.networks = networks;
        self.changed = true;
        true
    }

    fn forget_readings(&mut self) {
        (self.readings, self.error) = (None, None);
        self.answer_unwanted = self.asked.is_some();
    }

    /// The pixel values to ask about now, or `None` if there is nothing new to ask, or an answer is awaited.
    pub fn next_question(&mut self) -> Option<Vec<f32>> {
        if !self.changed || self.asked.is_some() || self.networks.is_empty() {
            return None;
        }
        self.asked = Some(self.pixels.clone()?);
        (self.changed, self.answer_unwanted) = (false, false);
        self.asked.as_deref().map(<[f32]>::to_vec)
    }

    /// Takes the answer to the last question. The error is a sentence.
    pub fn take_answer(&mut self, answer: Result<NetworkAnswers, String>) {
        let (Some(pixels), false) = (self.asked.take(), self.answer_unwanted) else { return };
        match answer {
            Ok(networks) => {
                let networks = networks.into_iter().map(|(name, mut arrays)| {
                    let logits = arrays.pop().unwrap_or_default();
                    ImageReading { job: name.job, hidden: arrays, logits }
                });
                self.readings = Some(ImageReadings { pixels, networks: networks.collect() });
                self.error = None;
            }
            Err(message) => self.error = Some(message),
        }
    }

    /// The image.
    pub fn pixels(&self) -> Option<&Rc<[f32]>> {
        self.pixels.as_ref()
    }

    /// The newest answer. Its image may be a little older than the newest one.
    pub fn readings(&self) -> Option<&ImageReadings> {
        self.readings.as_ref()
    }

    /// Why the last question was not answered.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::arm::Arm;
    use protocol::network_question::{NetworkMoment, NetworkName};

    const JOB: JobId = JobId { trial: 1, arm: Arm::Ticket, round: 0, draw: 0, twin: false };

    fn answer(logit: f32) -> Result<NetworkAnswers, String> {
        let name = NetworkName { job: JOB, moment: NetworkMoment::Last };
        Ok(vec![(name, vec![vec![0.5], vec![logit]])])
    }

    fn reader() -> DigitReader {
        let mut reader = DigitReader::default();
        assert!(reader.set_networks(vec![(JOB, ArrayId(1))]));
        reader
    }

    #[test]
    fn one_question_at_a_time_and_the_newest_image_wins() {
        let mut reader = reader();
        assert_eq!(reader.next_question(), None);
        reader.set_image(Some(vec![1.0]));
        assert_eq!(reader.next_question(), Some(vec![1.0]));
        for pixel in [2.0, 3.0] {
            reader.set_image(Some(vec![pixel]));
            assert_eq!(reader.next_question(), None);
        }
        reader.take_answer(answer(7.0));
        let readings = reader.readings().unwrap();
        let ImageReading { hidden, logits, .. } = readings.of(JOB).unwrap();
        assert_eq!(
            (&readings.pixels[..], &hidden[..], &logits[..]),
            (&[1.0][..], &[vec![0.5]][..], &[7.0][..])
        );
        assert_eq!(reader.next_question(), Some(vec![3.0]));
        reader.take_answer(answer(8.0));
        assert_eq!(reader.next_question(), None);
    }

    #[test]
    fn networks_that_come_are_asked_and_those_that_go_take_their_answers_along() {
        let mut reader = reader();
        reader.set_image(Some(vec![1.0]));
        assert!(reader.next_question().is_some());
        reader.take_answer(answer(7.0));
        let both = vec![(JOB, ArrayId(1)), (JobId { round: 1, ..JOB }, ArrayId(2))];
        assert!(reader.set_networks(both.clone()) && !reader.set_networks(both));
        assert!(reader.readings().is_some(), "what the others have read stays");
        assert!(reader.next_question().is_some());
        reader.set_networks(vec![]);
        assert_eq!(reader.readings(), None);
        reader.take_answer(answer(9.0));
        assert_eq!(reader.readings(), None);
        assert_eq!(reader.next_question(), None, "there is nobody to ask");
        reader.set_networks(vec![(JOB, ArrayId(5))]);
        assert!(reader.next_question().is_some(), "the image is still there");
    }

    #[test]
    fn a_late_answer_does_not_bring_back_an_image_that_is_gone() {
        let mut reader = reader();
        reader.set_image(Some(vec![1.0]));
        reader.next_question();
        reader.set_image(None);
        reader.take_answer(answer(7.0));
        assert_eq!(reader.readings(), None);
        assert_eq!(reader.next_question(), None);
        reader.set_image(Some(vec![2.0]));
        assert!(reader.next_question().is_some());
        reader.take_answer(Err("The reader has gone.".into()));
        assert_eq!(reader.error(), Some("The reader has gone."));
        assert_eq!(reader.next_question(), None);
    }
}
