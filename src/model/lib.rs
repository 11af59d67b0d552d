//! What a network is: plain data from which weights, masks and costs follow.

pub mod mask;
pub mod shape;
