//! A network as a stack of layers that share a layout: takes batches through it, tile by tile.

use crate::{
    batch::Batch,
    layer::{InputOrigin, Layer, Layout},
    loss::logits_stride,
};
use model::LayerSize;
use std::ops::Range;

/// What each hidden layer's outputs are multiplied by, (images, units), layer by layer: dropout, as drawn by whoever
/// trains.
pub type DropoutScales = Vec<Vec<f32>>;

/// The passes over a batch that a network offers, whatever its layout.
pub trait Passes {
    /// Length of the flat variable.
    fn parameter_count(&self) -> usize;

    /// The flat variable for these weights and biases, both flat; pruned weights become zero or are left out.
    fn pack(&self, weights: &[f32], biases: &[f32]) -> Vec<f32>;

    /// Weights (flat, `(out, in)` by layer, pruned ones zero) and biases out of the flat variable.
    fn unpack(&self, variable: &[f32]) -> (Vec<f32>, Vec<f32>);

    /// Takes a batch to score.
    fn gather(&mut self, batch: Batch<'_>);

    /// Takes a batch to train on.
    fn gather_to_train(&mut self, batch: Batch<'_>, dropout: Option<DropoutScales>);

    /// Takes images to read, given by their pixel values, image after image. Behind it [`Passes::backward`] must
    /// not be asked for.
    fn gather_pixel_values(&mut self, images: &[f32]);

    /// Logits of the images gathered, rows of [`logits_stride`] numbers, to be turned into their gradient in place.
    fn forward(&mut self, variable: &[f32]) -> &mut [f32];

    /// The gradient of the flat variable, once the logits hold the gradient of the loss.
    fn backward(&mut self, variable: &[f32], gradient: &mut [f32]);

    /// What each hidden layer gave behind its ReLU in the last forward pass, lowest first, each (images, units).
    fn activations(&self) -> Vec<Vec<f32>>;

    /// The gradient of the images' pixel values, (images, pixels), once the logits hold the gradient of the loss.
    fn pixel_gradient(&mut self, variable: &[f32]) -> Vec<f32>;
}

/// The layers, and room for a pass over a batch.
pub(crate) struct Stack<L: Layout> {
    layout: L,
    layers: Vec<PlacedLayer<L::Activations>>,
    tiles: Vec<Tile<L::Activations>>,
    /// The gradient of what each layer gives, for the tile in hand.
    gradients: Vec<L::Activations>,
    capacity: usize,
    /// Images gathered.
    images: usize,
    dropout: Option<DropoutScales>,
    logits: Vec<f32>,
    /// Numbers from one image's logits to the next's.
    logits_stride: usize,
}

/// A layer of a stack: a layer of the model, or a part of one.
pub(crate) struct StackLayer<A> {
    layer: Box<dyn Layer<A>>,
    /// The number of values that it reads for each image.
    inputs: usize,
    /// The number of values that it gives for each image.
    outputs: usize,
    /// Its weights, as a range of all.
    weights: Range<usize>,
    /// Its biases, as a range of all.
    biases: Range<usize>,
    /// Whether what it gives is what a layer of the model passes on.
    ends_layer: bool,
}

impl<A> StackLayer<A> {
    /// A whole layer of the model.
    pub(crate) fn whole(size: &LayerSize, layer: Box<dyn Layer<A>>) -> StackLayer<A> {
        StackLayer { outputs: size.outputs(), ends_layer: true, ..StackLayer::computing(size, layer) }
    }

    /// The part of a layer of the model that has its weights, before pooling.
    pub(crate) fn computing(size: &LayerSize, layer: Box<dyn Layer<A>>) -> StackLayer<A> {
        StackLayer {
            layer,
            inputs: size.inputs(),
            outputs: size.computed.values(),
            weights: size.weights.clone(),
            biases: size.biases.clone(),
            ends_layer: false,
        }
    }

    /// The pooling of a layer of the model.
    pub(crate) fn pooling(size: &LayerSize, layer: Box<dyn Layer<A>>) -> StackLayer<A> {
        let (weights, biases) = (size.weights.end, size.biases.end);
        StackLayer {
            layer,
            inputs: size.computed.values(),
            outputs: size.outputs(),
            weights: weights..weights,
            biases: biases..biases,
            ends_layer: true,
        }
    }
}

/// A layer and where its numbers are.
struct PlacedLayer<A> {
    layer: Box<dyn Layer<A>>,
    inputs: usize,
    outputs: usize,
    weights: Range<usize>,
    biases: Range<usize>,
    /// Its part of the flat variable.
    range: Range<usize>,
    /// The number of the model's hidden layer that passes on what this one gives.
    hidden: Option<usize>,
}

/// A tile's images on their way through the network.
struct Tile<A> {
    /// How many of them the batch in hand has.
    images: usize,
    input: A,
    /// What each layer gives.
    outputs: Vec<A>,
}

impl<A> Tile<A> {
    /// What layer number `layer` reads.
    fn input_of(&self, layer: usize) -> &A {
        if layer > 0 { &self.outputs[layer - 1] } else { &self.input }
    }
}

impl<L: Layout> Stack<L> {
    /// A stack of layers, lowest first, with room for batches of at most `capacity` images.
    pub(crate) fn new(layout: L, layers: Vec<StackLayer<L::Activations>>, capacity: usize) -> Stack<L> {
        let (last, mut start, mut hidden) = (layers.len() - 1, 0, 0);
        let place = |(l, layer): (usize, StackLayer<L::Activations>)| {
            let range = start..start + layer.layer.parameter_count();
            start = range.end;
            let ends_hidden = layer.ends_layer && l < last;
            hidden += usize::from(ends_hidden);
            let StackLayer { layer, inputs, outputs, weights, biases, .. } = layer;
            let hidden = ends_hidden.then(|| hidden - 1);
            PlacedLayer { layer, inputs, outputs, weights, biases, range, hidden }
        };
        let layers: Vec<_> = layers.into_iter().enumerate().map(place).collect();
        let tile = |_| Tile {
            images: 0,
            input: layout.input(),
            outputs: (0..=last).map(|l| layout.outputs(layers[l].outputs, l < last)).collect(),
        };
        let gradients = layers.iter().map(|layer| layout.outputs(layer.outputs, false)).collect();
        let tiles = (0..capacity.div_ceil(layout.tile_images())).map(tile).collect();
        let logits_stride = logits_stride(layers[last].outputs);
        let logits = vec![0.0; capacity * logits_stride];
        Stack { layout, layers, tiles, gradients, capacity, images: 0, dropout: None, logits, logits_stride }
    }

    fn take_batch(&mut self, batch: Batch<'_>, dropout: Option<DropoutScales>, training: bool) {
        self.resize(batch.len(), training);
        self.dropout = dropout;
        self.layout.gather(batch, training, self.tiles.iter_mut().map(|tile| &mut tile.input));
    }

    /// Says that as many images count from now on.
    fn resize(&mut self, images: usize, training: bool) {
        assert!(images <= self.capacity, "a batch of at most {} images", self.capacity);
        self.images = images;
        let width = self.layout.tile_images();
        for (number, tile) in self.tiles.iter_mut().enumerate() {
            let images = self.images.saturating_sub(number * width).min(width);
            tile.images = images;
            tile.outputs.iter_mut().for_each(|outputs| self.layout.resize(outputs, images, training));
        }
    }
}

/// The factors of a tile's images in a layer of `units` units.
fn factors(dropout: &DropoutScales, layer: usize, units: usize, first_image: usize) -> &[f32] {
    &dropout[layer][first_image * units..]
}

impl<L: Layout> Passes for Stack<L> {
    fn parameter_count(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.range.end)
    }

    fn pack(&self, weights: &[f32], biases: &[f32]) -> Vec<f32> {
        let mut variable = Vec::with_capacity(self.parameter_count());
        for placed in &self.layers {
            let (weights, biases) = (&weights[placed.weights.clone()], &biases[placed.biases.clone()]);
            placed.layer.pack(weights, biases, &mut variable);
        }
        variable
    }

    fn unpack(&self, variable: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let sums = self.layers.last().map_or((0, 0), |last| (last.weights.end, last.biases.end));
        let (mut weights, mut biases) = (vec![0.0; sums.0], vec![0.0; sums.1]);
        for placed in &self.layers {
            let (weights, biases) =
                (&mut weights[placed.weights.clone()], &mut biases[placed.biases.clone()]);
            placed.layer.unpack(&variable[placed.range.clone()], weights, biases);
        }
        (weights, biases)
    }

    fn gather(&mut self, batch: Batch<'_>) {
        self.take_batch(batch, None, false);
    }

    fn gather_to_train(&mut self, batch: Batch<'_>, dropout: Option<DropoutScales>) {
        self.take_batch(batch, dropout, true);
    }

    fn gather_pixel_values(&mut self, images: &[f32]) {
        let pixels = self.layers[0].inputs;
        assert!(images.len().is_multiple_of(pixels), "{pixels} pixel values for each image");
        self.resize(images.len() / pixels, false);
        self.dropout = None;
        self.layout.gather_pixel_values(images, self.tiles.iter_mut().map(|tile| &mut tile.input));
    }

    fn forward(&mut self, variable: &[f32]) -> &mut [f32] {
        let Stack { layout, layers, tiles, dropout, logits_stride: stride, .. } = self;
        let (width, last) = (layout.tile_images(), layers.len() - 1);
        for PlacedLayer { layer, range, .. } in layers.iter_mut() {
            layer.begin_forward(&variable[range.clone()]);
        }
        let logits = &mut self.logits[..self.images * *stride];
        for (number, (tile, logits)) in tiles.iter_mut().zip(logits.chunks_mut(width * *stride)).enumerate() {
            for (l, PlacedLayer { layer, range, outputs: units, hidden, .. }) in layers.iter().enumerate() {
                let (below, outputs) = tile.outputs.split_at_mut(l);
                let (input, output) = (below.last().unwrap_or(&tile.input), &mut outputs[0]);
                layer.forward(&variable[range.clone()], input, output);
                if l < last {
                    if let (Some(dropout), Some(hidden)) = (dropout.as_ref(), hidden) {
                        layout.scale(output, factors(dropout, *hidden, *units, number * width));
                    }
                    layout.finish(output);
                }
            }
            layout.write_logits(&tile.outputs[last], *stride, logits);
        }
        &mut self.logits[..self.images * self.logits_stride]
    }

    fn backward(&mut self, variable: &[f32], gradient: &mut [f32]) {
        let Stack { layout, layers, tiles, gradients, dropout, logits_stride: stride, .. } = self;
        let (width, last) = (layout.tile_images(), layers.len() - 1);
        for (l, PlacedLayer { layer, range, .. }) in layers.iter_mut().enumerate() {
            layer.begin_parameter_gradient(&mut gradient[range.clone()]);
            if l > 0 {
                layer.begin_input_gradient(&variable[range.clone()]);
            }
        }
        let logits = self.logits[..self.images * *stride].chunks(width * *stride);
        for (number, (tile, logits)) in tiles.iter_mut().zip(logits).enumerate() {
            gradients.iter_mut().for_each(|gradient| layout.resize(gradient, tile.images, true));
            layout.read_logits(logits, *stride, &mut gradients[last]);
            for (l, PlacedLayer { layer, range, inputs, .. }) in layers.iter().enumerate().rev() {
                let (below, gradients) = gradients.split_at_mut(l);
                let input = tile.input_of(l);
                layer.parameter_gradient(input, &gradients[0], &mut gradient[range.clone()]);
                let Some(below) = below.last_mut() else { continue };
                let parameters = &variable[range.clone()];
                layer.input_gradient(parameters, input, InputOrigin::Relu, &gradients[0], below);
                if let (Some(dropout), Some(hidden)) = (dropout.as_ref(), layers[l - 1].hidden) {
                    layout.scale(below, factors(dropout, hidden, *inputs, number * width));
                }
            }
        }
        for PlacedLayer { layer, range, .. } in layers.iter() {
            layer.end_parameter_gradient(&mut gradient[range.clone()]);
        }
    }

    fn activations(&self) -> Vec<Vec<f32>> {
        let of_layer = |(l, layer): (usize, &PlacedLayer<L::Activations>)| {
            let units = layer.outputs;
            let mut values = vec![0.0; self.images * units];
            let of_tiles = values.chunks_mut(self.layout.tile_images() * units);
            for (tile, values) in self.tiles.iter().zip(of_tiles) {
                self.layout.write_activations(&tile.outputs[l], values);
            }
            values
        };
        self.layers.iter().enumerate().filter(|(_, layer)| layer.hidden.is_some()).map(of_layer).collect()
    }

    fn pixel_gradient(&mut self, variable: &[f32]) -> Vec<f32> {
        let Stack { layout, layers, tiles, gradients, logits_stride: stride, .. } = self;
        let (width, last) = (layout.tile_images(), layers.len() - 1);
        for PlacedLayer { layer, range, .. } in layers.iter_mut() {
            layer.begin_input_gradient(&variable[range.clone()]);
        }
        let mut of_tile = layout.pixel_gradient();
        let mut of_images = vec![0.0; self.images * layers[0].inputs];
        let logits = self.logits[..self.images * *stride].chunks(width * *stride);
        let rows = of_images.chunks_mut(width * layers[0].inputs);
        for ((tile, logits), rows) in tiles.iter().zip(logits).zip(rows) {
            gradients.iter_mut().for_each(|gradient| layout.resize(gradient, tile.images, false));
            layout.resize(&mut of_tile, tile.images, false);
            layout.read_logits(logits, *stride, &mut gradients[last]);
            for (l, PlacedLayer { layer, range, .. }) in layers.iter().enumerate().rev() {
                let (below, gradients) = gradients.split_at_mut(l);
                let (below, origin) = match below.last_mut() {
                    Some(below) => (below, InputOrigin::Relu),
                    None => (&mut of_tile, InputOrigin::Pixels),
                };
                let parameters = &variable[range.clone()];
                layer.input_gradient(parameters, tile.input_of(l), origin, &gradients[0], below);
            }
            layout.write_pixel_gradient(&of_tile, rows);
        }
        of_images
    }
}
