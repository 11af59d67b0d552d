//! The inner loops, in safe Rust on `wide`'s fixed lanes. The order of every sum is fixed by the source, so the same
//! input gives the same bits with SSE, AVX or SIMD128.

use wide::{f32x4, f32x8};

/// Lanes of the widest vector; rows are stored in multiples of [`HALF_VECTOR_LANES`].
pub(crate) const VECTOR_LANES: usize = 8;
/// Rows are padded to a multiple of this.
pub(crate) const HALF_VECTOR_LANES: usize = 4;

/// `n` rounded up to whole half vectors.
pub(crate) fn padded(n: usize) -> usize {
    n.next_multiple_of(HALF_VECTOR_LANES)
}

/// Eight numbers from the front of a slice.
#[inline(always)]
pub(crate) fn load8(from: &[f32]) -> f32x8 {
    let lanes: [f32; 8] = from[..8].try_into().expect("eight numbers");
    f32x8::new(lanes)
}

/// Four numbers from the front of a slice.
#[inline(always)]
pub(crate) fn load4(from: &[f32]) -> f32x4 {
    let lanes: [f32; 4] = from[..4].try_into().expect("four numbers");
    f32x4::new(lanes)
}

/// The lanes, but zero for those that are subnormal. Processors take ten to a hundred times as long for such numbers, and a moment
/// whose gradients have become zero would stay one: 0.9 times the smallest is rounded to itself. What is not a number stays
/// so, for diverged training has to be seen.
#[inline(always)]
pub(crate) fn without_subnormals(lanes: f32x8) -> f32x8 {
    lanes.abs().simd_lt(f32x8::splat(f32::MIN_POSITIVE)).select(f32x8::ZERO, lanes)
}

#[inline(always)]
fn halves(v: f32x8) -> (f32x4, f32x4) {
    let [a, b, c, d, e, f, g, h] = v.to_array();
    (f32x4::new([a, b, c, d]), f32x4::new([e, f, g, h]))
}

/// A matrix stored row by row in one slice; a sum selects some of its rows.
#[derive(Clone, Copy)]
pub(crate) struct StridedRows<'a> {
    /// The numbers.
    pub(crate) data: &'a [f32],
    /// Distance from one row to the next; a multiple of [`HALF_VECTOR_LANES`].
    pub(crate) stride: usize,
}

/// Sums in registers: `FULL` whole vectors of lanes, then `HALF` halves.
#[derive(Clone, Copy)]
pub(crate) struct Accumulators<const FULL: usize, const HALF: usize> {
    whole: [f32x8; FULL],
    half: [f32x4; HALF],
}

impl<const FULL: usize, const HALF: usize> Accumulators<FULL, HALF> {
    /// Lanes of it.
    pub(crate) const WIDTH: usize = FULL * VECTOR_LANES + HALF * HALF_VECTOR_LANES;

    /// The same number in every lane.
    #[inline(always)]
    pub(crate) fn splat(x: f32) -> Self {
        Accumulators { whole: [f32x8::splat(x); FULL], half: [f32x4::splat(x); HALF] }
    }

    /// From the front of a slice.
    #[inline(always)]
    pub(crate) fn load(from: &[f32]) -> Self {
        let from = &from[..Self::WIDTH];
        Accumulators {
            whole: std::array::from_fn(|j| load8(&from[j * VECTOR_LANES..])),
            half: std::array::from_fn(|j| load4(&from[FULL * VECTOR_LANES + j * HALF_VECTOR_LANES..])),
        }
    }

    /// To the front of a slice.
    #[inline(always)]
    pub(crate) fn store(self, to: &mut [f32]) {
        let (whole, half) = to[..Self::WIDTH].split_at_mut(FULL * VECTOR_LANES);
        for (to, v) in whole.as_chunks_mut::<VECTOR_LANES>().0.iter_mut().zip(self.whole) {
            *to = v.to_array();
        }
        for (to, v) in half.as_chunks_mut::<HALF_VECTOR_LANES>().0.iter_mut().zip(self.half) {
            *to = v.to_array();
        }
    }

    /// Adds `Σ value[k] × rows[index[k]]`, of each row the lanes from `start` on.
    #[inline(always)]
    pub(crate) fn add_scaled_rows(
        &mut self,
        rows: StridedRows<'_>,
        start: usize,
        index: &[u32],
        value: &[f32],
    ) {
        for (&i, &x) in index.iter().zip(value) {
            let at = i as usize * rows.stride + start;
            self.add_scaled(x, Self::load(&rows.data[at..at + Self::WIDTH]));
        }
    }

