//! The inner loops, in safe Rust on `wide`'s fixed lanes. The order of every sum is fixed by the source, so the same
//! input gives the same bits with SSE, AVX or SIMD128.

use wide::{f32x4, f32x8};

/// Lanes of the widest vector; rows are stored in multiples of [`HALF`].
pub const LANES: usize = 8;
/// Rows are padded to a multiple of this.
pub const HALF: usize = 4;

/// `n` rounded up to whole half vectors.
pub fn padded(n: usize) -> usize {
    n.next_multiple_of(HALF)
}

/// Eight numbers from the front of a slice.
#[inline(always)]
pub fn load8(from: &[f32]) -> f32x8 {
    let lanes: [f32; 8] = from[..8].try_into().expect("eight numbers");
    f32x8::new(lanes)
}

/// Four numbers from the front of a slice.
#[inline(always)]
pub fn load4(from: &[f32]) -> f32x4 {
    let lanes: [f32; 4] = from[..4].try_into().expect("four numbers");
    f32x4::new(lanes)
}

/// The sum of four lanes, in one order.
#[inline(always)]
pub fn sum4(v: f32x4) -> f32 {
    let [a, b, c, d] = v.to_array();
    (a + c) + (b + d)
}

#[inline(always)]
fn halves(v: f32x8) -> (f32x4, f32x4) {
    let [a, b, c, d, e, f, g, h] = v.to_array();
    (f32x4::new([a, b, c, d]), f32x4::new([e, f, g, h]))
}

/// Many rows of one length in one slice, of which a sum picks some.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// The numbers.
    pub data: &'a [f32],
    /// Distance from one row to the next; a multiple of [`HALF`].
    pub stride: usize,
}

/// `out[..width] += Σ value[k] × rows[index[k]][..width]`, where `width` is `out.len()`, a multiple of [`HALF`].
/// This one loop is a layer's forward pass, its weight gradient and its input gradient. It works through blocks of
/// lanes small enough that the sums stay in registers while the rows stream by.
#[inline]
pub fn add_scaled_rows(out: &mut [f32], rows: Rows<'_>, index: &[u32], value: &[f32]) {
    let mut start = 0;
    while start < out.len() {
        let block = block_width(out.len() - start);
        add_block(&mut out[start..start + block], rows, start, index, value);
        start += block;
    }
}

/// The width of the next block of a row of which `rest` numbers are left: at most [`BLOCK`], and no sliver at the end.
#[inline]
pub fn block_width(rest: usize) -> usize {
    // 60 lanes, the paper's batch, are better split 32 + 28 than 48 + 12.
    if rest > BLOCK && rest < 2 * BLOCK - 16 { 32 } else { rest.min(BLOCK) }
}

/// Twelve 128-bit sums leave a machine of sixteen registers four for the rest.
pub const BLOCK: usize = 48;

/// [`add_scaled_rows`] for one block of at most [`BLOCK`] lanes that begins at lane `start` of the rows.
#[inline]
pub fn add_block(out: &mut [f32], rows: Rows<'_>, start: usize, index: &[u32], value: &[f32]) {
    match (out.len() / LANES, out.len() % LANES) {
        (6, 0) => fixed_block::<6, 48>(out, rows, start, index, value),
        (5, 4) => half_block::<5, 40>(out, rows, start, index, value),
        (5, 0) => fixed_block::<5, 40>(out, rows, start, index, value),
        (4, 4) => half_block::<4, 32>(out, rows, start, index, value),
        (4, 0) => fixed_block::<4, 32>(out, rows, start, index, value),
        (3, 4) => half_block::<3, 24>(out, rows, start, index, value),
        (3, 0) => fixed_block::<3, 24>(out, rows, start, index, value),
        (2, 4) => half_block::<2, 16>(out, rows, start, index, value),
        (2, 0) => fixed_block::<2, 16>(out, rows, start, index, value),
        (1, 4) => half_block::<1, 8>(out, rows, start, index, value),
        (1, 0) => fixed_block::<1, 8>(out, rows, start, index, value),
        (0, 4) => half_block::<0, 0>(out, rows, start, index, value),
        _ => unreachable!("a block has 4 to {BLOCK} lanes in steps of {HALF}"),
    }
}

