//! The sparse network's inner loops. The values of one feature for some images are a line; each surviving weight costs
//! one line.

use crate::{layer::InputOrigin, simd::Accumulators};
use std::ops::Range;
use wide::f32x4;

/// Images in a line.
pub(crate) const LINE_IMAGES: usize = 32;

/// One feature of some images.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(128))]
pub(crate) struct Line(pub(crate) [f32; LINE_IMAGES]);

impl Line {
    /// All zero.
    pub(crate) const ZERO: Line = Line([0.0; LINE_IMAGES]);
}

/// Calls the function for 28 images (the second tile of a batch of 60) or for a full line of 32. In a partly filled
/// tile the unused lanes are computed and ignored.
macro_rules! for_images {
    ($images:expr, $name:ident($($argument:expr),* $(,)?)) => {
        if $images == 28 { $name::<3, 1>($($argument),*) } else { $name::<4, 0>($($argument),*) }
    };
}
pub(crate) use for_images;

/// Images of a quad: the granularity at which zero values are tracked.
pub(crate) const QUAD_IMAGES: usize = 4;

/// A range of the quads of a line: those that may be non-zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct QuadRange {
    /// The first.
    pub(crate) first_image: usize,
    /// How many quads.
    pub(crate) quad_count: usize,
}

impl QuadRange {
    /// From the first set bit to the last; each bit stands for a quad.
    #[inline(always)]
    pub(crate) fn of(bits: u8) -> QuadRange {
        let (before, after) = (bits.trailing_zeros() as usize, bits.leading_zeros() as usize);
        QuadRange {
            first_image: before * QUAD_IMAGES,
            quad_count: (LINE_IMAGES / QUAD_IMAGES).saturating_sub(before + after),
        }
    }
}

/// Calls the function with as many vectors as the range fills, and with its first image; for an empty range it is not
/// called.
macro_rules! for_quad_range {
    ($range:expr, $name:ident($($argument:expr),* $(,)?)) => {
        match $range.quad_count {
            1 => $name::<0, 1>($range.first_image, $($argument),*),
            2 => $name::<1, 0>($range.first_image, $($argument),*),
            3 => $name::<1, 1>($range.first_image, $($argument),*),
            4 => $name::<2, 0>($range.first_image, $($argument),*),
            5 => $name::<2, 1>($range.first_image, $($argument),*),
            6 => $name::<3, 0>($range.first_image, $($argument),*),
            7 => $name::<3, 1>($range.first_image, $($argument),*),
            8 => $name::<4, 0>($range.first_image, $($argument),*),
            _ => {}
        }
    };
}

/// A sparse matrix in compressed rows (CSR), such as the surviving weights of each unit. It holds only where its terms
/// are, not their values.
pub(crate) struct SparseRows {
    /// The rows, in the order in which they are worked off.
    pub(crate) rows: Vec<SparseRow>,
    /// The column of each term: which line it scales.
    pub(crate) columns: Vec<u32>,
}

/// A row.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SparseRow {
    /// Its own line.
    pub(crate) line: u32,
    /// Where its terms begin.
    pub(crate) start: u32,
    /// Where they end.
    pub(crate) end: u32,
}

impl SparseRows {
    /// With these rows, in this order; `terms` gives the columns of each.
    pub(crate) fn new(rows: &[usize], terms: impl Fn(usize) -> Vec<u32>) -> SparseRows {
        let mut columns = vec![];
        let row = |line: &usize| {
            let start = columns.len() as u32;
            columns.extend(terms(*line));
            SparseRow { line: *line as u32, start, end: columns.len() as u32 }
        };
        SparseRows { rows: rows.iter().map(row).collect(), columns }
    }

    /// Each row's line and where its terms are.
    #[inline(always)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        self.rows.iter().map(|row| (row.line as usize, row.start as usize..row.end as usize))
    }
}

/// What is done with a sum before it is stored.
#[derive(Clone, Copy)]
pub(crate) enum Epilogue<'a> {
    /// Nothing.
    None,
    /// ReLU.
    Relu,
    /// Zero wherever the row's line here is not above zero: a ReLU's backward.
    ReluBackward(&'a [Line]),
}

