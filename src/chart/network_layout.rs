//! Where the picture of a network has its nodes: the input image on the left, a column of dots for each hidden layer, and
//! the classes on the right. All lengths are in CSS pixels.

/// The sizes of a network that its picture needs. Each layer has a column of nodes: the units of a linear layer, the channels
/// of a convolution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkShape {
    /// For each layer the number of weights of a node, and the number of nodes.
    pub layers: Vec<(usize, usize)>,
    /// For each layer what its channels are, if it is a convolution.
    pub maps: Vec<Option<FeatureMaps>>,
    /// The number of pixels of the input image, each of which stands for all of its channels.
    pub pixels: usize,
    /// The number of pixels in a row of the input image.
    pub image_width: usize,
    /// The number of values of each pixel. An image's values stand channel after channel.
    pub channels: usize,
}

/// The channels of a convolution: each makes a feature map of what it finds in all windows of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureMaps {
    /// The height and the width of a window.
    pub kernel: usize,
    /// The height of a map, as it is passed on behind the pooling.
    pub height: usize,
    /// The width of a map.
    pub width: usize,
}

impl NetworkShape {
    /// A network of linear layers that reads grey images: `sizes` are the numbers of pixels, of the units of each hidden layer,
    /// and of classes.
    pub fn linear(sizes: &[usize], image_width: usize) -> NetworkShape {
        let layers: Vec<_> = sizes.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let maps = vec![None; layers.len()];
        NetworkShape { layers, maps, pixels: sizes.first().copied().unwrap_or(0), image_width, channels: 1 }
    }

    /// The number of weights of each layer.
    pub fn weights(&self) -> impl Iterator<Item = usize> + '_ {
        self.layers.iter().map(|(inputs, outputs)| inputs * outputs)
    }

    /// The index of a layer's first weight among all weights.
    pub fn first_weight(&self, layer: usize) -> usize {
        self.weights().take(layer).sum()
    }

    /// The number of nodes of a column: 0 is the input image, the others are the nodes of the layer before.
    pub fn nodes(&self, column: usize) -> usize {
        match column.checked_sub(1) {
            None => self.pixels,
            Some(layer) => self.layers.get(layer).map_or(0, |layer| layer.1),
        }
    }

    /// The number of columns: one more than there are layers.
    pub fn columns(&self) -> usize {
        self.layers.len() + 1
    }

    /// The feature maps of a layer, if it is a convolution.
    pub fn maps_of(&self, layer: usize) -> Option<FeatureMaps> {
        self.maps.get(layer).copied().flatten()
    }

    /// How many weights of each node of a layer read the same node of the column before it. `None` if they read all pixels of
    /// the image.
    pub fn weights_from_node(&self, layer: usize) -> Option<usize> {
        match (self.maps_of(layer), layer.checked_sub(1).and_then(|before| self.maps_of(before))) {
            (Some(_), _) if layer == 0 => None,
            (Some(maps), _) => Some(maps.kernel * maps.kernel),
            (None, Some(read)) => Some(read.height * read.width),
            (None, None) if layer == 0 => Some(self.channels),
            (None, None) => Some(1),
        }
    }

    /// Which weights of each node of a layer read a node of the column before it: their places among those of the node.
    pub fn inputs_from_node(&self, layer: usize, node: usize) -> impl Iterator<Item = usize> + use<> {
        let weights = self.weights_from_node(layer).unwrap_or(0);
        // The channels of a pixel lie an image apart, whatever else reads a node lies in one piece.
        let (first, step) = if layer == 0 { (node, self.pixels) } else { (node * weights, 1) };
        (0..weights).map(move |at| first + at * step)
    }

    /// The node that a weight of a layer reads, of the column before the layer. `input` is the weight's place among those
    /// of its node. `None` if it reads all pixels of the image.
    pub fn read_node(&self, layer: usize, input: usize) -> Option<usize> {
        let weights = self.weights_from_node(layer)?;
        Some(if layer == 0 { input % self.pixels.max(1) } else { input / weights.max(1) })
    }

    /// The channel of the image that a weight of the first layer reads. `input` is the weight's place among those of its unit
    /// or channel.
    pub fn read_channel(&self, input: usize) -> usize {
        input / self.maps_of(0).map_or(self.pixels, |maps| maps.kernel * maps.kernel).max(1)
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
    /// A hidden unit, a channel of a convolution, or an output of the last layer.
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
        /// The unit or channel that it belongs to.
        output: usize,
        /// Its place among that one's weights: which input it multiplies, or which place of a window.
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
            // A convolution reads all pixels by the same weights: a pixel has none of its own.
            Thing::Pixel { input } => input < shape.nodes(0) && shape.maps_of(0).is_none(),
            Thing::Unit { layer, index } => index < shape.nodes(layer + 1),
            Thing::Connection { layer, output, input } => {
                shape.layers.get(layer).is_some_and(|size| input < size.0 && output < size.1)
            }
        }
    }
}

