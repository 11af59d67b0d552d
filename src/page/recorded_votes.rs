//! Some test images, and what the networks of the recorded run read in them: what the page shows of votes before any
//! network is there to be asked.
//!
//! The images are chosen by [`chosen_images`]. A vote is a class and a certainty, each in a byte. Certainties are told in
//! steps of half a percent: a byte stands for those above so many halves of a percent, up to the next, and is read as the
//! middle, within 0.25 points. Percentages as [`digit_texts::certainty`](crate::digit_texts::certainty) rounds them are
//! those of the certainty itself, because it rounds at bounds of steps.

use crate::votes::Vote;
use experiment::{arm::Arm, config::ExperimentConfig, job::JobId, job_graph::all_jobs};
use model::data_set::DataSet;

/// How many images are stored on which the smallest ticket and its re-init disagree, beside those of each class.
pub const DISAGREEMENTS: usize = 4;

/// The steps in which certainties are told.
const STEPS: f64 = 200.0;

/// A test image, with a vote of each network.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedImage {
    /// Its number in the test set, from 0.
    pub number: u32,
    /// The class that it shows.
    pub label: usize,
    /// The bytes of its pixels, row by row.
    pub pixels: Vec<u8>,
    /// The votes of the networks, in the order of [`all_jobs`].
    pub votes: Vec<Vote>,
}

/// The stored images of a run, in ascending order of their numbers. They are named by their places among them.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedVotes {
    /// The data set that they are of.
    pub data: DataSet,
    jobs: Vec<JobId>,
    /// The images as they are in the file, of which everything has been checked.
    bytes: Vec<u8>,
}

impl RecordedVotes {
    /// The number of images, at least one.
    pub fn count(&self) -> u32 {
        (self.bytes.len() / self.image_bytes()) as u32
    }

    fn image_bytes(&self) -> usize {
        HEAD + self.data.image.values() + 2 * self.jobs.len()
    }

    fn part(&self, image: u32, from: usize, bytes: usize) -> &[u8] {
        let start = image as usize * self.image_bytes() + from;
        self.bytes.get(start..start + bytes).unwrap_or_default()
    }

    /// The number of an image in the test set, and the class that it shows.
    pub fn number_and_label(&self, image: u32) -> Option<(u32, usize)> {
        let (number, label) = self.part(image, 0, HEAD).split_first_chunk()?;
        Some((u32::from_le_bytes(*number), usize::from(*label.first()?)))
    }

    /// The bytes of an image's pixels, row by row.
    pub fn pixels(&self, image: u32) -> &[u8] {
        self.part(image, HEAD, self.data.image.values())
    }

    /// What the network of a job reads in an image.
    pub fn vote(&self, image: u32, job: JobId) -> Option<Vote> {
        let network = self.jobs.iter().position(|other| *other == job)?;
        let vote = self.part(image, HEAD + self.data.image.values() + 2 * network, 2);
        Some(Vote { label: usize::from(*vote.first()?), certainty: certainty_of(*vote.last()?) })
    }

    /// The next image after `image`, or the first one, on which the networks of two jobs disagree. After the last comes the
    /// first again. `None` if they agree on all.
    pub fn next_disagreement(&self, (one, other): (JobId, JobId), image: Option<u32>) -> Option<u32> {
        let from = image.map_or(0, |image| image + 1);
        let read = |image: u32, job| self.vote(image, job).map(|vote| vote.label);
        let mut images = (from..from + self.count()).map(|image| image % self.count());
        images.find(|&image| read(image, one) != read(image, other))
    }

    /// The image that is shown first: the first one on which the smallest ticket and its re-init disagree.
    pub fn first_shown(&self) -> u32 {
        smallest_pair(&self.jobs).and_then(|pair| self.next_disagreement(pair, None)).unwrap_or(0)
    }

