//! Where the surviving weights of a layer are: unit by unit, and again input by input.
//!
//! An example with three weights: unit 0 reads input 5, unit 1 reads inputs 2 and 5. By unit they are `0←5, 1←2, 1←5`;
//! by input they are `2→1, 5→0, 5→1`. If the flat variable holds them by input, then `stored_index` says where in it
//! the terms by unit are: the first, `0←5`, is at 1, the second at 0, the third at 2.

use crate::sparse_loops::SparseRows;

/// In which of the two orders the flat variable holds a layer's weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Unit by unit, units with few weights first.
    ByUnit,
    /// Input by input, in the order in which a unit sums its inputs up.
    ByInput,
}

/// A layer's surviving weights.
pub(crate) struct Survivors {
    /// A row for each used unit: the lines of its inputs. A unit is used if the output can be reached from it.
    pub(crate) by_unit: SparseRows,
    /// A row for each input that a used unit reads: its units.
    pub(crate) by_input: SparseRows,
    /// The flat variable stores the weights in one order only. For each weight in the other order, this is its index in
    /// the variable.
    pub(crate) stored_index: Vec<u32>,
    /// The flat index, `(out, in)`, of each weight in the order of the variable; those into units that are not used come
    /// last.
    index: Vec<u32>,
    /// How many units there are, used or not: each has a bias in the variable, behind all weights.
    units: usize,
}

impl Survivors {
    /// Those of a layer's mask (flat, `(out, in)`, 0 is pruned). `used` says for each unit whether the output can be reached
    /// from it, and `lines` gives the line of each input.
    pub(crate) fn new(mask: &[u8], inputs: usize, used: &[bool], lines: &[u32], order: Order) -> Survivors {
        let of: Vec<Vec<u32>> = mask.chunks_exact(inputs).map(surviving_inputs).collect();
        let flat = |units: &[usize]| -> Vec<u32> {
            let of_unit = |&unit: &usize| of[unit].iter().map(move |i| (unit * inputs) as u32 + i);
            units.iter().flat_map(of_unit).collect()
        };
        let (mut used_units, unused_units): (Vec<usize>, Vec<usize>) =
            (0..used.len()).partition(|&unit| used[unit]);
        shortest_first(&mut used_units, |unit| of[unit].len());
        let by_unit = SparseRows::new(&used_units, |unit| {
            of[unit].iter().map(|&input| lines[input as usize]).collect()
        });
        let terms = terms_by_line(&by_unit);
        let mut read: Vec<usize> = (0..terms.len()).filter(|&line| !terms[line].is_empty()).collect();
        if order == Order::ByUnit {
            shortest_first(&mut read, |line| terms[line].len());
        }
        let (by_input, stored_index_by_unit) = rows_in_order(&read, &terms);
        let mut index = flat(&used_units);
        let stored_index = match order {
            Order::ByUnit => stored_index_by_unit,
            Order::ByInput => {
                index = stored_index_by_unit.iter().map(|&at| index[at as usize]).collect();
                inverse_permutation(&stored_index_by_unit)
            }
        };
        index.extend(flat(&unused_units));
        Survivors { by_unit, by_input, stored_index, index, units: used.len() }
    }

    /// How many weights survive.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// The weights into used units, which come in the order of the variable, in the other order.
    pub(crate) fn permute(&self, weights: &[f32], to: &mut [f32]) {
        for (to, &at) in to.iter_mut().zip(&self.stored_index) {
            *to = weights[at as usize];
        }
    }

    /// How many numbers of the variable are the layer's: its surviving weights, then its biases.
    pub(crate) fn parameter_count(&self) -> usize {
        self.len() + self.units
    }

    /// Appends the layer's part of the variable: the survivors among its weights (flat, `(out, in)`), then its biases.
    pub(crate) fn pack(&self, weights: &[f32], biases: &[f32], variable: &mut Vec<f32>) {
        variable.extend(self.index.iter().map(|&i| weights[i as usize]));
        variable.extend_from_slice(biases);
    }

    /// Writes the survivors back to where they are in the layer's weights, and the biases.
    pub(crate) fn unpack(&self, parameters: &[f32], weights: &mut [f32], biases: &mut [f32]) {
        let (survivors, of_units) = parameters.split_at(self.len());
        for (&i, &value) in self.index.iter().zip(survivors) {
            weights[i as usize] = value;
        }
        biases.copy_from_slice(of_units);
    }
}

/// The inputs of a layer that a used unit reads.
pub(crate) fn read_inputs(mask: &[u8], inputs: usize, used: &[bool]) -> Vec<bool> {
    let mut read = vec![false; inputs];
    for (weights, _) in mask.chunks_exact(inputs).zip(used).filter(|(_, used)| **used) {
        read.iter_mut().zip(weights).for_each(|(read, &alive)| *read |= alive != 0);
    }
    read
}

