//! Files of the user that an experiment takes weights or a mask from. They are known by the SHA-256 of their bytes, which is
//! all that settings, reports and links have of them. `training::network_file` reads them.

use crate::hexadecimal::{hexadecimal, sha256_from_hexadecimal};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use strum::VariantArray;

/// The largest number of bytes of such a file. The largest network that a link can ask for takes 34 MB as an export.
pub const MOST_FILE_BYTES: usize = 64_000_000;

/// The SHA-256 of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileHash(pub [u8; 32]);

/// A text is not the SHA-256 of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileHashError;

impl FileHash {
    /// The beginning of the hexadecimal digits, by which people tell files apart.
    pub fn prefix(&self) -> String {
        hexadecimal(&self.0[..4])
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal(&self.0))
    }
}

impl fmt::Display for FileHashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a SHA-256 has sixty-four hexadecimal digits")
    }
}

impl FromStr for FileHash {
    type Err = FileHashError;

    /// Reads sixty-four hexadecimal digits.
    fn from_str(text: &str) -> Result<FileHash, FileHashError> {
        sha256_from_hexadecimal(text).map(FileHash).ok_or(FileHashError)
    }
}

impl TryFrom<String> for FileHash {
    type Error = FileHashError;

    fn try_from(text: String) -> Result<FileHash, FileHashError> {
        text.parse()
    }
}

impl From<FileHash> for String {
    fn from(hash: FileHash) -> String {
        hash.to_string()
    }
}

/// The mask of [`Arm::Own`](crate::arm::Arm::Own).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnMask {
    /// Its file.
    pub file: FileHash,
    /// How many weights it has, at least one. It decides the round beside whose ticket the mask is trained. `None` while the
    /// file has not been read, because a link need not say it.
    pub weights: Option<u32>,
}

impl fmt::Display for OwnMask {
    /// Writes the SHA-256 and, where it is known, a full stop and the number of weights.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OwnMask { file, weights } = self;
        match weights {
            Some(weights) => write!(f, "{file}.{weights}"),
            None => file.fmt(f),
        }
    }
}

impl FromStr for OwnMask {
    type Err = FileHashError;

    /// Reads what [`Display`](fmt::Display) writes.
    fn from_str(text: &str) -> Result<OwnMask, FileHashError> {
        let Some((file, weights)) = text.split_once('.') else {
            return Ok(OwnMask { file: text.parse()?, weights: None });
        };
        // The standard library would also accept a plus sign.
        let is_plain = weights.bytes().all(|byte| byte.is_ascii_digit());
        let weights = weights.parse().ok().filter(|weights| is_plain && *weights > 0).ok_or(FileHashError)?;
        Ok(OwnMask { file: file.parse()?, weights: Some(weights) })
    }
}

/// What an experiment takes from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, VariantArray)]
pub enum FilePurpose {
    /// The first weights of every trial.
    FirstWeights,
    /// The mask of [`Arm::Own`](crate::arm::Arm::Own).
    OwnMask,
}

impl FilePurpose {
    /// Every purpose.
    pub const ALL: &[FilePurpose] = FilePurpose::VARIANTS;

    /// The name of the setting that names such a file.
    pub fn setting(self) -> &'static str {
        match self {
            FilePurpose::FirstWeights => "init",
            FilePurpose::OwnMask => "own",
        }
    }
}

/// A file that an experiment cannot be trained without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NeededFile {
    /// What is taken from it.
    pub purpose: FilePurpose,
    /// Its SHA-256.
    pub hash: FileHash,
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

    #[test]
    fn files_read_back_as_themselves_and_what_is_none_is_refused() {
        let hash: FileHash = HEX.parse().unwrap();
        assert_eq!((hash.to_string().as_str(), hash.prefix().as_str(), hash.0[31]), (HEX, "00010203", 255));
        assert_eq!(HEX.to_uppercase().parse(), Ok(hash));
        for own in [OwnMask { file: hash, weights: None }, OwnMask { file: hash, weights: Some(7) }] {
            assert_eq!(own.to_string().parse(), Ok(own));
            assert_eq!(serde_json::from_str::<OwnMask>(&serde_json::to_string(&own).unwrap()).unwrap(), own);
        }
        for bad in
            ["", "00", &HEX[1..], &format!("{HEX}0"), &HEX.replace("ff", "fg"), &format!("é{}", &HEX[2..])]
        {
            assert!(bad.parse::<FileHash>().is_err() && bad.parse::<OwnMask>().is_err(), "{bad}");
        }
        for bad in ["", "0", "+7", "7.", "4294967296"] {
            assert!(format!("{HEX}.{bad}").parse::<OwnMask>().is_err(), "{bad}");
        }
    }
}
