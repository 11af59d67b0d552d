//! The sparse network's inner loops. The values of one feature for sixteen images are a cache line, and a layer's
//! lines for those images fit into the first-level cache together: each surviving weight costs one line there.

use super::simd::load8;
use wide::{f32x4, f32x8};

/// Images in a line.
pub const IMAGES: usize = 16;

/// One feature of sixteen images.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct Line(pub [f32; IMAGES]);

impl Line {
    /// All zero.
    pub const ZERO: Line = Line([0.0; IMAGES]);

    #[inline(always)]
    fn load(&self) -> [f32x8; 2] {
        [load8(&self.0), load8(&self.0[8..])]
    }

    #[inline(always)]
    fn store(&mut self, [low, high]: [f32x8; 2]) {
        let (low, high) = (low.to_array(), high.to_array());
        self.0[..8].copy_from_slice(&low);
        self.0[8..].copy_from_slice(&high);
    }
}

/// Rows of terms: row `r` has the terms from `start[r]` to `start[r + 1]`.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// One entry more than rows.
    pub start: &'a [u32],
    /// Each term's line.
    pub index: &'a [u32],
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

/// `out[r] = first[r] + Σ value[k] × lines[index[k]]` over the terms `k` of each row `r` in `rows`. This is a layer's
/// forward pass and, with the columns of its weights, its input gradient.
#[inline]
pub fn product(
    rows: &[u32],
    terms: Terms<'_>,
    value: &[f32],
    lines: &[Line],
    first: Option<&[f32]>,
    then: Then<'_>,
    out: &mut [Line],
) {
    for &row in rows {
        let row = row as usize;
        let range = terms.start[row] as usize..terms.start[row + 1] as usize;
        let (pairs, rest) = terms.index[range.clone()].as_chunks::<2>();
        let (values, last) = value[range].as_chunks::<2>();
        // Two chains of sums, for an addition takes longer than it takes to begin the next.
        let mut even = [f32x8::splat(first.map_or(0.0, |first| first[row])); 2];
        let mut odd = [f32x8::splat(0.0); 2];
        for (&[i, j], &[v, w]) in pairs.iter().zip(values) {
            add_scaled(&mut even, v, &lines[i as usize]);
            add_scaled(&mut odd, w, &lines[j as usize]);
        }
        if let (&[i], &[v]) = (rest, last) {
            add_scaled(&mut even, v, &lines[i as usize]);
        }
        let sum = [even[0] + odd[0], even[1] + odd[1]];
        out[row].store(match then {
            Then::Keep => sum,
            Then::Relu => where_positive(sum, sum),
            Then::Gate(gate) => where_positive(sum, gate[row].load()),
        });
    }
}

#[inline(always)]
fn add_scaled(sum: &mut [f32x8; 2], x: f32, line: &Line) {
    let (x, [low, high]) = (f32x8::splat(x), line.load());
    sum[0] += x * low;
    sum[1] += x * high;
}

#[inline(always)]
fn where_positive(x: [f32x8; 2], gate: [f32x8; 2]) -> [f32x8; 2] {
    let zero = f32x8::splat(0.0);
    [x[0] & gate[0].simd_gt(zero), x[1] & gate[1].simd_gt(zero)]
}

/// Adds these sixteen images' part of a layer's gradient: to `weights[k]` the dot product of the row's line of `delta`
/// with `lines[index[k]]` for each term `k` of each row in `rows`, and to `biases[r]` the sum of the row's line.
#[inline]
pub fn add_gradient(
    rows: &[u32],
    terms: Terms<'_>,
    delta: &[Line],
    lines: &[Line],
    weights: &mut [f32],
    biases: &mut [f32],
) {
    for &row in rows {
        let row = row as usize;
        let delta = delta[row].load();
        biases[row] += sum4(fold(delta[0] + delta[1]));
        let range = terms.start[row] as usize..terms.start[row + 1] as usize;
        let (fours, rest) = terms.index[range.clone()].as_chunks::<4>();
        let (out, out_rest) = weights[range].as_chunks_mut::<4>();
        for (index, out) in fours.iter().zip(out) {
            *out = (f32x4::new(*out) + dot4(delta, lines, *index)).to_array();
        }
        if let Some(&first) = rest.first() {
            let mut index = [first; 4];
            index[..rest.len()].copy_from_slice(rest);
            for (out, dot) in out_rest.iter_mut().zip(dot4(delta, lines, index).to_array()) {
                *out += dot;
            }
        }
    }
}

/// Four dot products with `a`: four at once share one reduction.
#[inline(always)]
fn dot4(a: [f32x8; 2], lines: &[Line], index: [u32; 4]) -> f32x4 {
    let products = index.map(|i| {
        let [low, high] = lines[i as usize].load();
        fold(a[0] * low + a[1] * high)
    });
    let [a, b, c, d] = f32x4::transpose(products);
    (a + c) + (b + d)
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

    const START: [u32; 5] = [0, 0, 1, 6, 13];
    const INDEX: [u32; 13] = [3, 0, 1, 2, 3, 8, 7, 6, 5, 4, 8, 8, 0];
    const ROWS: [u32; 3] = [0, 2, 3];

    #[test]
    fn products_agree_with_arithmetic() {
        let (matrix, gate, first) = (lines(9, 3), lines(4, 5), [1.0, 2.0, 3.0, -4.0]);
        let value: Vec<f32> = (0..13).map(|k| k as f32 - 6.0).collect();
        for then in [Then::Keep, Then::Relu, Then::Gate(&gate)] {
            for first in [None, Some(&first[..])] {
                let mut out = vec![Line([99.0; IMAGES]); 4];
                let terms = Terms { start: &START, index: &INDEX };
                product(&ROWS, terms, &value, &matrix, first, then, &mut out);
                for (row, line) in out.iter().enumerate() {
                    for (lane, got) in line.0.iter().enumerate() {
                        let range = START[row] as usize..START[row + 1] as usize;
                        let sum: f32 = range.map(|k| value[k] * matrix[INDEX[k] as usize].0[lane]).sum();
                        let sum = first.map_or(0.0, |first| first[row]) + sum;
                        let expected = match then {
                            _ if row == 1 => 99.0,
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
        let (matrix, delta) = (lines(9, 7), lines(4, 9));
        let (mut weights, mut biases) = (vec![0.5; 13], vec![0.25; 4]);
        let terms = Terms { start: &START, index: &INDEX };
        add_gradient(&ROWS, terms, &delta, &matrix, &mut weights, &mut biases);
        for row in 0..4 {
            let used = ROWS.contains(&(row as u32));
            let sum: f32 = delta[row].0.iter().sum();
            assert_eq!(biases[row], 0.25 + if used { sum } else { 0.0 });
            for k in START[row] as usize..START[row + 1] as usize {
                let pairs = delta[row].0.iter().zip(matrix[INDEX[k] as usize].0);
                let dot: f32 = pairs.map(|(a, b)| a * b).sum();
                assert_eq!(weights[k], 0.5 + if used { dot } else { 0.0 }, "weight {k}");
            }
        }
    }
}