    /// Adds `x × lanes`.
    #[inline(always)]
    pub(crate) fn add_scaled(&mut self, x: f32, lanes: Self) {
        let (whole, half) = (f32x8::splat(x), f32x4::splat(x));
        self.whole.iter_mut().zip(lanes.whole).for_each(|(sum, lanes)| *sum += whole * lanes);
        self.half.iter_mut().zip(lanes.half).for_each(|(sum, lanes)| *sum += half * lanes);
    }

    /// Adds `a × b`, lane by lane.
    #[inline(always)]
    pub(crate) fn add_product(&mut self, a: Self, b: Self) {
        for (sum, (a, b)) in self.whole.iter_mut().zip(a.whole.into_iter().zip(b.whole)) {
            *sum += a * b;
        }
        for (sum, (a, b)) in self.half.iter_mut().zip(a.half.into_iter().zip(b.half)) {
            *sum += a * b;
        }
    }

    /// The products with the lanes of `row`, added up to four.
    #[inline(always)]
    pub(crate) fn dot(self, row: &[f32]) -> f32x4 {
        let row = Self::load(row);
        let products = Accumulators::<FULL, HALF> {
            whole: std::array::from_fn(|j| self.whole[j] * row.whole[j]),
            half: std::array::from_fn(|j| self.half[j] * row.half[j]),
        };
        products.reduce_to_four()
    }

    /// All lanes added up until four are left. A half vector counts as a full one whose upper lanes are zero.
    #[inline(always)]
    pub(crate) fn reduce_to_four(self) -> f32x4 {
        let first = self.whole.first().copied().unwrap_or(f32x8::splat(0.0));
        let sum = self.whole.iter().skip(1).fold(first, |sum, lanes| sum + *lanes);
        let (low, high) = halves(sum);
        self.half.iter().fold(low, |low, lanes| low + *lanes) + high
    }

    /// Keeps the lanes in which `gate` is above zero; the others become zero.
    #[inline(always)]
    pub(crate) fn mask_where_positive(self, gate: Self) -> Self {
        Accumulators {
            whole: std::array::from_fn(|j| self.whole[j] & gate.whole[j].simd_gt(f32x8::splat(0.0))),
            half: std::array::from_fn(|j| self.half[j] & gate.half[j].simd_gt(f32x4::splat(0.0))),
        }
    }
}

/// 48 lanes are twelve 128-bit accumulators, which leaves four of sixteen vector registers for other values.
pub(crate) const BLOCK_LANES: usize = 48;

/// The width of the next block of a row of which `rest` numbers are left: at most [`BLOCK_LANES`], chosen so that the
/// last block is not very narrow.
#[inline]
pub(crate) fn block_width(rest: usize) -> usize {
    // 60 lanes, the last of 300 units, are better split 32 + 28 than 48 + 12.
    if rest > BLOCK_LANES && rest < 2 * BLOCK_LANES - 16 { 32 } else { rest.min(BLOCK_LANES) }
}

/// A computation on one block of lanes, whose sums fit into registers.
pub(crate) trait BlockKernel {
    /// Runs it for the lanes from `start` on; `FULL` and `HALF` say how many, as in [`Accumulators`].
    fn run_block<const FULL: usize, const HALF: usize>(&mut self, start: usize);
}

/// Runs the kernel on every block of rows of `width` numbers, a multiple of [`HALF_VECTOR_LANES`].
#[inline]
pub(crate) fn for_each_block(width: usize, kernel: &mut impl BlockKernel) {
    let mut start = 0;
    while start < width {
        let block = block_width(width - start);
        match (block / VECTOR_LANES, block % VECTOR_LANES) {
            (6, 0) => kernel.run_block::<6, 0>(start),
            (5, 4) => kernel.run_block::<5, 1>(start),
            (5, 0) => kernel.run_block::<5, 0>(start),
            (4, 4) => kernel.run_block::<4, 1>(start),
            (4, 0) => kernel.run_block::<4, 0>(start),
            (3, 4) => kernel.run_block::<3, 1>(start),
            (3, 0) => kernel.run_block::<3, 0>(start),
            (2, 4) => kernel.run_block::<2, 1>(start),
            (2, 0) => kernel.run_block::<2, 0>(start),
            (1, 4) => kernel.run_block::<1, 1>(start),
            (1, 0) => kernel.run_block::<1, 0>(start),
            (0, 4) => kernel.run_block::<0, 1>(start),
            _ => unreachable!("a block has 4 to {BLOCK_LANES} lanes in steps of {HALF_VECTOR_LANES}"),
        }
        start += block;
    }
}

