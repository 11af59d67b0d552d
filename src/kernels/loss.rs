//! Softmax cross-entropy, its gradient, and the right answers.

use crate::simd::load4;
use model::CLASSES;
use wide::{bytemuck::cast, f32x4, i32x4};

/// Distance from one image's logits to the next's: the ten classes and two numbers of padding.
pub const LOGITS_STRIDE: usize = 12;

/// What a pass over a batch gives: the summed loss and the number of correct answers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LossAndCorrect {
    /// Cross-entropy summed over the images, nats.
    pub loss: f64,
    /// Images whose largest logit is their label's; of equal logits the first counts.
    pub correct: u32,
}

/// Scores `logits` (images, [`LOGITS_STRIDE`]) against the images' labels.
pub fn loss_and_correct(logits: &[f32], labels: impl Iterator<Item = u8>) -> LossAndCorrect {
    score(logits, labels, |_| {})
}

/// Scores `logits` as [`loss_and_correct`] does, and gives the class predicted for each image, in their order, to
/// `predict`.
pub(crate) fn score(
    logits: &[f32],
    labels: impl Iterator<Item = u8>,
    mut predict: impl FnMut(u8),
) -> LossAndCorrect {
    let mut score = LossAndCorrect::default();
    for (row, label) in logits.as_chunks::<LOGITS_STRIDE>().0.iter().zip(labels) {
        let best = predicted_class(row.first_chunk().expect("a row holds all classes"));
        predict(best);
        score.correct += u32::from(best == label);
        let Exponentials { largest, sum, .. } = exponentials(row);
        score.loss += f64::from(libm::logf(sum) - (row[usize::from(label)] - largest));
    }
    score
}

/// The class of the largest of an image's logits; of equal ones the first counts, and so does class 0 if none can be
/// compared, as after training has diverged.
#[inline]
pub fn predicted_class(logits: &[f32; CLASSES]) -> u8 {
    (1..CLASSES).fold(0, |best, k| if logits[k] > logits[best] { k } else { best }) as u8
}

/// Turns `logits` (images, [`LOGITS_STRIDE`]) into the gradient of the mean loss of `images` images.
pub fn into_gradient(logits: &mut [f32], labels: impl Iterator<Item = u8>, images: usize) {
    let scale = 1.0 / images as f32;
    for (row, label) in logits.as_chunks_mut().0.iter_mut().zip(labels) {
        let Exponentials { vectors, sum, .. } = exponentials(row);
        let share = f32x4::splat(scale / sum);
        for (to, e) in row.as_chunks_mut().0.iter_mut().zip(vectors) {
            *to = (e * share).to_array();
        }
        row[usize::from(label)] -= scale;
    }
}

/// What softmax is made of.
struct Exponentials {
    /// The largest logit.
    largest: f32,
    /// Of each logit less the largest; zero beyond the classes.
    vectors: [f32x4; 3],
    sum: f32,
}

#[inline(always)]
fn exponentials(row: &[f32; LOGITS_STRIDE]) -> Exponentials {
    let (a, b) = (load4(row), load4(&row[4..]));
    // The last vector repeats classes 8 and 9 as padding; duplicates cannot change the maximum.
    let c = f32x4::new([row[8], row[9], row[8], row[9]]);
    let [p, q, r, s] = a.fast_max(b).fast_max(c).to_array();
    let largest = p.max(q).max(r.max(s));
    let shift = f32x4::splat(largest);
    let [e8, e9, ..] = exp(c - shift).to_array();
    let vectors = [exp(a - shift), exp(b - shift), f32x4::new([e8, e9, 0.0, 0.0])];
    let [p, q, r, s] = (vectors[0] + vectors[1] + vectors[2]).to_array();
    Exponentials { largest, vectors, sum: (p + r) + (q + s) }
}

