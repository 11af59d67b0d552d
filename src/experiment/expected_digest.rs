//! The digest that a link expects of a run, and how the run compares with it.

use crate::hexadecimal::{hexadecimal, sha256_from_hexadecimal};
use std::{fmt, str::FromStr};

/// The digest over the first jobs of a run, as a link says it: what somebody else's run gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedDigest {
    /// The SHA-256.
    pub sha256: [u8; 32],
    /// The number of jobs that it covers, from 1.
    pub jobs: u32,
}

impl fmt::Display for ExpectedDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", hexadecimal(&self.sha256), self.jobs)
    }
}

impl FromStr for ExpectedDigest {
    type Err = ();

    /// Reads sixty-four hexadecimal digits, a full stop and the number of jobs.
    fn from_str(text: &str) -> Result<ExpectedDigest, ()> {
        let (hex, jobs) = text.split_once('.').ok_or(())?;
        // The standard library would also accept a plus sign.
        let is_plain = jobs.bytes().all(|byte| byte.is_ascii_digit());
        let jobs = jobs.parse().ok().filter(|jobs| is_plain && *jobs > 0).ok_or(())?;
        Ok(ExpectedDigest { sha256: sha256_from_hexadecimal(hex).ok_or(())?, jobs })
    }
}

/// How a run compares with the digest that a link expects of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestCheck {
    /// Fewer jobs are done in order than the expected digest covers: so many.
    NotYet(usize),
    /// The same jobs gave the same results, to the last bit.
    Reproduced,
    /// The same jobs gave other results: the digest over them here.
    Different([u8; 32]),
    /// The experiment has fewer jobs than the expected digest covers: so many.
    FewerJobs(usize),
}
