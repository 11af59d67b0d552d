//! Softmax cross-entropy, its gradient, and the right answers.

use crate::simd::{HALF_VECTOR_LANES, load4, padded};
use wide::{bytemuck::cast, f32x4, i32x4};

/// Distance from one image's logits to the next's, for a number of classes: they are padded to whole vectors.
pub fn logits_stride(classes: usize) -> usize {
    padded(classes)
}

/// What a pass over a batch gives: the summed loss and the number of correct answers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LossAndCorrect {
    /// Cross-entropy summed over the images, nats.
    pub loss: f64,
    /// Images whose largest logit is their label's; of equal logits the first counts.
    pub correct: u32,
}

/// Scores `logits` (images, [`logits_stride`]) of so many classes against the images' labels.
pub fn loss_and_correct(logits: &[f32], classes: usize, labels: impl Iterator<Item = u8>) -> LossAndCorrect {
    score(logits, classes, labels, |_| {})
}

/// Scores `logits` as [`loss_and_correct`] does, and gives the class predicted for each image, in their order, to
/// `predict`.
pub(crate) fn score(
    logits: &[f32],
    classes: usize,
    labels: impl Iterator<Item = u8>,
    mut predict: impl FnMut(u8),
) -> LossAndCorrect {
    let mut score = LossAndCorrect::default();
    for (row, label) in logits.chunks_exact(logits_stride(classes)).zip(labels) {
        let best = predicted_class(&row[..classes]);
        predict(best);
        score.correct += u32::from(best == label);
        let largest = largest(row, classes);
        let vectors = (0..row.len() / HALF_VECTOR_LANES).map(|v| exponentials(row, classes, v, largest));
        let sum = lane_sum(vectors.fold(f32x4::ZERO, |sum, vector| sum + vector));
        score.loss += f64::from(libm::logf(sum) - (row[usize::from(label)] - largest));
    }
    score
}

/// The class of the largest of an image's logits; of equal ones the first counts, and so does class 0 if none can be
/// compared, as after training has diverged.
#[inline]
pub fn predicted_class(logits: &[f32]) -> u8 {
    (1..logits.len()).fold(0, |best, k| if logits[k] > logits[best] { k } else { best }) as u8
}

/// Turns `logits` (images, [`logits_stride`]) of so many classes into the gradient of the mean loss of `images` images.
pub fn into_gradient(logits: &mut [f32], classes: usize, labels: impl Iterator<Item = u8>, images: usize) {
    let scale = 1.0 / images as f32;
    for (row, label) in logits.chunks_exact_mut(logits_stride(classes)).zip(labels) {
        let (largest, mut sum) = (largest(row, classes), f32x4::ZERO);
        for v in 0..row.len() / HALF_VECTOR_LANES {
            let vector = exponentials(row, classes, v, largest);
            sum += vector;
            row[HALF_VECTOR_LANES * v..][..HALF_VECTOR_LANES].copy_from_slice(vector.as_array());
        }
        let share = scale / lane_sum(sum);
        row.iter_mut().for_each(|e| *e *= share);
        row[usize::from(label)] -= scale;
    }
}

/// Vector `v` of an image's logits. What the last one has beyond the classes is replaced by its first classes, which cannot
/// change a maximum.
#[inline(always)]
fn logit_vector(row: &[f32], classes: usize, v: usize) -> f32x4 {
    let (logits, left) = (&row[HALF_VECTOR_LANES * v..], classes - HALF_VECTOR_LANES * v);
    match left {
        1 => f32x4::splat(logits[0]),
        2 => f32x4::new([logits[0], logits[1], logits[0], logits[1]]),
        3 => f32x4::new([logits[0], logits[1], logits[2], logits[0]]),
        _ => load4(logits),
    }
}

