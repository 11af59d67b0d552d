//! The seeds of an experiment's trials.

use numbers::order::sort_and_dedup;
use serde::{Deserialize, Serialize};
use std::{error::Error, fmt};

/// The seeds of an experiment's trials: from one to [`Seeds::MOST`] different ones, in ascending order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u32>", into = "Vec<u32>")]
pub struct Seeds(Vec<u32>);

/// Seeds are none, more than [`Seeds::MOST`], or not all different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeedsError;

/// The words of the reader of a message or a file, which are the same in every language: a worker reads too, and has no
/// texts.
impl fmt::Display for SeedsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seeds must be from one to {} different numbers", Seeds::MOST)
    }
}

impl Error for SeedsError {}

impl Seeds {
    /// The largest number of seeds of one experiment.
    pub const MOST: usize = 1_000;

    /// `count` seeds that follow each other, or `None` if there would be none, too many, or one above the largest
    /// seed. Seeds do not wrap around.
    pub fn consecutive(first: u32, count: u32) -> Option<Seeds> {
        let last = first.checked_add(count.checked_sub(1)?)?;
        (count as usize <= Seeds::MOST).then(|| Seeds((first..=last).collect()))
    }

    /// These seeds, each once, or `None` if there are none or too many.
    pub fn from_any_order(seeds: impl IntoIterator<Item = u32>) -> Option<Seeds> {
        let mut seeds: Vec<u32> = seeds.into_iter().collect();
        sort_and_dedup(&mut seeds);
        (1..=Seeds::MOST).contains(&seeds.len()).then_some(Seeds(seeds))
    }

    /// Reads seeds such as `1,5,9-12`: seeds and ranges in any order, with commas between. A seed must not be there
    /// twice, because the run would then have fewer trials than were written down. `None` if that is not what the text
    /// is, or if there are more than [`Seeds::MOST`].
    pub fn parse(text: &str) -> Option<Seeds> {
        let mut seeds = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (parse_seed(first)?, parse_seed(last)?);
            let more = last.checked_sub(first)? as usize;
            if seeds.len() + more >= Seeds::MOST {
                return None;
            }
            seeds.extend(first..=last);
        }
        let count = seeds.len();
        Seeds::from_any_order(seeds).filter(|seeds| seeds.0.len() == count)
    }

    /// The seeds in ascending order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = u32> + Clone + '_ {
        self.0.iter().copied()
    }

    /// The smallest seed.
    pub fn first(&self) -> u32 {
        self.0[0]
    }

    /// The number of seeds, which is the number of trials.
    pub fn count(&self) -> u32 {
        self.0.len() as u32
    }

    /// Whether each seed is the one before plus one.
    pub fn are_consecutive(&self) -> bool {
        Seeds::consecutive(self.first(), self.count()).as_ref() == Some(self)
    }

    /// As many seeds that follow the last of these, or the first ones if there are not so many after it.
    pub fn next(&self) -> Seeds {
        let after = self.0[self.0.len() - 1].checked_add(1);
        let following = after.and_then(|first| Seeds::consecutive(first, self.count()));
        following.or_else(|| Seeds::consecutive(0, self.count())).expect("no more seeds than before")
    }

    /// All seeds of both, or `None` if there are more than [`Seeds::MOST`].
    pub fn union(&self, other: &Seeds) -> Option<Seeds> {
        Seeds::from_any_order(self.iter().chain(other.iter()))
    }
}

/// Reads a seed without a sign.
fn parse_seed(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Seeds {
    /// Writes the seeds as [`Seeds::parse`] reads them, with a range for two or more that follow each other.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for run in self.0.chunk_by(|one, next| *next == one + 1) {
            match run {
                [one] => write!(f, "{separator}{one}")?,
                [first, .., last] => write!(f, "{separator}{first}-{last}")?,
                [] => {}
            }
            separator = ",";
        }
        Ok(())
    }
}

impl TryFrom<Vec<u32>> for Seeds {
    type Error = SeedsError;

    fn try_from(seeds: Vec<u32>) -> Result<Seeds, SeedsError> {
        let count = seeds.len();
        let whole = |seeds: &Seeds| seeds.0.len() == count;
        Seeds::from_any_order(seeds).filter(whole).ok_or(SeedsError)
    }
}

impl From<Seeds> for Vec<u32> {
    fn from(seeds: Seeds) -> Vec<u32> {
        seeds.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::btree_set, prelude::*};

    proptest! {
        #[test]
        fn seeds_read_back_as_themselves(seeds in btree_set(prop_oneof![0u32..40, any::<u32>()], 1..30)) {
            let seeds = Seeds::from_any_order(seeds).unwrap();
            prop_assert_eq!(Seeds::parse(&seeds.to_string()), Some(seeds.clone()));
            prop_assert!(seeds.iter().zip(seeds.iter().skip(1)).all(|(one, next)| one < next));
        }
    }

    #[test]
    fn lists_and_ranges_are_read_in_any_order() {
        let seeds = Seeds::parse("9-12,1,5").unwrap();
        assert_eq!(Vec::from(seeds.clone()), [1, 5, 9, 10, 11, 12]);
        assert_eq!((seeds.to_string().as_str(), seeds.first(), seeds.count()), ("1,5,9-12", 1, 6));
        assert!(!seeds.are_consecutive() && Seeds::parse("3-5").unwrap().are_consecutive());
    }

    #[test]
    fn what_is_no_list_of_different_seeds_is_refused() {
        for bad in
            ["", "1,", "1,,2", "5-3", "1-", "-1", "1,1", "1-3,2", "+1", "1 ,2", "4294967296", "0-1000", "a"]
        {
            assert_eq!(Seeds::parse(bad), None, "{bad}");
        }
        assert_eq!(Seeds::parse("0-999").unwrap().count(), 1_000);
        assert_eq!(Seeds::parse("0-4294967295"), None);
    }

    #[test]
    fn the_next_seeds_are_others_and_as_many() {
        let next = |text| Seeds::parse(text).unwrap().next().to_string();
        assert_eq!([next("1"), next("3-5"), next("1,9")], ["2", "6-8", "10-11"]);
        assert_eq!([next("4294967295"), next("4294967293,4294967294")], ["0", "0-1"]);
    }

    #[test]
    fn seeds_do_not_wrap_around() {
        assert_eq!(Seeds::consecutive(u32::MAX, 1).unwrap().first(), u32::MAX);
        assert_eq!((Seeds::consecutive(u32::MAX, 2), Seeds::consecutive(1, 0)), (None, None));
        assert_eq!((Seeds::consecutive(0, 1_001), Seeds::consecutive(0, 1_000).is_some()), (None, true));
    }
}
