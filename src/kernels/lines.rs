//! The sparse network's inner loops. The values of one feature for some images are a line; each surviving weight costs
//! one line.

use super::simd::Sum;
use std::ops::Range;
use wide::f32x4;

/// Images in a line.
pub const IMAGES: usize = 32;

/// One feature of some images.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(128))]
pub struct Line(pub [f32; IMAGES]);

impl Line {
    /// All zero.
    pub const ZERO: Line = Line([0.0; IMAGES]);
}

/// Calls a function with as many vectors as the images of a tile fill: a batch of 60 leaves 28 for its second tile.
macro_rules! for_images {
    ($images:expr, $name:ident($($argument:expr),* $(,)?)) => {
        if $images == 28 { $name::<3, 1>($($argument),*) } else { $name::<4, 0>($($argument),*) }
    };
}
pub(super) use for_images;

/// Rows of terms, such as a unit's surviving weights.
#[derive(Default)]
pub struct Terms {
    /// The rows, in the order in which they are worked off.
    pub rows: Vec<Row>,
    /// Each term's line.
    pub index: Vec<u32>,
}

/// A row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row {
    /// Its own line.
    pub line: u32,
    /// Where its terms begin.
    pub start: u32,
    /// Where they end.
    pub end: u32,
}

impl Terms {
    /// With these rows, in this order, and for each its terms' lines.
    pub fn new(rows: &[usize], terms: impl Fn(usize) -> Vec<u32>) -> Terms {
        let mut index = vec![];
        let row = |line: &usize| {
            let start = index.len() as u32;
            index.extend(terms(*line));
            Row { line: *line as u32, start, end: index.len() as u32 }
        };
        Terms { rows: rows.iter().map(row).collect(), index }
    }

    /// Each row's line and where its terms are.
    #[inline(always)]
    pub fn iter(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        self.rows.iter().map(|row| (row.line as usize, row.start as usize..row.end as usize))
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
/// pass and, with the columns of its weights, its input gradient. `V` and `T` say how many images, as in [`Sum`].
#[inline]
pub fn product<const V: usize, const T: usize>(
    terms: &Terms,
    value: &[f32],
    lines: &[Line],
    first: Option<&[f32]>,
    then: Then<'_>,
    out: &mut [Line],
) {
    for (row, range) in terms.iter() {
        let mut sum = Sum::<V, T>::splat(first.map_or(0.0, |first| first[row]));
        for (&i, &x) in terms.index[range.clone()].iter().zip(&value[range]) {
            sum.add_scaled(x, Sum::load(&lines[i as usize].0));
        }
        let sum = match then {
            Then::Keep => sum,
            Then::Relu => sum.where_positive(sum),
            Then::Gate(gate) => sum.where_positive(Sum::load(&gate[row].0)),
        };
        sum.store(&mut out[row].0);
    }
}

/// `out[index[k]] += value[k] × lines[r]` over the terms `k` of each row `r` that `counts`: a forward pass by column, in
/// which a row that does not count costs nothing. For each line of `out` the rows come in the order of `terms`.
#[inline]
pub fn add_spread<const V: usize, const T: usize>(
    terms: &Terms,
    counts: impl Fn(usize) -> bool,
    value: &[f32],
    lines: &[Line],
    out: &mut [Line],
) {
    for (row, range) in terms.iter().filter(|(row, _)| counts(*row)) {
        let line = Sum::<V, T>::load(&lines[row].0);
        for (&i, &x) in terms.index[range.clone()].iter().zip(&value[range]) {
            let out = &mut out[i as usize].0;
            let mut sum = Sum::<V, T>::load(out);
            sum.add_scaled(x, line);
            sum.store(out);
        }
    }
}

/// ReLU.
#[inline]
pub fn relu<const V: usize, const T: usize>(lines: &mut [Line]) {
    for line in lines {
        let sum = Sum::<V, T>::load(&line.0);
        sum.where_positive(sum).store(&mut line.0);
    }
}

/// Adds a tile's part of a layer's weight gradient: to `out[k]` the dot product of `rows[r]` with `lines[index[k]]`, over
/// the terms `k` of each row `r` that `counts`. Either side may be the units' gradient, the other is their inputs.
#[inline]
pub fn add_dots<const V: usize, const T: usize>(
    terms: &Terms,
    counts: impl Fn(usize) -> bool,
    rows: &[Line],
    lines: &[Line],
    out: &mut [f32],
) {
    for (row, range) in terms.iter().filter(|(row, _)| counts(*row)) {
        let row = Sum::<V, T>::load(&rows[row].0);
        let dot = |i: u32| row.dot(&lines[i as usize].0);
        let (fours, rest) = terms.index[range.clone()].as_chunks::<4>();
        let (out, out_rest) = out[range].as_chunks_mut::<4>();
        for (index, out) in fours.iter().zip(out) {
            // Four at once share one reduction.
            let [a, b, c, d] = f32x4::transpose(index.map(dot));
            *out = (f32x4::new(*out) + ((a + c) + (b + d))).to_array();
        }
        for (&i, out) in rest.iter().zip(out_rest) {
            *out += sum4(dot(i));
        }
    }
}

/// Adds to each number the sum of its line: a tile's part of a layer's bias gradient.
#[inline]
pub fn add_sums<const V: usize, const T: usize>(lines: &[Line], out: &mut [f32]) {
    for (line, out) in lines.iter().zip(out) {
        *out += sum4(Sum::<V, T>::load(&line.0).fold());
    }
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
                product::<4, 0>(&terms, &value, &matrix, first, then, &mut out);
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
    fn spreads_agree_with_arithmetic() {
        let (matrix, terms, value) =
            (lines(4, 3), terms(), (0..13).map(|k| k as f32 - 6.0).collect::<Vec<_>>());
        let before = lines(9, 5);
        for dark in [9, 2, 3] {
            let mut out = before.clone();
            add_spread::<4, 0>(&terms, |row| row != dark, &value, &matrix, &mut out);
            let mut expected = before.clone();
            for (row, range) in terms.iter().filter(|(row, _)| *row != dark) {
                for k in range {
                    let to = &mut expected[terms.index[k] as usize].0;
                    to.iter_mut().zip(matrix[row].0).for_each(|(to, x)| *to += value[k] * x);
                }
            }
            assert_eq!(out, expected, "without row {dark}");
            relu::<4, 0>(&mut out);
            let positive = |line: &Line| Line(line.0.map(|x| if x > 0.0 { x } else { 0.0 }));
            assert_eq!(out, expected.iter().map(positive).collect::<Vec<_>>());
        }
    }

    #[test]
    fn gradients_agree_with_arithmetic() {
        let (matrix, delta, terms) = (lines(9, 7), lines(4, 9), terms());
        for dark in [9, 2, 3] {
            let mut weights = vec![0.5; 13];
            add_dots::<4, 0>(&terms, |row| row != dark, &delta, &matrix, &mut weights);
            for (row, range) in terms.iter() {
                for k in range {
                    let pairs = delta[row].0.iter().zip(matrix[terms.index[k] as usize].0);
                    let dot = if row == dark { 0.0 } else { pairs.map(|(a, b)| a * b).sum::<f32>() };
                    assert_eq!(weights[k], 0.5 + dot, "weight {k} without row {dark}");
                }
            }
        }
        let mut biases = vec![0.25; 4];
        add_sums::<4, 0>(&delta, &mut biases);
        let sum = |line: &Line| 0.25 + line.0.iter().sum::<f32>();
        assert_eq!(biases, delta.iter().map(sum).collect::<Vec<_>>());
    }
}
