//! What the masks of a run show, in words: where in the image the weights of the first layer survive.

use crate::{chart_data, shown_results::ShownResults};
use chart::distance::{DistanceChart, Ring};
use numbers::percent;
use texts::{fill, text};

/// The distance from the middle of an image of MNIST, in pixels, below which a pixel is in the middle.
const MIDDLE: f64 = 6.0;
/// The distance from the middle of an image of MNIST, in pixels, from which on a pixel is at the rim.
const RIM: f64 = 12.0;
/// The side of such an image, in pixels. In others, middle and rim are as large in proportion to the shorter side.
const SIDE: f64 = 28.0;

/// The weights of pixels in the middle of the image, and of those at its rim. `None` before the first pruning, and of images
/// that are too small to have both.
fn middle_and_rim_of(shown: ShownResults<'_>, data: &DistanceChart) -> Option<(Ring, Ring)> {
    let image = shown.config().data.image;
    let times = f64::from(image.height.min(image.width)) / SIDE;
    // Rings are two pixels wide.
    let in_rings = |pixels: f64| 2.0 * (pixels * times / 2.0).round().max(1.0);
    let middle = data.between(0.0, in_rings(MIDDLE));
    let rim = data.between(in_rings(RIM), f64::INFINITY);
    (!data.is_empty() && middle.weights > 0 && rim.weights > 0).then_some((middle, rim))
}

/// The title of the masks: a question before the first pruning; afterwards where weights survive, which is said as a
/// difference only where it is one that a shuffled mask would have in at most 5% of all shuffles.
pub fn title(shown: ShownResults<'_>) -> String {
    let data = chart_data::survivors_by_distance(shown);
    let Some((middle, rim)) = middle_and_rim_of(shown, &data) else {
        let filters = shown.config().model.is_convolutional();
        return text(if filters { "masks.question_of_filters" } else { "masks.question" }).into();
    };
    let id = match (side(&data, middle), side(&data, rim)) {
        (1, -1) => "masks.middle_keeps_more",
        (-1, 1) => "masks.rim_keeps_more",
        (0, 0) => "masks.as_shuffled",
        _ => "masks.one_differs",
    };
    fill!(
        id,
        middle = percent(middle.share()),
        rim = percent(rim.share()),
        all = percent(data.whole().share())
    )
}

/// Whether the middle of the image and its rim keep clearly more (1) or less (−1) than in a shuffled mask, or neither (0).
/// `None` before the first pruning.
pub(crate) fn middle_and_rim(shown: ShownResults<'_>) -> Option<(i32, i32)> {
    let data = chart_data::survivors_by_distance(shown);
    let (middle, rim) = middle_and_rim_of(shown, &data)?;
    Some((side(&data, middle), side(&data, rim)))
}

/// Whether a part keeps clearly more (1) or less (−1) than in a shuffled mask, or neither (0).
fn side(data: &DistanceChart, part: Ring) -> i32 {
    let difference = part.share() - data.whole().share();
    if difference.abs() <= data.margin(part) { 0 } else { difference.signum() as i32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_results::{MadeJob, made_job, own_data};
    use crate::run_results::RunResults;
    use experiment::{
        arm::Arm, experiment_report::ExperimentReport, job::JobId, moment::Moment, settings::Settings,
    };

    /// The title after a pruning of the first layer by a rule: whether the weight of a pixel at this distance and of this
    /// unit survives.
    fn title_after(survives: impl Fn(f64, usize) -> bool) -> String {
        title_of("mnist", survives)
    }

    fn title_of(data: &str, survives: impl Fn(f64, usize) -> bool) -> String {
        let config = Settings::from_fragment(&format!("data={data}&hidden=40&rounds=1")).0.config;
        let mut report = ExperimentReport::new(&config);
        let image = config.data.image;
        let (width, height) = (image.width as usize, image.height as usize);
        let inputs = image.values();
        let first = inputs * 40;
        let mask: Vec<u8> = (0..config.model.weight_count())
            .map(|index| {
                let (pixel, unit) = (index % inputs % (width * height), index / inputs);
                let middle = |side: usize| (side as f64 - 1.0) / 2.0;
                let distance =
                    ((pixel % width) as f64 - middle(width)).hypot((pixel / width) as f64 - middle(height));
                u8::from(index >= first || survives(distance, unit))
            })
            .collect();
        let job = JobId { trial: 1, arm: Arm::Ticket, round: 0, draw: 0, twin: false };
        report.add_finished_job(made_job(&config, job, MadeJob::default()), Some(&mask));
        title(RunResults::new(report).at(Moment::start_of(1)))
    }

    #[test]
    fn middle_and_rim_are_those_of_the_image() {
        let own = |shape: &str| own_data(shape).name;
        let rim_dies = |at: f64| move |distance: f64, unit: usize| distance < at || unit.is_multiple_of(4);
        let large = title_of(&own("56x64x3.5.1000.100"), rim_dies(24.0));
        assert!(
            large.starts_with("The middle of the image keeps 100% of its weights, the rim 25.0%"),
            "{large}"
        );
        let small = title_of(&own("14x14x1.5.1000.100"), rim_dies(6.0));
        assert!(
            small.starts_with("The middle of the image keeps 100% of its weights, the rim 25.0%"),
            "{small}"
        );
        // All pixels of the smallest image are in its middle.
        assert!(title_of(&own("2x2x1.5.1000.100"), |_, unit| unit.is_multiple_of(2)).ends_with('?'));
    }

    #[test]
    fn what_is_said_of_the_rim_is_measured() {
        let rim_dies = title_after(|distance, unit| distance < 12.0 || unit % 4 == 0);
        assert!(
            rim_dies.starts_with("The middle of the image keeps 100% of its weights, the rim 25.0%"),
            "{rim_dies}"
        );
        let middle_dies = title_after(|distance, unit| distance > 6.0 || unit % 2 == 0);
        assert!(middle_dies.starts_with("The rim of the image keeps 100%"), "{middle_dies}");
        let even = title_after(|_, unit| unit % 2 == 0);
        assert!(
            even.starts_with("Middle and rim of the image keep about as much as in a shuffled mask: 50"),
            "{even}"
        );
    }
}