#[inline(always)]
fn fixed_block<const V: usize, const W: usize>(
    out: &mut [f32],
    rows: Rows<'_>,
    start: usize,
    index: &[u32],
    value: &[f32],
) {
    let out: &mut [f32; W] = out.try_into().expect("the block's width");
    let mut sum: [f32x8; V] = std::array::from_fn(|j| load8(&out[j * LANES..]));
    for (&i, &x) in index.iter().zip(value) {
        let at = i as usize * rows.stride + start;
        let row: &[f32; W] = rows.data[at..at + W].try_into().expect("the block's width");
        let x = f32x8::splat(x);
        for (j, sum) in sum.iter_mut().enumerate() {
            *sum += x * load8(&row[j * LANES..]);
        }
    }
    for (j, sum) in sum.iter().enumerate() {
        out[j * LANES..(j + 1) * LANES].copy_from_slice(&sum.to_array());
    }
}

#[inline(always)]
fn half_block<const V: usize, const W: usize>(
    out: &mut [f32],
    rows: Rows<'_>,
    start: usize,
    index: &[u32],
    value: &[f32],
) {
    let mut sum: [f32x8; V] = std::array::from_fn(|j| load8(&out[j * LANES..]));
    let mut tail = load4(&out[W..]);
    for (&i, &x) in index.iter().zip(value) {
        let at = i as usize * rows.stride + start;
        let row = &rows.data[at..at + W + HALF];
        let lanes = f32x8::splat(x);
        for (j, sum) in sum.iter_mut().enumerate() {
            *sum += lanes * load8(&row[j * LANES..]);
        }
        tail += f32x4::splat(x) * load4(&row[W..]);
    }
    for (j, sum) in sum.iter().enumerate() {
        out[j * LANES..(j + 1) * LANES].copy_from_slice(&sum.to_array());
    }
    out[W..W + HALF].copy_from_slice(&tail.to_array());
}

/// Four dot products of `a` with four rows, `a.len()` a multiple of [`HALF`]. Four at once share the loads of `a` and
/// one reduction.
#[inline(always)]
pub fn dot4(a: &[f32], rows: Rows<'_>, index: [u32; 4]) -> f32x4 {
    let n = a.len();
    let [p, q, r, s] = index.map(|i| {
        let at = i as usize * rows.stride;
        &rows.data[at..at + n]
    });
    let mut sum = [f32x8::splat(0.0); 4];
    let whole = n / LANES * LANES;
    let vectors = a[..whole].chunks_exact(LANES).zip(p[..whole].chunks_exact(LANES));
    let vectors = vectors.zip(q[..whole].chunks_exact(LANES));
    let vectors = vectors.zip(r[..whole].chunks_exact(LANES)).zip(s[..whole].chunks_exact(LANES));
    for ((((a, p), q), r), s) in vectors {
        let a = load8(a);
        sum[0] += a * load8(p);
        sum[1] += a * load8(q);
        sum[2] += a * load8(r);
        sum[3] += a * load8(s);
    }
    let mut four = sum.map(|v| {
        let (low, high) = halves(v);
        low + high
    });
    if whole < n {
        let a = load4(&a[whole..]);
        for (sum, row) in four.iter_mut().zip([p, q, r, s]) {
            *sum += a * load4(&row[whole..]);
        }
    }
    sum_columns(four)
}

/// The sums of four vectors' lanes, as one vector.
#[inline(always)]
fn sum_columns(v: [f32x4; 4]) -> f32x4 {
    let [a, b, c, d] = f32x4::transpose(v);
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

    #[test]
    fn sums_of_rows_agree_with_arithmetic_for_every_width() {
        for width in (4..=316).step_by(4) {
            let data = numbers(width * 9, 3);
            let (index, value) = ([8u32, 0, 3, 3], [2.0f32, -1.0, 0.5, 4.0]);
            let mut out = numbers(width, 5);
            let expected: Vec<f32> = (0..width)
                .map(|lane| {
                    let picked = index.iter().zip(value).map(|(&i, v)| v * data[i as usize * width + lane]);
                    out[lane] + picked.sum::<f32>()
                })
                .collect();
            add_scaled_rows(&mut out, Rows { data: &data, stride: width }, &index, &value);
            assert_eq!(out, expected, "width {width}");
        }
    }

    #[test]
    fn dots_agree_with_arithmetic_for_every_length() {
        for n in (4..=128).step_by(4) {
            let (a, data) = (numbers(n, 7), numbers(n * 6, 11));
            let index = [5, 0, 2, 2];
            let dots = dot4(&a, Rows { data: &data, stride: n }, index).to_array();
            for (dot, i) in dots.iter().zip(index) {
                let row = &data[i as usize * n..][..n];
                assert_eq!(*dot, a.iter().zip(row).map(|(a, b)| a * b).sum::<f32>(), "length {n}");
            }
        }
    }
}
