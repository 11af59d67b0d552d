//! Masks and parameters in the form in which they are kept: a bit for each weight, and values of survivors only.

use crate::{Model, mask::Mask};

/// A mask with a bit for each weight, in flat order, the first weight in the lowest bit of the first byte.
pub fn mask_to_bits(mask: &[u8]) -> Vec<u8> {
    let byte = |weights: &[u8]| weights.iter().rev().fold(0, |bits, &alive| bits << 1 | u8::from(alive != 0));
    mask.chunks(8).map(byte).collect()
}

/// The mask of a network of `model` from its bits, or `None` if they are not those of as many weights.
pub fn mask_from_bits(model: &Model, bits: &[u8]) -> Option<Mask> {
    let weights = model.weight_count();
    let alive = |weight: usize| bits[weight / 8] >> (weight % 8) & 1;
    (bits.len() == weights.div_ceil(8)).then(|| (0..weights).map(alive).collect())
}

/// The values of the surviving weights, in flat order, and then all biases. `parameters` is all weights and then all
/// biases, flat.
pub fn pack_parameters(mask: &[u8], parameters: &[f32]) -> Vec<f32> {
    let (weights, biases) = parameters.split_at(mask.len());
    let survivors = weights.iter().zip(mask).filter(|(_, alive)| **alive != 0).map(|(weight, _)| *weight);
    survivors.chain(biases.iter().copied()).collect()
}

/// All weights and all biases of a network, flat, from what [`pack_parameters`] made of them; pruned weights are zero.
/// `None` if there are not as many values as survivors and biases.
pub fn unpack_parameters(model: &Model, mask: &[u8], packed: &[f32]) -> Option<(Vec<f32>, Vec<f32>)> {
    let survivors = mask.iter().filter(|alive| **alive != 0).count();
    if mask.len() != model.weight_count() || packed.len() != survivors + model.bias_count() {
        return None;
    }
    let (values, biases) = packed.split_at(survivors);
    let mut values = values.iter();
    let weight = |&alive: &u8| if alive != 0 { values.next().copied().unwrap_or_default() } else { 0.0 };
    Some((mask.iter().map(weight).collect(), biases.to_vec()))
}

/// As [`pack_parameters`]; but where weights count that the mask lacks, because a network that learns its mask had another
/// one then, all parameters as they are.
pub fn pack_parameters_of_any_mask(mask: &[u8], parameters: &[f32]) -> Vec<f32> {
    let fits = mask.iter().zip(parameters).all(|(&alive, weight)| alive != 0 || *weight == 0.0);
    if fits { pack_parameters(mask, parameters) } else { parameters.to_vec() }
}

/// The mask, all weights and all biases of a network, flat, from what [`mask_to_bits`] and [`pack_parameters_of_any_mask`] made of
/// them. All parameters bring their own mask: that of the weights that are not zero. `None` if the bits are not those of as many
/// weights, or if there are neither as many values as survivors and biases nor as many as parameters.
pub fn unpack_parameters_of_any_mask(
    model: &Model,
    bits: &[u8],
    packed: &[f32],
) -> Option<(Mask, Vec<f32>, Vec<f32>)> {
    let mask = mask_from_bits(model, bits)?;
    if packed.len() != model.parameter_count() {
        let (weights, biases) = unpack_parameters(model, &mask, packed)?;
        return Some((mask, weights, biases));
    }
    let (weights, biases) = packed.split_at(model.weight_count());
    let mask =
        weights.iter().zip(mask).map(|(weight, alive)| u8::from(alive != 0 || *weight != 0.0)).collect();
    Some((mask, weights.to_vec(), biases.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_with_pruned_weights_at_zero() {
        let model = Model::linear(&[3]);
        for every in [1, 2, 3, 7, 5_000] {
            let mask: Vec<u8> =
                (0..model.weight_count()).map(|weight| u8::from(weight % every == 0)).collect();
            assert_eq!(mask_from_bits(&model, &mask_to_bits(&mask)).as_deref(), Some(&mask[..]), "{every}");
            let parameters: Vec<f32> = (0..model.parameter_count()).map(|i| i as f32 + 0.5).collect();
            let packed = pack_parameters(&mask, &parameters);
            let (weights, biases) = unpack_parameters(&model, &mask, &packed).unwrap();
            assert_eq!(biases, parameters[model.weight_count()..]);
            for (weight, (&value, &alive)) in weights.iter().zip(&mask).enumerate() {
                assert_eq!(value, if alive == 1 { weight as f32 + 0.5 } else { 0.0 });
            }
            assert_eq!(unpack_parameters(&model, &mask, &packed[1..]), None);
        }
        assert_eq!(mask_from_bits(&model, &[1, 2]), None);
    }

    #[test]
    fn parameters_of_another_mask_come_out_whole() {
        let model = Model::linear(&[3]);
        let weights = model.weight_count();
        let mask: Vec<u8> = (0..weights).map(|weight| u8::from(weight % 5 == 0)).collect();
        let mut parameters: Vec<f32> = mask.iter().map(|&alive| 0.5 * f32::from(alive)).collect();
        parameters.extend(vec![2.0; model.bias_count()]);
        let there_and_back = |parameters: &[f32]| {
            let packed = pack_parameters_of_any_mask(&mask, parameters);
            let (mask, weights, biases) =
                unpack_parameters_of_any_mask(&model, &mask_to_bits(&mask), &packed).unwrap();
            assert_eq!([weights, biases].concat(), parameters);
            (packed.len(), mask.iter().filter(|alive| **alive != 0).count())
        };
        let survivors = mask.iter().filter(|alive| **alive != 0).count();
        assert_eq!(there_and_back(&parameters), (survivors + model.bias_count(), survivors));
        parameters[1] = 3.0;
        assert_eq!(there_and_back(&parameters), (parameters.len(), survivors + 1));
        assert_eq!(unpack_parameters_of_any_mask(&model, &mask_to_bits(&mask), &parameters[1..]), None);
    }
}
