//! A judged claim of the literature as data. What the words are is said by [`texts`](crate::literature::texts).

use crate::claims::claim::{ClaimMeasurement, Verdict};
use strum::{IntoStaticStr, VariantArray};

/// The name of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[allow(missing_docs, reason = "what each claim says is in the table of texts")]
pub enum LiteratureClaimId {
    Z1,
    Z2,
    Z3,
    Z4,
    Z5,
    Z6,
    Z7,
    Z8,
    Z9,
    Z10,
    Z11,
    Z12,
    Z13,
    Z14,
    Z15,
    Z16,
    Z17,
    Z18,
    Z19,
    Z20,
    Z21,
    Z22,
    Z23,
    Z24,
    Z25,
    Z26,
    Z27,
    Z28,
    Z29,
    Z30,
    Z31,
}

impl LiteratureClaimId {
    /// Every claim, in order.
    pub const ALL: &[LiteratureClaimId] = LiteratureClaimId::VARIANTS;

    /// The name, from `Z1` on.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A claim with the measurements and the verdict of the runs so far.
#[derive(Clone, Debug, PartialEq)]
pub struct LiteratureClaim {
    /// Which claim it is.
    pub id: LiteratureClaimId,
    /// The measurements of which there is at least one complete trial.
    pub measurements: Vec<ClaimMeasurement>,
    /// What the runs say about the claim, or `None` if its protocol has not been run.
    pub verdict: Option<Verdict>,
}