/// Four dot products of `a` with four rows, `a.len()` a multiple of [`HALF_VECTOR_LANES`]. Four at once share the loads of `a` and
/// one reduction. Lengths that matter are unrolled; every length is summed in the same order.
#[inline(always)]
pub(crate) fn dot4(a: &[f32], rows: StridedRows<'_>, index: [u32; 4]) -> f32x4 {
    match a.len() {
        100 => dot4_unrolled::<100>(a, rows, index),
        12 => dot4_unrolled::<12>(a, rows, index),
        _ => dot4_any(a, index.map(|i| row_of(rows, i, a.len()))),
    }
}

#[inline(always)]
fn row_of(rows: StridedRows<'_>, i: u32, n: usize) -> &[f32] {
    let at = i as usize * rows.stride;
    &rows.data[at..at + n]
}

#[inline(always)]
fn dot4_unrolled<const N: usize>(a: &[f32], rows: StridedRows<'_>, index: [u32; 4]) -> f32x4 {
    let a: &[f32; N] = a.try_into().expect("the length it was chosen by");
    dot4_any(a, index.map(|i| &row_of(rows, i, N)[..N]))
}

#[inline(always)]
fn dot4_any(a: &[f32], rows: [&[f32]; 4]) -> f32x4 {
    let mut sum = [f32x8::splat(0.0); 4];
    let whole = a.len() / VECTOR_LANES * VECTOR_LANES;
    for at in (0..whole).step_by(VECTOR_LANES) {
        let a = load8(&a[at..]);
        for (sum, row) in sum.iter_mut().zip(rows) {
            *sum += a * load8(&row[at..]);
        }
    }
    let mut four = sum.map(|v| {
        let (low, high) = halves(v);
        low + high
    });
    if whole < a.len() {
        let a = load4(&a[whole..]);
        for (sum, row) in four.iter_mut().zip(rows) {
            *sum += a * load4(&row[whole..]);
        }
    }
    let [a, b, c, d] = f32x4::transpose(four);
    (a + c) + (b + d)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(n: usize, seed: u32) -> Vec<f32> {
        // A small multiplicative generator: whole numbers, so that sums are exact in any order.
        let mut x = seed | 1;
        (0..n)
            .map(|_| {
                x = x.wrapping_mul(48_271) % 0x7fff_ffff;
                (x % 17) as f32 - 8.0
            })
            .collect()
    }

    struct ScaledRows<'a> {
        rows: StridedRows<'a>,
        out: &'a mut [f32],
    }

    const INDEX: [u32; 4] = [8, 0, 3, 3];
    const VALUE: [f32; 4] = [2.0, -1.0, 0.5, 4.0];

    impl BlockKernel for ScaledRows<'_> {
        fn run_block<const FULL: usize, const HALF: usize>(&mut self, start: usize) {
            let mut sum = Accumulators::<FULL, HALF>::load(&self.out[start..]);
            sum.add_scaled_rows(self.rows, start, &INDEX, &VALUE);
            sum.mask_where_positive(sum).store(&mut self.out[start..]);
        }
    }

    #[test]
    fn sums_of_rows_agree_with_arithmetic_for_every_width() {
        for width in (4..=316).step_by(4) {
            let data = numbers(width * 9, 3);
            let mut out = numbers(width, 5);
            let lane = |at: usize| {
                let picked = INDEX.iter().zip(VALUE).map(|(&i, v)| v * data[i as usize * width + at]);
                (out[at] + picked.sum::<f32>()).max(0.0)
            };
            let expected: Vec<f32> = (0..width).map(lane).collect();
            for_each_block(
                width,
                &mut ScaledRows { rows: StridedRows { data: &data, stride: width }, out: &mut out },
            );
            assert_eq!(out, expected, "width {width}");
        }
    }

    #[test]
    fn dots_agree_with_arithmetic_for_every_length() {
        for n in (4..=128).step_by(4) {
            let (a, data) = (numbers(n, 7), numbers(n * 6, 11));
            let index = [5, 0, 2, 2];
            let dots = dot4(&a, StridedRows { data: &data, stride: n }, index).to_array();
            for (dot, i) in dots.iter().zip(index) {
                let row = &data[i as usize * n..][..n];
                assert_eq!(*dot, a.iter().zip(row).map(|(a, b)| a * b).sum::<f32>(), "length {n}");
            }
        }
    }
}
