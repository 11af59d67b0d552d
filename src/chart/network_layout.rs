//! Where the picture of a network has its nodes: the input image on the left, a column of dots for each hidden layer, and
//! the classes on the right. All lengths are in CSS pixels.

/// The sizes of a network that its picture needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkShape {
    /// The numbers of inputs and outputs of each layer.
    pub layers: Vec<(usize, usize)>,
    /// The number of pixels in a row of the input image.
    pub image_width: usize,
}

impl NetworkShape {
    /// The number of weights of each layer.
    pub fn weights(&self) -> impl Iterator<Item = usize> + '_ {
        self.layers.iter().map(|(inputs, outputs)| inputs * outputs)
    }

    /// The index of a layer's first weight among all weights.
    pub fn first_weight(&self, layer: usize) -> usize {
        self.weights().take(layer).sum()
    }

    /// The number of nodes of a column: 0 is the input image, the others are the outputs of the layer before.
    pub fn nodes(&self, column: usize) -> usize {
        match column.checked_sub(1) {
            None => self.layers.first().map_or(0, |layer| layer.0),
            Some(layer) => self.layers.get(layer).map_or(0, |layer| layer.1),
        }
    }

    /// The number of columns: one more than there are layers.
    pub fn columns(&self) -> usize {
        self.layers.len() + 1
    }
}

/// Something in the picture that can be pointed at. Rows, columns and units count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A pixel of the input image.
    Pixel {
        /// Its index, row by row.
        input: usize,
    },
    /// A hidden unit, or an output of the last layer.
    Unit {
        /// The layer that computes it, from 0.
        layer: usize,
        /// Its index within the layer.
        index: usize,
    },
    /// A weight.
    Connection {
        /// Its layer, from 0.
        layer: usize,
        /// The unit that it belongs to.
        output: usize,
        /// The input that it multiplies.
        input: usize,
    },
}

impl Thing {
    /// The node with this index in a column.
    pub fn node(column: usize, index: usize) -> Thing {
        match column.checked_sub(1) {
            None => Thing::Pixel { input: index },
            Some(layer) => Thing::Unit { layer, index },
        }
    }

    /// Whether a network of this shape has it.
    pub fn is_in(self, shape: &NetworkShape) -> bool {
        match self {
            Thing::Pixel { input } => input < shape.nodes(0),
            Thing::Unit { layer, index } => index < shape.nodes(layer + 1),
            Thing::Connection { layer, output, input } => {
                shape.layers.get(layer).is_some_and(|size| input < size.0 && output < size.1)
            }
        }
    }
}

/// A point in CSS pixels from the upper left corner.
pub type Point = (f64, f64);

/// A column of dots. Where a layer has more units than find room one above the other, they stand in several files side
/// by side, each a little lower than its neighbour on the left, so that their order is still that of their heights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// The horizontal position of the first file.
    pub left: f64,
    /// The vertical position of the first unit.
    pub top: f64,
    /// The number of files.
    pub files: usize,
    /// The horizontal distance of two files.
    pub file_step: f64,
    /// The vertical distance of two units of a file.
    pub step: f64,
    /// The radius of a dot.
    pub radius: f64,
    /// The number of units.
    pub units: usize,
}

impl Column {
    fn new(units: usize, top: f64, height: f64) -> Column {
        let files = (units as f64 * LEAST_STEP / height.max(1.0)).ceil().clamp(1.0, MOST_FILES) as usize;
        let rows = units.div_ceil(files).max(1) as f64;
        let step = (height / rows).min(MOST_STEP);
        let file_step = if files > 1 { step.clamp(3.0, 6.0) } else { 0.0 };
        let near = if files > 1 { step.min(file_step) } else { step };
        let top = top + (height - rows * step) / 2.0 + step / 2.0 / files as f64;
        Column { left: 0.0, top, files, file_step, step, radius: (near * 0.36).clamp(0.6, 4.0), units }
    }

    /// The width from the first file to the last.
    pub fn width(&self) -> f64 {
        (self.files - 1) as f64 * self.file_step
    }

    fn at(&self, index: usize) -> Point {
        let (row, file) = ((index / self.files) as f64, (index % self.files) as f64);
        (self.left + file * self.file_step, self.top + (row + file / self.files as f64) * self.step)
    }

    /// The unit whose dot is nearest to a point, if it is near.
    fn nearest(&self, (x, y): Point) -> Option<usize> {
        let reach = (self.step / 2.0).clamp(2.5, 10.0);
        let file = if self.files > 1 { ((x - self.left) / self.file_step).round() } else { 0.0 };
        let file = file.clamp(0.0, (self.files - 1) as f64);
        let row = ((y - self.top) / self.step - file / self.files as f64).round().max(0.0);
        let index = row as usize * self.files + file as usize;
        let (dot_x, dot_y) = self.at(index);
        (index < self.units && (dot_x - x).hypot(dot_y - y) <= reach).then_some(index)
    }
}

/// The least vertical distance of two dots of a file.
const LEAST_STEP: f64 = 5.0;
const MOST_STEP: f64 = 30.0;
const MOST_FILES: f64 = 12.0;
/// Room below the nodes for two lines of text.
const TEXT_HEIGHT: f64 = 40.0;
/// Room above the nodes.
const TOP: f64 = 8.0;
/// Distance between the dot of a class and its name.
pub const LABEL_GAP: f64 = 8.0;

