//! The sparse network's inner loops. The values of one feature for some images are a line; each surviving weight costs
//! one line.

use super::simd::{LANES, load8};
use std::ops::Range;
use wide::{f32x4, f32x8};

/// Images in a line.
pub const IMAGES: usize = 32;
/// Vectors in a line.
const VECTORS: usize = IMAGES / LANES;

/// One feature of some images.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(128))]
pub struct Line(pub [f32; IMAGES]);

impl Line {
    /// All zero.
    pub const ZERO: Line = Line([0.0; IMAGES]);

    #[inline(always)]
    fn load(&self) -> [f32x8; VECTORS] {
        std::array::from_fn(|j| load8(&self.0[j * LANES..]))
    }

    #[inline(always)]
    fn store(&mut self, values: [f32x8; VECTORS]) {
        for (to, v) in self.0.as_chunks_mut::<LANES>().0.iter_mut().zip(values) {
            *to = v.to_array();
        }
    }
}

/// Rows of terms, such as a unit's surviving weights.
pub struct Terms {
    /// The line that each row makes.
    pub rows: Vec<u32>,
    /// Where each row's terms begin; one entry more than rows.
    pub start: Vec<u32>,
    /// Each term's line.
    pub index: Vec<u32>,
}

impl Terms {
    /// With these rows, in this order, and for each its terms' lines.
    pub fn new(rows: &[usize], terms: impl Fn(usize) -> Vec<u32>) -> Terms {
        let (mut start, mut index) = (vec![0], vec![]);
        for &row in rows {
            index.extend(terms(row));
            start.push(index.len() as u32);
        }
        Terms { rows: rows.iter().map(|&row| row as u32).collect(), start, index }
    }

    /// Each row's line and where its terms are.
    #[inline(always)]
    pub fn iter(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        let ends = self.start.windows(2).map(|ends| ends[0] as usize..ends[1] as usize);
        self.rows.iter().map(|&row| row as usize).zip(ends)
    }
}

/// What is done with a sum before it is stored.
#[derive(Clone, Copy)]
pub enum Then<'a> {
    /// Nothing.
    Keep,
    /// ReLU.
    Relu,
    /// Zero wherever the row's line here is not above zero: a ReLU's backward.
    Gate(&'a [Line]),
}

/// `out[r] = first[r] + Σ value[k] × lines[index[k]]` over the terms `k` of each row `r`. This is a layer's forward
/// pass and, with the columns of its weights, its input gradient.
#[inline]
pub fn product(
    terms: &Terms,
    value: &[f32],
    lines: &[Line],
    first: Option<&[f32]>,
    then: Then<'_>,
    out: &mut [Line],
) {
    for (row, range) in terms.iter() {
        let mut sum = [f32x8::splat(first.map_or(0.0, |first| first[row])); VECTORS];
        for (&i, &x) in terms.index[range.clone()].iter().zip(&value[range]) {
            add_scaled(&mut sum, x, &lines[i as usize]);
        }
        out[row].store(match then {
            Then::Keep => sum,
            Then::Relu => where_positive(sum, sum),
            Then::Gate(gate) => where_positive(sum, gate[row].load()),
        });
    }
}

#[inline(always)]
fn add_scaled(sum: &mut [f32x8; VECTORS], x: f32, line: &Line) {
    let x = f32x8::splat(x);
    for (sum, line) in sum.iter_mut().zip(line.load()) {
        *sum += x * line;
    }
}

#[inline(always)]
fn where_positive(x: [f32x8; VECTORS], gate: [f32x8; VECTORS]) -> [f32x8; VECTORS] {
    std::array::from_fn(|j| x[j] & gate[j].simd_gt(f32x8::splat(0.0)))
}

/// Adds a tile's part of a layer's gradient: to `weights[k]` the dot product of the row's line of `delta` with
/// `lines[index[k]]` for each term `k` of each row, and to `biases[r]` the sum of the row's line.
#[inline]
pub fn add_gradient(terms: &Terms, delta: &[Line], lines: &[Line], weights: &mut [f32], biases: &mut [f32]) {
    for (row, range) in terms.iter() {
        let delta = delta[row].load();
        biases[row] += sum4(fold(total(delta)));
        let (fours, rest) = terms.index[range.clone()].as_chunks::<4>();
        let (out, out_rest) = weights[range].as_chunks_mut::<4>();
        for (index, out) in fours.iter().zip(out) {
            *out = (f32x4::new(*out) + dot4(delta, lines, *index)).to_array();
        }
        for (&i, out) in rest.iter().zip(out_rest) {
            *out += sum4(dot(delta, &lines[i as usize]));
        }
    }
}