/// The largest of an image's logits.
#[inline(always)]
fn largest(row: &[f32], classes: usize) -> f32 {
    let vectors = (1..row.len() / HALF_VECTOR_LANES).map(|v| logit_vector(row, classes, v));
    let largest = vectors.fold(logit_vector(row, classes, 0), f32x4::fast_max);
    let [p, q, r, s] = largest.to_array();
    p.max(q).max(r.max(s))
}

/// What softmax is made of: vector `v` of the exponentials of an image's logits less the largest; zero beyond the classes.
#[inline(always)]
fn exponentials(row: &[f32], classes: usize, v: usize, largest: f32) -> f32x4 {
    let e = exp(logit_vector(row, classes, v) - f32x4::splat(largest)).to_array();
    let left = classes - HALF_VECTOR_LANES * v;
    f32x4::new(std::array::from_fn(|k| if k < left { e[k] } else { 0.0 }))
}

#[inline(always)]
fn lane_sum(sum: f32x4) -> f32 {
    let [p, q, r, s] = sum.to_array();
    (p + r) + (q + s)
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
        let logits = |classes: usize, larger: &[usize]| -> Vec<f32> {
            (0..classes).map(|k| if larger.contains(&k) { 2.0 } else { -1.0 }).collect()
        };
        for classes in [2, 3, 10, 100] {
            for first in 0..classes {
                for second in first..classes {
                    let predicted = predicted_class(&logits(classes, &[second, first]));
                    assert_eq!(usize::from(predicted), first);
                }
            }
            assert_eq!(predicted_class(&vec![f32::NAN; classes]), 0);
        }
        // What is predicted is what counts as correct, image by image.
        let rows = [row(&logits(10, &[3])), row(&logits(10, &[9, 4])), row(&[0.0; 10])].concat();
        let mut predicted = vec![];
        let scored = score(&rows, 10, [3, 9, 0].into_iter(), |class| predicted.push(class));
        assert_eq!((&predicted[..], scored.correct), (&[3, 4, 0][..], 2));
    }

    /// One image's logits; the padding must not matter.
    fn row(logits: &[f32]) -> Vec<f32> {
        let mut row = logits.to_vec();
        row.resize(logits_stride(logits.len()), 1e9);
        row
    }

    #[test]
    fn loss_and_gradient_agree_with_double_precision() {
        let scattered = |classes: usize| (0..classes).map(|k| (k * k * 7919 % 1013) as f32 / 100.0 - 4.0);
        let ten = [
            vec![0.0; 10],
            vec![1.0, -2.0, 3.5, 0.25, -0.5, 9.0, 2.0, -7.0, 8.5, 1.5],
            vec![-300.0, -310.0, -305.0, -301.0, -333.0, -400.0, -299.5, -300.5, -302.0, -299.0],
        ];
        // Every number of classes, so that the last vector has each number of lanes.
        for logits in ten.into_iter().chain((2..=100).map(|classes| scattered(classes).collect())) {
            let classes = logits.len();
            let z: Vec<f64> = logits.iter().copied().map(f64::from).collect();
            let largest = z.iter().copied().fold(f64::MIN, f64::max);
            let sum: f64 = z.iter().map(|z| (z - largest).exp()).sum();
            for label in 0..classes {
                let mut row = row(&logits);
                let scored = loss_and_correct(&row, classes, [label as u8].into_iter());
                let expected = sum.ln() + largest - z[label];
                assert!(
                    (scored.loss - expected).abs() < 1e-5 * expected.max(1.0),
                    "{} {expected}",
                    scored.loss
                );
                let first = z.iter().position(|z| *z == largest);
                assert_eq!(scored.correct, u32::from(first == Some(label)));
                into_gradient(&mut row, classes, [label as u8].into_iter(), 4);
                for (k, z) in z.iter().enumerate() {
                    let target = if k == label { 1.0 } else { 0.0 };
                    let expected = ((z - largest).exp() / sum - target) / 4.0;
                    assert!((f64::from(row[k]) - expected).abs() < 1e-7, "{k}: {} {expected}", row[k]);
                }
            }
        }
    }
}
