//! The arms, as the README names them. The page has a list of its own: the two must not be one.

/// The arms that need no file, in the order of the README. Those of another data set come last.
pub(crate) const ARMS: [&str; 20] = [
    "dense",
    "ticket",
    "reinit",
    "shuffled",
    "random",
    "sign",
    "norewind",
    "late",
    "oneshot",
    "snip",
    "grasp",
    "synflow",
    "magnitude_init",
    "random_global",
    "supermask",
    "other_ticket",
    "other_reinit",
    "transferred",
    "transferred_reinit",
    "transferred_random",
];

/// The first of [`ARMS`], which are of the experiment's own data set.
pub(crate) const OWN_DATA_ARMS: usize = 15;
