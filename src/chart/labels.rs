//! Labels at the ends of lines. Labels that would overlap are moved apart.

use crate::{
    DrawResult,
    pen::{DevicePoint, PaintColor, Pen},
    plot_area::PlotArea,
};
use numbers::order::ascending_indices;
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, VPos};

/// A label to the right of a point.
pub(super) struct Label {
    pub(super) text: String,
    pub(super) at: DevicePoint,
    pub(super) ink: PaintColor,
}

/// The gap between a point and its label, in CSS pixels.
const LABEL_GAP: f64 = 8.0;

/// The width in device pixels that has to be reserved on the right for the widest of `texts`.
pub(super) fn label_column_width<'a, DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    texts: impl IntoIterator<Item = &'a str>,
) -> i32 {
    let widest = texts.into_iter().map(|text| pen.width(text, true)).max().unwrap_or(0);
    if widest == 0 { 0 } else { widest + pen.px(LABEL_GAP) }
}

/// Returns vertical positions for labels of the height `size`, between `top` and `bottom`. Each is at least `size` from
/// the next, and as near to its `wished` position as possible. The result has the order of `wished`, and labels with
/// equal wishes keep their order.
pub(super) fn spread_without_overlap(wished: &[i32], size: i32, (top, bottom): (i32, i32)) -> Vec<i32> {
    let heights: Vec<f64> = wished.iter().map(|&height| f64::from(height)).collect();
    let order = ascending_indices(&heights);
    // Blocks of touching labels, each centred on the mean of its wishes: the sum of wished tops, and the number of
    // labels.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    let start = |&(sum, count): &(f64, usize)| {
        let height = count as i32 * size;
        let mean = sum / count as f64;
        mean.clamp(f64::from(top), f64::from((bottom - height).max(top)))
    };
    for &index in &order {
        let mut block = (f64::from(wished[index] - size / 2), 1);
        while let Some(last) = blocks.last() {
            if start(last) + f64::from(last.1 as i32 * size) <= start(&block) {
                break;
            }
            // Subtract the heights of the labels above it from each wished height, which gives the wished top of the
            // block.
            block = (last.0 + block.0 - f64::from(size) * (last.1 * block.1) as f64, last.1 + block.1);
            blocks.pop();
        }
        blocks.push(block);
    }
    let mut positions = vec![0; wished.len()];
    let mut order = order.into_iter();
    for block in &blocks {
        let first = start(block).round() as i32;
        for (line, index) in order.by_ref().take(block.1).enumerate() {
            positions[index] = first + line as i32 * size + size / 2;
        }
    }
    positions
}

/// Draws the labels, moved apart where they would overlap.
pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot_area: &PlotArea,
    labels: &[Label],
) -> DrawResult<DB> {
    let line = pen.line_height();
    let wished: Vec<i32> = labels.iter().map(|label| label.at.1).collect();
    let positions =
        spread_without_overlap(&wished, line, (plot_area.top - line / 2, plot_area.bottom + line / 2));
    for (label, y) in labels.iter().zip(positions) {
        let x = label.at.0 + pen.px(LABEL_GAP);
        // A translucent rectangle of the page's colour keeps the text readable if lines continue behind it.
        let (width, half) = (pen.width(&label.text, true), line / 2);
        let veil = pen.style.theme.background().with_alpha(0.8);
        if label.at.0 + pen.px(LABEL_GAP) < plot_area.right {
            pen.rect((x - pen.px(2.0), y - half), (x + width + pen.px(2.0), y + half), veil)?;
        }
        pen.text(&label.text, (x, y), label.ink, true, (HPos::Left, VPos::Center))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::spread_without_overlap;
    use proptest::prelude::*;

    #[test]
    fn labels_that_have_room_stay() {
        assert_eq!(spread_without_overlap(&[100, 20, 60], 14, (0, 200)), [100, 20, 60]);
        assert_eq!(spread_without_overlap(&[], 14, (0, 200)), Vec::<i32>::new());
        // Two labels that wish for the same position move by the same distance.
        assert_eq!(spread_without_overlap(&[50, 50], 14, (0, 200)), [43, 57]);
    }

    proptest! {
        #[test]
        fn labels_never_overlap(wished in prop::collection::vec(-50i32..350, 1..10)) {
            let mut positions = spread_without_overlap(&wished, 14, (0, 300));
            positions.sort();
            prop_assert!(positions.windows(2).all(|pair| pair[1] - pair[0] >= 13));
            prop_assert!(positions[0] >= 7 && positions[positions.len() - 1] <= 294);
        }
    }
}