impl<'a> Epilogue<'a> {
    /// That of the gradient of a layer's inputs.
    pub(crate) fn of_input_gradient(origin: InputOrigin, inputs: &'a [Line]) -> Epilogue<'a> {
        match origin {
            InputOrigin::Relu => Epilogue::ReluBackward(inputs),
            InputOrigin::Pixels => Epilogue::None,
        }
    }
}

/// `out[r] = first[r] + Σ value[k] × lines[columns[k]]` over the terms `k` of each row `r`. This is a layer's forward
/// pass and, with its weights by input, its input gradient. `FULL` and `HALF` say how many images, as in [`Accumulators`].
#[inline]
pub(crate) fn sparse_dense_product<const FULL: usize, const HALF: usize>(
    terms: &SparseRows,
    value: &[f32],
    lines: &[Line],
    first: Option<&[f32]>,
    epilogue: Epilogue<'_>,
    out: &mut [Line],
) {
    for (row, range) in terms.iter() {
        let mut sum = Accumulators::<FULL, HALF>::splat(first.map_or(0.0, |first| first[row]));
        for (&i, &x) in terms.columns[range.clone()].iter().zip(&value[range]) {
            sum.add_scaled(x, Accumulators::load(&lines[i as usize].0));
        }
        let sum = match epilogue {
            Epilogue::None => sum,
            Epilogue::Relu => sum.mask_where_positive(sum),
            Epilogue::ReluBackward(gate) => sum.mask_where_positive(Accumulators::load(&gate[row].0)),
        };
        sum.store(&mut out[row].0);
    }
}

/// `out[columns[k]] += value[k] × lines[r]` for every term `k` of every row `r`. Only the range of row `r` that may be
/// non-zero is read. This is the forward pass in input order (scatter). Each line of `out` sums its rows in the order
/// of `terms`.
#[inline]
pub(crate) fn scatter_add(
    terms: &SparseRows,
    quad_range: impl Fn(usize) -> QuadRange,
    value: &[f32],
    lines: &[Line],
    out: &mut [Line],
) {
    for (row, range) in terms.iter() {
        for_quad_range!(
            quad_range(row),
            scatter_add_row(&lines[row], &terms.columns[range.clone()], &value[range], out)
        );
    }
}

#[inline(always)]
fn scatter_add_row<const FULL: usize, const HALF: usize>(
    start: usize,
    line: &Line,
    columns: &[u32],
    value: &[f32],
    out: &mut [Line],
) {
    assert!(start + Accumulators::<FULL, HALF>::WIDTH <= LINE_IMAGES, "a range ends within its line");
    let line = Accumulators::<FULL, HALF>::load(&line.0[start..]);
    for (&i, &x) in columns.iter().zip(value) {
        let out = &mut out[i as usize].0[start..];
        let mut sum = Accumulators::<FULL, HALF>::load(out);
        sum.add_scaled(x, line);
        sum.store(out);
    }
}

/// ReLU.
#[inline]
pub(crate) fn relu<const FULL: usize, const HALF: usize>(lines: &mut [Line]) {
    for line in lines {
        let sum = Accumulators::<FULL, HALF>::load(&line.0);
        sum.mask_where_positive(sum).store(&mut line.0);
    }
}

/// Adds a tile's part of a layer's weight gradient: to `out[k]` the dot product of `rows[r]` with `lines[columns[k]]`,
/// for every term `k` of every row `r` for which `counts(r)` is true. One operand holds the gradients of the units, the
/// other holds their inputs.
#[inline]
pub(crate) fn add_weight_gradients<const FULL: usize, const HALF: usize>(
    terms: &SparseRows,
    counts: impl Fn(usize) -> bool,
    rows: &[Line],
    lines: &[Line],
    out: &mut [f32],
) {
    for (row, range) in terms.iter().filter(|(row, _)| counts(*row)) {
        add_row_dot_products::<FULL, HALF>(
            0,
            &rows[row],
            &terms.columns[range.clone()],
            lines,
            &mut out[range],
        );
    }
}

/// Like [`add_weight_gradients`], but reads only the range of each row that may be non-zero. Ranges of varying length
/// cause branch mispredictions, so this pays off only for rows with many weights.
#[inline]
pub(crate) fn add_weight_gradients_in_ranges(
    terms: &SparseRows,
    quad_range: impl Fn(usize) -> QuadRange,
    rows: &[Line],
    lines: &[Line],
    out: &mut [f32],
) {
    for (row, range) in terms.iter() {
        for_quad_range!(
            quad_range(row),
            add_row_dot_products(&rows[row], &terms.columns[range.clone()], lines, &mut out[range])
        );
    }
}

/// The result has the same bits for every range: values outside the range are zero, and the most that changes is the
/// order of the two operands of one addition.
#[inline(always)]
fn add_row_dot_products<const FULL: usize, const HALF: usize>(
    start: usize,
    row: &Line,
    columns: &[u32],
    lines: &[Line],
    out: &mut [f32],
) {
    assert!(start + Accumulators::<FULL, HALF>::WIDTH <= LINE_IMAGES, "a range ends within its line");
    let row = Accumulators::<FULL, HALF>::load(&row.0[start..]);
    let dot = |i: u32| row.dot(&lines[i as usize].0[start..]);
    let (fours, rest) = columns.as_chunks::<4>();
    let (out, out_rest) = out.as_chunks_mut::<4>();
    for (columns, out) in fours.iter().zip(out) {
        // Four at once share one reduction.
        let [a, b, c, d] = f32x4::transpose(columns.map(dot));
        *out = (f32x4::new(*out) + ((a + c) + (b + d))).to_array();
    }
    for (&i, out) in rest.iter().zip(out_rest) {
        *out += sum4(dot(i));
    }
}

/// Adds to each number the sum of its line: a tile's part of a layer's bias gradient.
#[inline]
pub(crate) fn add_bias_gradients<const FULL: usize, const HALF: usize>(lines: &[Line], out: &mut [f32]) {
    for (line, out) in lines.iter().zip(out) {
        *out += sum4(Accumulators::<FULL, HALF>::load(&line.0).reduce_to_four());
    }
}

/// The sum of four lanes.
#[inline(always)]
pub(crate) fn sum4(v: f32x4) -> f32 {
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
    fn terms() -> SparseRows {
        let columns = [vec![3], vec![], vec![0, 1, 2, 3, 8], vec![7, 6, 5, 4, 8, 8, 0]];
        SparseRows::new(&[2, 0, 3], |row| columns[row].clone())
    }

    #[test]
    fn products_agree_with_arithmetic() {
        let (matrix, gate, first) = (lines(9, 3), lines(4, 5), [1.0, 2.0, 3.0, -4.0]);
        let (terms, value) = (terms(), (0..13).map(|k| k as f32 - 6.0).collect::<Vec<_>>());
        for epilogue in [Epilogue::None, Epilogue::Relu, Epilogue::ReluBackward(&gate)] {
            for first in [None, Some(&first[..])] {
                let mut out = vec![Line([99.0; LINE_IMAGES]); 4];
                sparse_dense_product::<4, 0>(&terms, &value, &matrix, first, epilogue, &mut out);
                assert_eq!(out[1], Line([99.0; LINE_IMAGES]), "a line that is no row's");
                for (row, range) in terms.iter() {
                    for (lane, got) in out[row].0.iter().enumerate() {
                        let product = |k: usize| value[k] * matrix[terms.columns[k] as usize].0[lane];
                        let sum =
                            first.map_or(0.0, |first| first[row]) + range.clone().map(product).sum::<f32>();
                        let expected = match epilogue {
                            Epilogue::Relu if sum <= 0.0 => 0.0,
                            Epilogue::ReluBackward(gate) if gate[row].0[lane] <= 0.0 => 0.0,
                            _ => sum,
                        };
                        assert_eq!(*got, expected, "row {row}, lane {lane}");
                    }
                }
            }
        }
    }

    /// Every range there is, and the empty one.
    fn quad_ranges() -> impl Iterator<Item = QuadRange> {
        let bits = (0..=u8::MAX).filter(|bits| {
            let run = bits >> bits.trailing_zeros().min(7);
            run & run.wrapping_add(1) == 0
        });
        bits.map(QuadRange::of)
    }

    /// Zero outside of a range.
    fn within(line: &Line, quad_range: QuadRange) -> Line {
        let end = quad_range.first_image + quad_range.quad_count * QUAD_IMAGES;
        Line(std::array::from_fn(|lane| {
            if (quad_range.first_image..end).contains(&lane) { line.0[lane] } else { 0.0 }
        }))
    }

    #[test]
    fn spans_reach_from_the_first_bit_to_the_last() {
        assert_eq!(quad_ranges().count(), 37);
        assert_eq!(QuadRange::of(0).quad_count, 0);
        assert_eq!(QuadRange::of(0b0001_0100), QuadRange { first_image: 8, quad_count: 3 });
        assert_eq!(QuadRange::of(0b1000_0001), QuadRange { first_image: 0, quad_count: 8 });
        assert_eq!(QuadRange::of(0b1000_0000), QuadRange { first_image: 28, quad_count: 1 });
    }

    #[test]
    fn spreads_agree_with_arithmetic() {
        let (terms, value) = (terms(), (0..13).map(|k| k as f32 - 6.0).collect::<Vec<_>>());
        let before = lines(9, 5);
        for quad_range in quad_ranges() {
            let matrix: Vec<Line> = lines(4, 3).iter().map(|line| within(line, quad_range)).collect();
            let mut out = before.clone();
            scatter_add(&terms, |_| quad_range, &value, &matrix, &mut out);
            let mut expected = before.clone();
            for (row, range) in terms.iter() {
                for k in range {
                    let to = &mut expected[terms.columns[k] as usize].0;
                    to.iter_mut().zip(matrix[row].0).for_each(|(to, x)| *to += value[k] * x);
                }
            }
            assert_eq!(out, expected, "{quad_range:?}");
            relu::<4, 0>(&mut out);
            let positive = |line: &Line| Line(line.0.map(|x| if x > 0.0 { x } else { 0.0 }));
            assert_eq!(out, expected.iter().map(positive).collect::<Vec<_>>());
        }
    }

    #[test]
    fn gradients_agree_with_arithmetic() {
        let (matrix, delta, terms) = (lines(9, 7), lines(4, 9), terms());
        for quad_range in quad_ranges() {
            let rows: Vec<Line> = delta.iter().map(|line| within(line, quad_range)).collect();
            let (mut weights, mut in_ranges) = (vec![0.5; 13], vec![0.5; 13]);
            add_weight_gradients::<4, 0>(&terms, |_| true, &rows, &matrix, &mut weights);
            add_weight_gradients_in_ranges(&terms, |_| quad_range, &rows, &matrix, &mut in_ranges);
            assert_eq!(weights, in_ranges, "{quad_range:?}");
            let mut without = vec![0.5; 13];
            add_weight_gradients::<4, 0>(&terms, |row| row != 2, &rows, &matrix, &mut without);
            for (row, range) in terms.iter() {
                let expected = if row == 2 { &vec![0.5; 13] } else { &weights };
                assert_eq!(without[range.clone()], expected[range.clone()], "row {row} of all but 2");
                for k in range {
                    let pairs = rows[row].0.iter().zip(matrix[terms.columns[k] as usize].0);
                    assert_eq!(weights[k], 0.5 + pairs.map(|(a, b)| a * b).sum::<f32>(), "weight {k}");
                }
            }
        }
    }

    /// With numbers whose sums are rounded.
    #[test]
    fn dots_in_spans_have_the_same_bits() {
        let scale = |line: &Line| Line(line.0.map(|x| x / 7.0));
        let (matrix, delta): (Vec<Line>, Vec<Line>) =
            (lines(9, 7).iter().map(scale).collect(), lines(4, 9).iter().map(scale).collect());
        for quad_range in quad_ranges() {
            let rows: Vec<Line> = delta.iter().map(|line| within(line, quad_range)).collect();
            let (mut weights, mut in_ranges) = (vec![0.1; 13], vec![0.1; 13]);
            add_weight_gradients::<4, 0>(&terms(), |_| true, &rows, &matrix, &mut weights);
            add_weight_gradients_in_ranges(&terms(), |_| quad_range, &rows, &matrix, &mut in_ranges);
            assert_eq!(weights, in_ranges, "{quad_range:?}");
        }
    }

    #[test]
    fn bias_gradients_agree_with_arithmetic() {
        let delta = lines(4, 9);
        let mut biases = vec![0.25; 4];
        add_bias_gradients::<4, 0>(&delta, &mut biases);
        let sum = |line: &Line| 0.25 + line.0.iter().sum::<f32>();
        assert_eq!(biases, delta.iter().map(sum).collect::<Vec<_>>());
    }
}
