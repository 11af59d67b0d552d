//! The digest that a link expects of a run, and how the run compares with it.

use crate::hexadecimal::hexadecimal;
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
        let is_plain =
            hex.len() == 64 && hex.bytes().chain(jobs.bytes()).all(|byte| byte.is_ascii_hexdigit());
        let jobs = jobs.parse().ok().filter(|jobs| is_plain && *jobs > 0).ok_or(())?;
        let mut sha256 = [0; 32];
        for (byte, at) in sha256.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(&hex[at..at + 2], 16).map_err(|_| ())?;
        }
        Ok(ExpectedDigest { sha256, jobs })
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