/// The products of two lines, added up to four lanes.
#[inline(always)]
fn dot(a: [f32x8; VECTORS], line: &Line) -> f32x4 {
    let line = line.load();
    fold(total(std::array::from_fn(|j| a[j] * line[j])))
}

/// Four dot products with `a`: four at once share one reduction.
#[inline(always)]
fn dot4(a: [f32x8; VECTORS], lines: &[Line], index: [u32; 4]) -> f32x4 {
    let products = index.map(|i| dot(a, &lines[i as usize]));
    let [a, b, c, d] = f32x4::transpose(products);
    (a + c) + (b + d)
}

/// The sum of a line's vectors.
#[inline(always)]
fn total(v: [f32x8; VECTORS]) -> f32x8 {
    let mut sum = v[0];
    for v in &v[1..] {
        sum += *v;
    }
    sum
}

/// The upper half on the lower.
#[inline(always)]
fn fold(v: f32x8) -> f32x4 {
    let [a, b, c, d, e, f, g, h] = v.to_array();
    f32x4::new([a, b, c, d]) + f32x4::new([e, f, g, h])
}

#[inline(always)]
fn sum4(v: f32x4) -> f32 {
    let [a, b, c, d] = v.to_array();
    (a + c) + (b + d)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small whole numbers, so that sums are exact in any order.
    fn lines(n: usize, seed: u32) -> Vec<Line> {
        let mut x = seed;
        let mut next = || {
            x = x.wrapping_mul(48_271) % 0x7fff_ffff;
            (x % 17) as f32 - 8.0
        };
        (0..n).map(|_| Line(std::array::from_fn(|_| next()))).collect()
    }

    /// Three rows of a matrix of four, out of order.
    fn terms() -> Terms {
        let index = [vec![3], vec![], vec![0, 1, 2, 3, 8], vec![7, 6, 5, 4, 8, 8, 0]];
        Terms::new(&[2, 0, 3], |row| index[row].clone())
    }

    #[test]
    fn products_agree_with_arithmetic() {
        let (matrix, gate, first) = (lines(9, 3), lines(4, 5), [1.0, 2.0, 3.0, -4.0]);
        let (terms, value) = (terms(), (0..13).map(|k| k as f32 - 6.0).collect::<Vec<_>>());
        for then in [Then::Keep, Then::Relu, Then::Gate(&gate)] {
            for first in [None, Some(&first[..])] {
                let mut out = vec![Line([99.0; IMAGES]); 4];
                product(&terms, &value, &matrix, first, then, &mut out);
                assert_eq!(out[1], Line([99.0; IMAGES]), "a line that is no row's");
                for (row, range) in terms.iter() {
                    for (lane, got) in out[row].0.iter().enumerate() {
                        let product = |k: usize| value[k] * matrix[terms.index[k] as usize].0[lane];
                        let sum =
                            first.map_or(0.0, |first| first[row]) + range.clone().map(product).sum::<f32>();
                        let expected = match then {
                            Then::Relu if sum <= 0.0 => 0.0,
                            Then::Gate(gate) if gate[row].0[lane] <= 0.0 => 0.0,
                            _ => sum,
                        };
                        assert_eq!(*got, expected, "row {row}, lane {lane}");
                    }
                }
            }
        }
    }

    #[test]
    fn gradients_agree_with_arithmetic() {
        let (matrix, delta, terms) = (lines(9, 7), lines(4, 9), terms());
        let (mut weights, mut biases) = (vec![0.5; 13], vec![0.25; 4]);
        add_gradient(&terms, &delta, &matrix, &mut weights, &mut biases);
        assert_eq!(biases[1], 0.25, "a bias that is no row's");
        for (row, range) in terms.iter() {
            assert_eq!(biases[row], 0.25 + delta[row].0.iter().sum::<f32>());
            for k in range {
                let pairs = delta[row].0.iter().zip(matrix[terms.index[k] as usize].0);
                assert_eq!(weights[k], 0.5 + pairs.map(|(a, b)| a * b).sum::<f32>(), "weight {k}");
            }
        }
    }
}