/// Positions of all nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkLayout {
    /// Width and height of the picture.
    pub size: (f64, f64),
    /// The upper left corner of the input image.
    pub image: Point,
    /// The width of a pixel of the input image.
    pub cell: f64,
    image_width: usize,
    inputs: usize,
    /// The columns of the layers' outputs.
    pub columns: Vec<Column>,
    /// The vertical position below all nodes, at which text begins.
    pub text_top: f64,
}

impl NetworkLayout {
    /// Lays out a network within `size`. `label_width` is the width of the longest name of a class, `scale` the number of
    /// device pixels in a CSS pixel: pixels of the image cover whole device pixels.
    pub fn new(shape: &NetworkShape, size: (f64, f64), label_width: f64, scale: f64) -> NetworkLayout {
        let (width, height) = size;
        let inputs = shape.nodes(0);
        let image_width = shape.image_width.max(1);
        let rows = inputs.div_ceil(image_width).max(1);
        let room = (height - TOP - TEXT_HEIGHT).max(10.0);
        let cell = (width * IMAGE_SHARE / image_width as f64).min(room / rows as f64);
        let cell = if cell * scale >= 1.0 { (cell * scale).floor() / scale } else { cell };
        let image = (1.0, ((TOP + (room - cell * rows as f64) / 2.0) * scale).round() / scale);
        let mut columns: Vec<Column> =
            shape.layers.iter().map(|layer| Column::new(layer.1, TOP, room)).collect();
        // Equal gaps between what is drawn.
        let left = image.0 + cell * image_width as f64;
        let right = width - label_width - LABEL_GAP - 5.0;
        let widths: f64 = columns.iter().map(Column::width).sum();
        let gap = ((right - left - widths) / columns.len().max(1) as f64).max(8.0);
        let mut x = left;
        for column in &mut columns {
            x += gap;
            column.left = x;
            x += column.width();
        }
        NetworkLayout { size, image, cell, image_width, inputs, columns, text_top: TOP + room + 8.0 }
    }

    /// The centre of a node: of a pixel in column 0, else of the dot of a unit.
    pub fn node(&self, column: usize, index: usize) -> Point {
        match column.checked_sub(1).and_then(|layer| self.columns.get(layer)) {
            Some(column) => column.at(index),
            None => {
                let (row, x) = (index / self.image_width, index % self.image_width);
                (self.image.0 + (x as f64 + 0.5) * self.cell, self.image.1 + (row as f64 + 0.5) * self.cell)
            }
        }
    }

    /// Width and height of the input image.
    pub fn image_size(&self) -> (f64, f64) {
        let rows = self.inputs.div_ceil(self.image_width);
        (self.image_width as f64 * self.cell, rows as f64 * self.cell)
    }

    /// The pixel or unit at a point.
    pub fn node_at(&self, at: Point) -> Option<Thing> {
        let unit =
            |(layer, column): (usize, &Column)| column.nearest(at).map(|index| Thing::Unit { layer, index });
        if let Some(unit) = self.columns.iter().enumerate().find_map(unit) {
            return Some(unit);
        }
        let (x, y) = ((at.0 - self.image.0) / self.cell, (at.1 - self.image.1) / self.cell);
        if x < 0.0 || y < 0.0 || x >= self.image_width as f64 {
            return None;
        }
        let input = y as usize * self.image_width + x as usize;
        (input < self.inputs).then_some(Thing::Pixel { input })
    }

    /// The ends of a connection.
    pub fn ends(&self, layer: usize, output: usize, input: usize) -> (Point, Point) {
        (self.node(layer, input), self.node(layer + 1, output))
    }
}

/// The largest share of the width that the input image takes.
const IMAGE_SHARE: f64 = 0.34;

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(hidden: &[usize]) -> NetworkShape {
        let sizes: Vec<usize> = [784].iter().chain(hidden).chain(&[10]).copied().collect();
        NetworkShape { layers: sizes.windows(2).map(|pair| (pair[0], pair[1])).collect(), image_width: 28 }
    }

    #[test]
    fn every_node_is_inside_and_found_where_it_is_drawn() {
        for hidden in [&[][..], &[20, 10], &[300, 100], &[1000, 500, 100], &[1, 30, 7, 64]] {
            let shape = shape(hidden);
            for (size, scale) in [((580.0, 360.0), 1.0), ((328.0, 264.0), 2.0), ((900.0, 480.0), 1.5)] {
                let layout = NetworkLayout::new(&shape, size, 12.0, scale);
                for column in 0..shape.columns() {
                    for index in 0..shape.nodes(column) {
                        let at = layout.node(column, index);
                        assert!(
                            at.0 > 0.0 && at.0 < size.0 && at.1 > 0.0 && at.1 < layout.text_top,
                            "{at:?}"
                        );
                        assert_eq!(
                            layout.node_at(at),
                            Some(Thing::node(column, index)),
                            "{hidden:?} {size:?}"
                        );
                    }
                }
                assert_eq!(layout.node_at((-3.0, 40.0)), None);
                assert_eq!(layout.node_at((size.0 / 2.0, size.1 - 1.0)), None);
            }
        }
    }
}
