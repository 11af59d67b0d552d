//! Lines of other runs, drawn thinly behind those of the run that is shown.

use crate::{
    arm_style::ArmStyle,
    labels::Label,
    pen::{DevicePoint, Pen},
    plot_area::PlotArea,
};
use plotters::prelude::DrawingBackend;

/// A line of another run.
#[derive(Clone, Debug)]
pub struct GhostLine {
    /// The style of the arm.
    pub style: &'static ArmStyle,
    /// The letter of the run.
    pub label: String,
    /// The points in the units of the chart, in order.
    pub points: Vec<(f64, f64)>,
}

/// Draws lines of other runs and returns their labels.
pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot_area: &PlotArea,
    ghosts: &[GhostLine],
) -> Result<Vec<Label>, plotters::drawing::DrawingAreaErrorKind<DB::ErrorType>> {
    let mut labels = Vec::new();
    for ghost in ghosts {
        let color = ghost.style.color(pen.style.theme);
        let points: Vec<DevicePoint> =
            ghost.points.iter().filter_map(|&(x, y)| plot_area.position(x, y)).collect();
        pen.path(&points, color.with_alpha(0.55), 1.0, &[2.0, 2.0])?;
        if let Some(&at) = points.last() {
            pen.marker(ghost.style.marker, at, 2.5, color.with_alpha(0.55))?;
            let ink = pen.style.theme.secondary_text().opaque();
            labels.push(Label { text: ghost.label.clone(), at, ink });
        }
    }
    Ok(labels)
}
