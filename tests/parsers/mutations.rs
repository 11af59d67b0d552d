//! Changes real inputs at random, by a seed: bytes are flipped, cut out, doubled, moved or taken from another input, and
//! numbers and words are replaced by what is at the edge.

/// What parsers are likely to stumble over.
const EDGES: [&str; 36] = [
    "0",
    "1",
    "-1",
    "2",
    "255",
    "256",
    "65535",
    "4294967295",
    "4294967296",
    "18446744073709551615",
    "1e308",
    "1e999",
    "-0.0",
    "NaN",
    "null",
    "true",
    "\"\"",
    "[]",
    "{}",
    "[[[[",
    "\u{feff}",
    "\n",
    "\r\n",
    "&",
    "=",
    "#",
    "%00",
    "%",
    ",",
    ".",
    "-",
    "\u{0}",
    "\u{fffd}",
    "é",
    "\u{1f40d}",
    "9999999999999999999999999999",
];

/// A generator of random numbers (SplitMix64), so that a seed gives the same inputs everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number below `end`, which is above 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn span(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let most = [1, 2, 8, 64, length][self.below(5)];
        start..(start + self.below(most + 1)).min(length)
    }
}

/// An input made from real ones.
pub(crate) fn mutated(inputs: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = inputs[random.below(inputs.len())].clone();
    for _ in 0..=random.below(4) {
        let span = random.span(input.len());
        match random.below(8) {
            0 | 1 if !input.is_empty() => {
                let at = random.below(input.len());
                input[at] ^= 1 << random.below(8);
            }
            2 => drop(input.drain(span)),
            3 => {
                let copy = input[span].to_vec();
                let at = random.below(input.len() + 1);
                input.splice(at..at, copy);
            }
            4 => drop(input.splice(span, EDGES[random.below(EDGES.len())].bytes())),
            5 => {
                let other = &inputs[random.below(inputs.len())];
                let from = random.span(other.len());
                input.splice(span, other[from].iter().copied());
            }
            6 => drop(input.splice(number_at(&input, span.start), EDGES[random.below(EDGES.len())].bytes())),
            _ => {
                let byte = random.next() as u8;
                input[span].fill(byte);
            }
        }
    }
    input
}

/// The digits around or behind a place, or nothing there.
fn number_at(input: &[u8], place: usize) -> std::ops::Range<usize> {
    let digits = input[place..].iter().position(u8::is_ascii_digit);
    let start = digits.map_or(place, |offset| place + offset);
    let length = input[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    start..start + length
}