/// `eˣ` for x ≤ 0, within two units in the last place; below −87 as at −87. The polynomial is that of `expf` in the
/// Cephes library (S. Moshier). Products and sums only, so that the bits are the same everywhere.
#[inline(always)]
fn exp(x: f32x4) -> f32x4 {
    /// At this size a float's last bit is one, so adding it rounds to a whole number.
    const ROUND: f32 = 12_582_912.0;
    const LN2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    const P: [f32; 6] = [1.987_569_2e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5];
    let lanes = f32x4::splat;
    let x = x.fast_max(lanes(-87.0));
    let shifted = x * lanes(std::f32::consts::LOG2_E) + lanes(ROUND);
    let n = shifted - lanes(ROUND);
    let x = x - n * lanes(LN2[0]) - n * lanes(LN2[1]);
    let p = P[1..].iter().fold(lanes(P[0]), |p, &next| p * x + lanes(next));
    // The whole number's bits, moved into the exponent of one.
    let power: f32x4 = cast((cast::<f32x4, i32x4>(shifted) << 23) + i32x4::splat(0x3f80_0000));
    (p * x * x + x + lanes(1.0)) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_agree_with_double_precision() {
        for k in 0..=87_000 {
            let x = -k as f32 / 1000.0;
            let [got, ..] = exp(f32x4::splat(x)).to_array();
            let expected = f64::from(x).exp();
            assert!((f64::from(got) - expected).abs() <= 2.4e-7 * expected, "exp({x}): {got} or {expected}");
        }
        assert_eq!(exp(f32x4::splat(0.0)).to_array(), [1.0; 4]);
        assert!(exp(f32x4::splat(f32::NEG_INFINITY)).to_array()[0] < 1.7e-38);
    }

    #[test]
    fn the_first_of_the_largest_logits_is_predicted() {
        let logits = |larger: &[usize]| std::array::from_fn(|k| if larger.contains(&k) { 2.0 } else { -1.0 });
        for first in 0..CLASSES {
            for second in first..CLASSES {
                assert_eq!(usize::from(predicted_class(&logits(&[second, first]))), first);
            }
        }
        assert_eq!(predicted_class(&[f32::NAN; CLASSES]), 0);
        // What is predicted is what counts as correct, image by image.
        let rows = [row(logits(&[3])), row(logits(&[9, 4])), row([0.0; CLASSES])];
        let mut predicted = vec![];
        let scored = score(rows.as_flattened(), [3, 9, 0].into_iter(), |class| predicted.push(class));
        assert_eq!((&predicted[..], scored.correct), (&[3, 4, 0][..], 2));
    }

    /// One image's logits; the last two numbers must not matter.
    fn row(logits: [f32; CLASSES]) -> [f32; LOGITS_STRIDE] {
        std::array::from_fn(|k| logits.get(k).copied().unwrap_or(1e9))
    }

    #[test]
    fn loss_and_gradient_agree_with_double_precision() {
        for logits in [
            [0.0; CLASSES],
            [1.0, -2.0, 3.5, 0.25, -0.5, 9.0, 2.0, -7.0, 8.5, 1.5],
            [-300.0, -310.0, -305.0, -301.0, -333.0, -400.0, -299.5, -300.5, -302.0, -299.0],
        ] {
            let z = logits.map(f64::from);
            let largest = z.iter().copied().fold(f64::MIN, f64::max);
            let sum: f64 = z.iter().map(|z| (z - largest).exp()).sum();
            for label in 0..CLASSES {
                let mut row = row(logits);
                let scored = loss_and_correct(&row, [label as u8].into_iter());
                let expected = sum.ln() + largest - z[label];
                assert!(
                    (scored.loss - expected).abs() < 1e-5 * expected.max(1.0),
                    "{} {expected}",
                    scored.loss
                );
                let first = z.iter().position(|z| *z == largest);
                assert_eq!(scored.correct, u32::from(first == Some(label)));
                into_gradient(&mut row, [label as u8].into_iter(), 4);
                for (k, z) in z.iter().enumerate() {
                    let target = if k == label { 1.0 } else { 0.0 };
                    let expected = ((z - largest).exp() / sum - target) / 4.0;
                    assert!((f64::from(row[k]) - expected).abs() < 1e-7, "{k}: {} {expected}", row[k]);
                }
            }
        }
    }
}