/// A point in CSS pixels from the upper left corner.
pub type Point = (f64, f64);

/// A column of dots, or of feature maps. Where a layer has more units than find room one above the other, they stand in several files side
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
    /// The width and the height of a feature map. `None` for dots.
    pub map: Option<(f64, f64)>,
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
        let radius = (near * 0.36).clamp(0.6, 4.0);
        Column { left: 0.0, top, files, file_step, step, radius, map: None, units }
    }

    fn of_maps(channels: usize, maps: FeatureMaps, top: f64, height: f64) -> Column {
        let files =
            (channels as f64 * LEAST_MAP_STEP / height.max(1.0)).ceil().clamp(1.0, MOST_FILES) as usize;
        let rows = channels.div_ceil(files).max(1) as f64;
        let step = (height / rows).min(MOST_MAP_STEP);
        let file_step = if files > 1 { step } else { 0.0 };
        let top = top + (height - rows * step) / 2.0 + step / 2.0 / files as f64;
        let (wide, high) = (maps.width.max(1) as f64, maps.height.max(1) as f64);
        let cell = step * 0.84 / wide.max(high);
        let map = Some((cell * wide, cell * high));
        Column { left: 0.0, top, files, file_step, step, radius: step * 0.42, map, units: channels }
    }

    /// The width from the first file to the last.
    pub fn width(&self) -> f64 {
        (self.files - 1) as f64 * self.file_step
    }

    /// Half the width of what is drawn of a node that needs room of its own.
    fn half_map(&self) -> f64 {
        self.map.map_or(0.0, |(width, _)| width / 2.0)
    }

    fn at(&self, index: usize) -> Point {
        let (row, file) = ((index / self.files) as f64, (index % self.files) as f64);
        (self.left + file * self.file_step, self.top + (row + file / self.files as f64) * self.step)
    }

    /// The unit whose dot is nearest to a point, if it is near.
    fn nearest(&self, (x, y): Point) -> Option<usize> {
        let reach = if self.map.is_some() { self.radius } else { (self.step / 2.0).clamp(2.5, 10.0) };
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
/// The least and the largest vertical distance of two feature maps of a file.
const LEAST_MAP_STEP: f64 = 14.0;
const MOST_MAP_STEP: f64 = 60.0;
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
    shape: NetworkShape,
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
        let column = |(layer, size): (usize, &(usize, usize))| match shape.maps_of(layer) {
            Some(maps) => Column::of_maps(size.1, maps, TOP, room),
            None => Column::new(size.1, TOP, room),
        };
        let mut columns: Vec<Column> = shape.layers.iter().enumerate().map(column).collect();
        // Equal gaps between what is drawn.
        let left = image.0 + cell * image_width as f64;
        let right = width - label_width - LABEL_GAP - 5.0;
        let widths: f64 = columns.iter().map(|column| column.width() + 2.0 * column.half_map()).sum();
        let gap = ((right - left - widths) / columns.len().max(1) as f64).max(8.0);
        let mut x = left;
        for column in &mut columns {
            x += gap + column.half_map();
            column.left = x;
            x += column.width() + column.half_map();
        }
        NetworkLayout { size, image, cell, shape: shape.clone(), columns, text_top: TOP + room + 8.0 }
    }

    /// The centre of a node: of a pixel in column 0, else of the dot of a unit.
    pub fn node(&self, column: usize, index: usize) -> Point {
        match column.checked_sub(1).and_then(|layer| self.columns.get(layer)) {
            Some(column) => column.at(index),
            None => {
                let width = self.shape.image_width.max(1);
                let (row, x) = (index / width, index % width);
                (self.image.0 + (x as f64 + 0.5) * self.cell, self.image.1 + (row as f64 + 0.5) * self.cell)
            }
        }
    }

    /// Width and height of the input image.
    pub fn image_size(&self) -> (f64, f64) {
        let width = self.shape.image_width.max(1);
        (width as f64 * self.cell, self.shape.pixels.div_ceil(width) as f64 * self.cell)
    }

    /// The pixel or unit at a point.
    pub fn node_at(&self, at: Point) -> Option<Thing> {
        let unit =
            |(layer, column): (usize, &Column)| column.nearest(at).map(|index| Thing::Unit { layer, index });
        if let Some(unit) = self.columns.iter().enumerate().find_map(unit) {
            return Some(unit);
        }
        let (x, y) = ((at.0 - self.image.0) / self.cell, (at.1 - self.image.1) / self.cell);
        let width = self.shape.image_width.max(1);
        if x < 0.0 || y < 0.0 || x >= width as f64 {
            return None;
        }
        let pixel = Thing::Pixel { input: y as usize * width + x as usize };
        pixel.is_in(&self.shape).then_some(pixel)
    }

    /// Which classes have room for their names, if each takes `line` CSS pixels: all, or every second, third … one. The name of
    /// the `likeliest` stands in any case, in place of its neighbours'.
    pub fn named_classes(&self, line: f64, likeliest: Option<usize>) -> impl Iterator<Item = usize> + use<> {
        let (step, units) =
            self.columns.last().map_or((1.0, 0), |column| (column.step / column.files as f64, column.units));
        let every = (line / step.max(1e-6)).ceil().max(1.0) as usize;
        let stands = move |index: usize| match likeliest {
            Some(likeliest) if index == likeliest => true,
            Some(likeliest) if index.abs_diff(likeliest) < every => false,
            _ => index.is_multiple_of(every),
        };
        (0..units).filter(move |index| stands(*index))
    }

    /// Where the name of a class begins: its left edge and its middle.
    pub fn class_name_at(&self, index: usize) -> Point {
        let column = self.columns.last();
        let (right, files) = column.map_or((0.0, 1), |column| (column.left + column.width(), column.files));
        let (x, y) = self.node(self.columns.len(), index);
        // Behind several files of dots, all names stand in one line.
        (if files > 1 { right } else { x } + LABEL_GAP, y)
    }

    /// The upper left corner of a channel's feature map, and its width and height. `None` for a column of dots.
    pub fn map(&self, column: usize, index: usize) -> Option<(Point, (f64, f64))> {
        let (width, height) = self.columns.get(column.checked_sub(1)?)?.map?;
        let (x, y) = self.node(column, index);
        Some(((x - width / 2.0, y - height / 2.0), (width, height)))
    }

    /// The ends of a connection. It begins at the right of a feature map, at the height of what it reads there; the window of a
    /// convolution lies in the middle of what it reads.
    pub fn ends(&self, layer: usize, output: usize, input: usize) -> (Point, Point) {
        let (x, y) = self.node(layer + 1, output);
        let half = self.columns.get(layer).map_or(0.0, Column::half_map);
        (self.begin(layer, input), (x - half, y))
    }

    fn begin(&self, layer: usize, input: usize) -> Point {
        let shape = &self.shape;
        let window = shape.maps_of(layer).map(|maps| maps.kernel.max(1));
        let in_window = |kernel: usize, height: usize, width: usize| {
            let (row, column) = (input / kernel % kernel, input % kernel);
            (height.saturating_sub(kernel) / 2 + row, width.saturating_sub(kernel) / 2 + column)
        };
        let Some(node) = shape.read_node(layer, input) else {
            let width = shape.image_width.max(1);
            let (row, column) = in_window(window.unwrap_or(1), shape.pixels / width, width);
            return self.node(0, row * width + column);
        };
        let read = layer.checked_sub(1).and_then(|before| shape.maps_of(before));
        let (Some(maps), Some(((left, top), (width, height)))) = (read, self.map(layer, node)) else {
            return self.node(layer, node);
        };
        let row = match window {
            Some(kernel) => in_window(kernel, maps.height, maps.width).0.min(maps.height.max(1) - 1),
            None => input / maps.width.max(1) % maps.height.max(1),
        };
        (left + width, top + (row as f64 + 0.5) * height / maps.height.max(1) as f64)
    }
}

/// The largest share of the width that the input image takes.
const IMAGE_SHARE: f64 = 0.34;

#[cfg(test)]
mod tests;
