//! A report as page and worker send it to each other: the numbers of its jobs in the message, and beside it its curves
//! and masks, which are most of it. Inside the message each point of a curve would become an object of its own.

use crate::payload::{Payload, PayloadItem};
use experiment::{
    experiment_report::{ExperimentReport, ExperimentReportParts},
    job_report::{Accuracy, ValidationPoint},
};

/// The numbers of a point: iteration, loss and correct answers. The images are those of the data set.
const POINT_NUMBERS: usize = 3;

/// A report without its curves, and its payload: for each job the number of its points and then the points, as floats,
/// which hold whole numbers up to 16,777,216; then for each chain of masks the prune rounds of all weights, as bytes.
pub fn write_report(report: &ExperimentReport) -> (Box<ExperimentReportParts>, Payload) {
    let (mut parts, prune_rounds) = report.to_parts();
    let mut numbers = vec![];
    for finished in &mut parts.finished {
        let curve = std::mem::take(&mut finished.report.curve);
        numbers.push(curve.len() as f32);
        numbers.extend(
            curve
                .iter()
                .flat_map(|point| [point.iteration as f32, point.loss, point.accuracy.correct as f32]),
        );
    }
    let mut payload = Payload(vec![PayloadItem::Floats(numbers)]);
    payload.0.extend(prune_rounds.into_iter().map(PayloadItem::Bytes));
    (Box::new(parts), payload)
}

/// The report that [`write_report`] has written, or `None` if something is missing.
pub fn read_report(mut parts: ExperimentReportParts, payload: Payload) -> Option<ExperimentReport> {
    let mut items = payload.0.into_iter();
    let numbers = items.next()?.into_floats()?;
    let mut numbers = &numbers[..];
    for finished in &mut parts.finished {
        let total = parts.config.data_of(finished.report.job.arm).validation_images;
        let (points, rest) = numbers.split_first()?;
        let (curve, rest) = rest.split_at_checked((*points as usize).checked_mul(POINT_NUMBERS)?)?;
        let point = |&[iteration, loss, correct]: &[f32; POINT_NUMBERS]| ValidationPoint {
            iteration: iteration as u32,
            loss,
            accuracy: Accuracy { correct: correct as u32, total },
        };
        finished.report.curve = curve.as_chunks().0.iter().map(point).collect();
        numbers = rest;
    }
    let prune_rounds: Option<Vec<Vec<u8>>> = items.map(PayloadItem::into_bytes).collect();
    ExperimentReport::from_parts(parts, prune_rounds?).filter(|_| numbers.is_empty())
}