/// The inputs that a unit's surviving weights read, in order.
fn surviving_inputs(mask: &[u8]) -> Vec<u32> {
    // One more than there are, for what follows the last survivor is written too.
    let (mut inputs, mut survivors) = (vec![0; mask.len() + 1], 0);
    for (eight, alive) in mask.chunks(8).enumerate().filter(|(_, alive)| *alive != [0; 8]) {
        // Without a branch, which a random mask would often mispredict.
        for (k, &alive) in alive.iter().enumerate() {
            inputs[survivors] = (eight * 8 + k) as u32;
            survivors += usize::from(alive != 0);
        }
    }
    inputs.truncate(survivors);
    inputs
}

/// Sorted by length, so that consecutive loops run equally often and their exits are predicted correctly.
fn shortest_first(rows: &mut [usize], length: impl Fn(usize) -> usize) {
    rows.sort_by_key(|&row| length(row));
}

/// For each line the units that read it, each with the term's index in `by_unit`.
fn terms_by_line(by_unit: &SparseRows) -> Vec<Vec<(u32, u32)>> {
    let lines = by_unit.columns.iter().max().map_or(0, |&last| last as usize + 1);
    let mut lengths = vec![0; lines];
    by_unit.columns.iter().for_each(|&line| lengths[line as usize] += 1);
    let mut rows: Vec<_> = lengths.into_iter().map(Vec::with_capacity).collect();
    for (unit, range) in by_unit.iter() {
        for at in range {
            rows[by_unit.columns[at] as usize].push((unit as u32, at as u32));
        }
    }
    rows
}

/// The rows of the lines in the given order, and for each of their terms its index in the order by unit.
fn rows_in_order(order: &[usize], terms: &[Vec<(u32, u32)>]) -> (SparseRows, Vec<u32>) {
    let stored_index = order.iter().flat_map(|&line| &terms[line]).map(|term| term.1).collect();
    (SparseRows::new(order, |line| terms[line].iter().map(|term| term.0).collect()), stored_index)
}

fn inverse_permutation(order: &[u32]) -> Vec<u32> {
    let mut inverse = vec![0; order.len()];
    for (at, &k) in order.iter().enumerate() {
        inverse[k as usize] = at as u32;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example above, with a third unit that is not used and reads input 1.
    fn example(order: Order) -> Survivors {
        let mut mask = [0; 3 * 6];
        for (unit, input) in [(0, 5), (1, 2), (1, 5), (2, 1)] {
            mask[unit * 6 + input] = 1;
        }
        assert_eq!(read_inputs(&mask, 6, &[true, true, false]), [false, false, true, false, false, true]);
        Survivors::new(&mask, 6, &[true, true, false], &[0, 1, 2, 3, 4, 5], order)
    }

    fn terms(rows: &SparseRows) -> Vec<(usize, u32)> {
        rows.iter().flat_map(|(row, range)| rows.columns[range].iter().map(move |&i| (row, i))).collect()
    }

    const BIASES: [f32; 3] = [0.25, 0.5, 0.75];

    #[test]
    fn both_orders_hold_the_same_weights() {
        // A weight's value says which it is: ten times its unit, plus its input.
        let weights: Vec<f32> = (0..18).map(|i| (i / 6 * 10 + i % 6) as f32).collect();
        for (order, variable, other) in [
            (Order::ByUnit, [5.0, 12.0, 15.0, 21.0], [12.0, 5.0, 15.0]),
            (Order::ByInput, [12.0, 5.0, 15.0, 21.0], [5.0, 12.0, 15.0]),
        ] {
            let survivors = example(order);
            assert_eq!(terms(&survivors.by_unit), [(0, 5), (1, 2), (1, 5)]);
            let mut packed = vec![];
            survivors.pack(&weights, &BIASES, &mut packed);
            assert_eq!((survivors.len(), &packed[..4]), (4, &variable[..]), "{order:?}");
            assert_eq!((survivors.parameter_count(), &packed[4..]), (packed.len(), &BIASES[..]));
            let mut permuted = vec![0.0; 3];
            survivors.permute(&packed, &mut permuted);
            assert_eq!(permuted, other, "{order:?}");
            let mut back = vec![0.0; 18];
            let mut biases = [0.0; 3];
            survivors.unpack(&packed, &mut back, &mut biases);
            assert_eq!(biases, BIASES);
            let at = |unit: usize, input: usize| back[unit * 6 + input];
            assert_eq!([at(0, 5), at(1, 2), at(1, 5), at(2, 1)], [5.0, 12.0, 15.0, 21.0]);
            assert_eq!(back.iter().filter(|weight| **weight != 0.0).count(), 4);
            assert_eq!(terms(&survivors.by_input), [(2, 1), (5, 0), (5, 1)]);
        }
    }
}
