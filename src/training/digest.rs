//! The digest of a job's results. Two runs with equal digests agree bit for bit in all weights, biases, masks and
//! results, apart from the small chance of a collision.

use crate::trained_job::TrainedJob;

/// The 64-bit FNV-1a hash, applied to 32-bit words instead of bytes.
struct Fnv1aWords(u64);

impl Fnv1aWords {
    fn word(&mut self, word: u32) {
        self.0 = (self.0 ^ u64::from(word)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    fn float(&mut self, value: f32) {
        self.word(value.to_bits());
    }
}

impl TrainedJob {
    /// The digest of the final weights and biases, the next mask and the report, as 16 hexadecimal digits.
    pub fn digest(&self) -> String {
        let mut hash = Fnv1aWords(0xcbf2_9ce4_8422_2325);
        self.weights.iter().chain(&self.biases).for_each(|value| hash.float(*value));
        self.outputs.next_mask.iter().flatten().for_each(|alive| hash.word(u32::from(*alive)));
        let report = &self.report;
        report.alive.iter().for_each(|count| hash.word(*count));
        for point in &report.curve {
            hash.word(point.iteration);
            hash.float(point.loss);
            hash.word(point.accuracy.correct);
        }
        hash.word(report.early_stop);
        for accuracy in [report.test_early, report.test_end, report.train_early, report.train_end] {
            hash.word(accuracy.correct);
        }
        report.interpolated.iter().for_each(|accuracy| hash.word(accuracy.correct));
        if let Some(readings) = &report.label_noise {
            let counts = [readings.clean, readings.flipped, readings.restored];
            counts.iter().for_each(|accuracy| hash.word(accuracy.correct));
        }
        format!("{:016x}", hash.0)
    }
}