    /// The images as [`write`] takes them.
    pub fn images(&self) -> Vec<RecordedImage> {
        let image = |image: u32| {
            let (number, label) = self.number_and_label(image)?;
            let votes = self.jobs.iter().map(|&job| self.vote(image, job)).collect::<Option<_>>()?;
            Some(RecordedImage { number, label, pixels: self.pixels(image).to_vec(), votes })
        };
        (0..self.count()).filter_map(image).collect()
    }

    /// Whether images ascend, and classes and certainties are such.
    fn is_sound(&self) -> bool {
        let (classes, pixels) = (self.data.classes.len(), self.data.image.values());
        let mut least = 0;
        self.bytes.len().is_multiple_of(self.image_bytes())
            && self.count() > 0
            && (0..self.count()).all(|image| {
                let Some((number, label)) = self.number_and_label(image) else { return false };
                let ascends = number >= least && number < self.data.test_images;
                least = number.saturating_add(1);
                let votes = self.part(image, HEAD + pixels, 2 * self.jobs.len());
                let sound = |vote: &[u8]| usize::from(vote[0]) < classes && f64::from(vote[1]) < STEPS;
                ascends && label < classes && votes.chunks_exact(2).all(sound)
            })
    }
}

/// The ticket and the re-init of the last round in which both are trained.
pub fn smallest_pair(jobs: &[JobId]) -> Option<(JobId, JobId)> {
    let &ticket = jobs.iter().filter(|job| job.arm == Arm::Ticket).max_by_key(|job| job.round)?;
    let reinit = JobId { arm: Arm::Reinit, ..ticket };
    jobs.contains(&reinit).then_some((ticket, reinit))
}

/// The numbers of the test images that are stored, in ascending order: the first of each class, and the first
/// [`DISAGREEMENTS`] others on which two networks disagree. `labels` are the classes that the images show, `one` and `other`
/// those that the networks read.
pub fn chosen_images(labels: &[u8], classes: usize, one: &[u8], other: &[u8]) -> Vec<u32> {
    let mut chosen: Vec<usize> = (0..classes)
        .filter_map(|class| labels.iter().position(|&label| usize::from(label) == class))
        .collect();
    let disputed = (0..labels.len()).filter(|image| one[*image] != other[*image] && !chosen.contains(image));
    let disputed: Vec<usize> = disputed.take(DISAGREEMENTS).collect();
    chosen.extend(disputed);
    chosen.sort_unstable();
    chosen.into_iter().map(|image| image as u32).collect()
}

/// Writes images with their votes. `None` if one has a class that there is not, or not as many pixels and votes as it
/// should have, or if they do not ascend.
pub fn write(config: &ExperimentConfig, images: &[RecordedImage]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for image in images {
        bytes.extend(image.number.to_le_bytes());
        bytes.push(u8::try_from(image.label).ok()?);
        bytes.extend(&image.pixels);
        for vote in &image.votes {
            bytes.extend([u8::try_from(vote.label).ok()?, byte_of(vote.certainty)]);
        }
    }
    let is_whole = read(config, &bytes).is_some_and(|votes| votes.count() as usize == images.len());
    is_whole.then_some(bytes)
}

/// Reads what [`write`] has written, or returns `None` if it is something else.
pub fn read(config: &ExperimentConfig, bytes: &[u8]) -> Option<RecordedVotes> {
    let votes = RecordedVotes { data: config.data.clone(), jobs: all_jobs(config), bytes: bytes.to_vec() };
    votes.is_sound().then_some(votes)
}

/// The bytes of an image in front of its pixels: its number and its label.
const HEAD: usize = 5;

/// The byte of a certainty: how many whole steps are below it.
fn byte_of(certainty: f64) -> u8 {
    ((certainty * STEPS).ceil() - 1.0).clamp(0.0, STEPS - 1.0) as u8
}

