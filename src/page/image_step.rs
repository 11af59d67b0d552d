//! Steps through test images in their order.

/// A way to a test image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageStep {
    /// The one before. Before the first comes the last.
    Previous,
    /// The one after. After the last comes the first.
    Next,
    /// The first.
    First,
    /// The last.
    Last,
    /// The next one on which the two compared arms disagree.
    Disagreement,
    /// The image in this place.
    To(u32),
}

impl ImageStep {
    /// Where the step leads from `now`, which is `None` if no image is there, among `count` images, at least one.
    /// `next_disagreement` is the place of the image that [`ImageStep::Disagreement`] leads to.
    pub fn target(
        self,
        now: Option<u32>,
        count: u32,
        next_disagreement: &dyn Fn() -> Option<u32>,
    ) -> Option<u32> {
        match self {
            ImageStep::First => Some(0),
            ImageStep::Last => Some(count - 1),
            ImageStep::Next => Some(now.map_or(0, |now| (now + 1) % count)),
            ImageStep::Previous => Some(now.map_or(count, |now| now + count).wrapping_sub(1) % count),
            ImageStep::To(image) => Some(image.min(count - 1)),
            ImageStep::Disagreement => next_disagreement(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_around() {
        let leads = |step: ImageStep, now| step.target(now, 5, &|| Some(3));
        for (step, from, to) in [
            (ImageStep::Next, None, 0),
            (ImageStep::Next, Some(1), 2),
            (ImageStep::Next, Some(4), 0),
            (ImageStep::Previous, None, 4),
            (ImageStep::Previous, Some(0), 4),
            (ImageStep::Previous, Some(2), 1),
            (ImageStep::First, Some(2), 0),
            (ImageStep::Last, Some(2), 4),
            (ImageStep::To(9), None, 4),
            (ImageStep::Disagreement, Some(0), 3),
        ] {
            assert_eq!(leads(step, from), Some(to), "{step:?} from {from:?}");
        }
        assert_eq!(ImageStep::Disagreement.target(None, 5, &|| None), None);
    }
}
