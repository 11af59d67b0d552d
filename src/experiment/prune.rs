//! Masks, and which weights go.

use crate::config::Config;

/// How many of `remaining` weights a pruning at `rate` takes: rounded half away from zero.
pub fn to_prune(remaining: u32, rate: f64) -> u32 {
    (f64::from(remaining) * rate).round() as u32
}

/// Survivors of each layer after every round of a configuration, round 0 first. A criterion over all layers knows only
/// their sum beforehand; for it, these are what the layers would keep if all of them gave alike.
pub fn survivors(config: &Config) -> Vec<Vec<u32>> {
    let mut counts = config.model.layer_weights();
    let mut all = vec![counts.clone()];
    for _ in 0..config.rounds {
        let left = counts.iter().enumerate();
        counts = left.map(|(l, &count)| count - to_prune(count, layer_rate(config, l))).collect();
        all.push(counts.clone());
    }
    all
}

/// The share of a layer's remaining weights that goes: the output layer's is its own, where layers are cut one by one.
pub fn layer_rate(config: &Config, layer: usize) -> f64 {
    let own = layer + 1 == config.model.layers.len() && !config.criterion.is_over_all_layers();
    if own { config.output_rate } else { config.rate }
}

/// How many weights go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quota {
    /// Of each layer.
    Layers(Vec<u32>),
    /// Of all layers together.
    All(u32),
}

/// What one pruning takes of the surviving weights.
pub fn quota(config: &Config, alive: &[u32]) -> Quota {
    if config.criterion.is_over_all_layers() {
        Quota::All(to_prune(alive.iter().sum(), config.rate))
    } else {
        let alive = alive.iter().enumerate();
        Quota::Layers(alive.map(|(l, &alive)| to_prune(alive, layer_rate(config, l))).collect())
    }
}

/// What `rounds` prunings take of a dense network.
pub fn quota_at_once(config: &Config, rounds: u32) -> Quota {
    let whole = config.model.layer_weights();
    if config.criterion.is_over_all_layers() {
        let all: u32 = whole.iter().sum();
        Quota::All(all - (0..rounds).fold(all, |left, _| left - to_prune(left, config.rate)))
    } else {
        let left = survivors(&Config { rounds, ..config.clone() }).pop().unwrap_or_default();
        Quota::Layers(whole.iter().zip(left).map(|(whole, left)| whole - left).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;

    #[test]
    fn survivors_are_the_references() {
        let totals: Vec<u32> = survivors(&Preset::Paper.config()).iter().map(|c| c.iter().sum()).collect();
        assert_eq!((totals[0], totals[7], totals[15], totals[20]), (266_200, 56_094, 9_537, 3_179));
        let percent = |r: usize| (f64::from(totals[r]) / 2_662.0 * 100.0).round() / 100.0;
        let of_reference =
            [(3, 51.28), (7, 21.07), (9, 13.52), (15, 3.58), (16, 2.87), (18, 1.85), (20, 1.19)];
        for (round, expected) in of_reference {
            assert_eq!(percent(round), expected, "round {round}");
        }
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        assert_eq!((to_prune(5, 0.5), to_prune(5, 0.3), to_prune(0, 0.5), to_prune(1, 0.5)), (3, 2, 0, 1));
    }
}