/// The certainty of a byte: the middle of its step.
fn certainty_of(byte: u8) -> f64 {
    (f64::from(byte) + 0.5) / STEPS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digit_texts;
    use experiment::preset::Preset;

    fn images() -> Vec<RecordedImage> {
        let config = Preset::Quick.config();
        let votes = |image: u32| {
            let vote = |at: usize| Vote {
                label: (at * image as usize) % 10,
                certainty: certainty_of((at * 16) as u8),
            };
            (0..all_jobs(&config).len()).map(vote).collect()
        };
        let image = |number: u32| RecordedImage {
            number,
            label: number as usize % 10,
            pixels: (0..784).map(|at| (at * number % 251) as u8).collect(),
            votes: votes(number),
        };
        [0, 7, 9_999].map(image).into()
    }

    #[test]
    fn images_and_votes_are_read_as_they_were_written() {
        let (config, images) = (Preset::Quick.config(), images());
        let read = read(&config, &write(&config, &images).unwrap()).unwrap();
        assert_eq!((&read.images(), &read.data), (&images, &config.data));
        for (at, job) in all_jobs(&config).into_iter().enumerate() {
            assert_eq!(read.vote(1, job), Some(images[1].votes[at]));
        }
        assert_eq!(read.vote(3, read.jobs[0]), None);
        assert_eq!(read.vote(0, JobId { trial: 2, ..read.jobs[0] }), None);
        // On image 0 all votes are for class 0, on the others those of different networks differ.
        let pair = smallest_pair(&read.jobs).unwrap();
        assert_eq!((pair.0.round, pair.1.round), (config.rounds, config.rounds));
        assert_eq!(
            [None, Some(1), Some(2)].map(|now| read.next_disagreement(pair, now)),
            [1, 2, 1].map(Some)
        );
        assert_eq!(read.first_shown(), 1);
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        let (config, images) = (Preset::Quick.config(), images());
        let whole = write(&config, &images).unwrap();
        let image = whole.len() / 3;
        for length in (0..whole.len()).filter(|length| length % image != 0 || *length == 0) {
            assert!(read(&config, &whole[..length]).is_none(), "{length} bytes");
        }
        let with = |at: usize, byte: u8| {
            let mut other = whole.clone();
            other[at] = byte;
            read(&config, &other)
        };
        // Labels of an image and of a vote, a certainty, a number beyond the last, and one that is not greater.
        for (at, most) in [(4, 9), (image - 2, 9), (image - 1, 199)] {
            assert!(with(at, most).is_some() && with(at, most + 1).is_none(), "byte {at}");
        }
        assert!(with(2 * image + 2, 1).is_none() && with(image, 0).is_none());
        let without_vote = |image: &RecordedImage| RecordedImage { votes: vec![], ..image.clone() };
        let images: Vec<RecordedImage> = images.iter().map(without_vote).collect();
        assert!(write(&config, &images).is_none() && write(&config, &[]).is_none());
    }

    #[test]
    fn certainties_are_told_within_a_quarter_of_a_point_and_round_to_the_same_percentages() {
        let said = |certainty| digit_texts::certainty(Vote { label: 0, certainty });
        for at in 1..=9_999 {
            // No bound of a step is among them.
            let certainty = (f64::from(at) - 0.371_7) / 9_999.0;
            let told = certainty_of(byte_of(certainty));
            assert!((told - certainty).abs() <= 0.0025, "{certainty} is told as {told}");
            assert_eq!(said(told), said(certainty), "{certainty}");
        }
        for byte in 0..200 {
            assert_eq!(byte_of(certainty_of(byte)), byte);
        }
        assert_eq!([byte_of(1.0), byte_of(0.0)], [199, 0]);
    }

    #[test]
    fn images_are_chosen_by_the_rule() {
        let labels = [2, 0, 2, 1, 0, 1, 2, 2, 2];
        let (one, mut other) = ([0; 9], [0; 9]);
        assert_eq!(chosen_images(&labels, 3, &one, &other), [0, 1, 3]);
        // Of the first of a class it does not count that networks disagree on it.
        [0, 2, 5, 6, 7, 8].iter().for_each(|&image| other[image] = 1);
        assert_eq!(chosen_images(&labels, 3, &one, &other), [0, 1, 2, 3, 5, 6, 7]);
    }
}
