//! One of the networks of the picture: what is known of it in the shown round, and its drawing.

use crate::{
    kept_networks::KeptNetworks,
    moment::Stage,
    network_names,
    network_texts::{self, PointedNetwork},
    network_view::{KnownValues, NetworkPanel, PanelMask, training_progress},
    preview::RecordedNetworks,
    web::{
        dom::{self, CachedText},
        network_canvas::{NetworkCanvas, Overlay},
        network_values::{PanelValues, values_of},
    },
};
use chart::{
    network::{self, ConnectionValues, LineClass, LineLook, NodeCounts},
    network_layout::{NetworkShape, Thing},
    network_nodes,
    network_sample::{ConnectionSample, SampledConnection},
    style::Theme,
};
use experiment::{arm::Arm, config::ExperimentConfig, job::JobId, recipe::WeightSource, recipe::recipe};
use numbers::order::sort_by_number;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::Element;

/// The network and the round that are shown, with everything that is the same for all networks of the picture.
pub(super) struct ShownRound {
    /// The experiment.
    pub(super) config: ExperimentConfig,
    /// The sizes of the network.
    pub(super) shape: NetworkShape,
    /// The usual size of a value in each layer.
    pub(super) usual: Vec<f64>,
    /// The names of the classes.
    pub(super) classes: Vec<String>,
    /// The round.
    pub(super) round: u8,
    /// The prune rounds of the ticket's weights.
    pub(super) prune_rounds: Vec<u8>,
    /// The last round whose mask is known.
    pub(super) last_known_round: u32,
    /// What is known of the networks of a recorded run.
    pub(super) recorded: Option<RecordedNetworks>,
    /// Which connections are drawn.
    pub(super) sample: ConnectionSample,
}

/// The moment within the round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct StageProgress {
    /// The stage.
    pub(super) stage: Stage,
    /// How far the stage has come, from 0 to 1.
    pub(super) progress: f64,
}

impl StageProgress {
    fn pruning(&self) -> f64 {
        if self.stage == Stage::Prune { self.progress } else { 0.0 }
    }
}

/// Connections with what is known of their values.
#[derive(Default)]
struct Connections {
    connections: Vec<SampledConnection>,
    /// The values at the end of the round before. Empty if they are not known.
    before: Vec<f32>,
    first: Vec<f32>,
    last: Vec<f32>,
    classes: Vec<LineClass>,
}

impl Connections {
    fn values(&self, at: StageProgress) -> ConnectionValues<'_> {
        if at.stage == Stage::Rewind && !self.before.is_empty() && !self.first.is_empty() {
            // The trained values go back to the first ones.
            return ConnectionValues { first: &self.before, last: &self.first, progress: at.progress };
        }
        ConnectionValues {
            first: &self.first,
            last: &self.last,
            progress: training_progress(at.stage, at.progress),
        }
    }
}

/// A network of the picture.
pub(super) struct Panel {
    pub(super) view: NetworkCanvas,
    holder: Element,
    heading: CachedText,
    note: CachedText,
    empty: CachedText,
    /// Which network it is.
    pub(super) subject: Option<NetworkPanel>,
    /// Where values are read: after the round before, before training and after it.
    sources: [Option<Rc<PanelValues>>; 3],
    /// What is known of the values.
    pub(super) known: KnownValues,
    /// Whether the mask is known.
    is_drawable: bool,
    lines: Connections,
    focus: Connections,
    counts: NodeCounts,
    marked: Vec<(usize, usize)>,
    /// What the units of every layer give, if an image is shown.
    pub(super) activations: Option<Vec<Vec<f32>>>,
    rgba: Vec<u8>,
    /// Whether everything has to be drawn again.
    pub(super) dirty: bool,
}

impl Panel {
    /// The panel with this number.
    pub(super) fn new(number: usize) -> Panel {
        Panel {
            view: dom::needed(NetworkCanvas::new(&format!("network-{number}"))),
            holder: dom::by_id(&format!("network-panel-{number}")),
            heading: CachedText::of(&format!("network-name-{number}")),
            note: CachedText::of(&format!("network-start-{number}")),
            empty: CachedText::of(&format!("network-empty-{number}")),
            subject: None,
            sources: [None, None, None],
            known: KnownValues::Nothing { trained: false },
            is_drawable: false,
            lines: Connections::default(),
            focus: Connections::default(),
            counts: NodeCounts::default(),
            marked: Vec::new(),
            activations: None,
            rgba: Vec::new(),
            dirty: true,
        }
    }

    /// Shows a network, or hides the panel if there is none. `trained` says whether its job is done.
    pub(super) fn show_round(
        &mut self,
        shown: &ShownRound,
        subject: Option<NetworkPanel>,
        kept: &KeptNetworks,
        trained: bool,
    ) {
        self.dirty = true;
        self.subject = subject;
        let _ = self.holder.toggle_attribute_with_force("hidden", subject.is_none());
        let Some(subject) = subject else { return };
        let (name, note) = network_texts::panel_heading(&shown.config, &subject);
        self.heading.show(&name);
        self.note.show(&note);
        let weights = shown.config.model.weight_count();
        let load = |job: JobId| match &shown.recorded {
            Some(run) => run.values.get(job).cloned().map(PanelValues::Recorded).map(Rc::new),
            None => kept.get(job).and_then(|arrays| PanelValues::load(arrays, weights)).map(Rc::new),
        };
        let own = load(subject.job);
        // The first values of a ticket are those of the dense network, which are known earlier.
        let dense = JobId { arm: Arm::Ticket, round: 0, draw: 0, ..subject.job };
        let is_initial = recipe(subject.job).weights == WeightSource::Initial;
        let first = own.clone().or_else(|| load(dense).filter(|_| is_initial));
        self.sources = [subject.job_before().and_then(load), first, own];
        self.known = match &self.sources {
            [_, _, Some(_)] => KnownValues::FirstAndLast,
            [_, Some(_), None] => KnownValues::First,
            _ if shown.recorded.is_some() => KnownValues::NotRecorded,
            _ => KnownValues::Nothing { trained },
        };
        self.is_drawable = match subject.mask {
            PanelMask::NotYet | PanelMask::NotTrained => false,
            PanelMask::Own => self.sources[2].is_some(),
            PanelMask::Ticket => u32::from(shown.round) <= shown.last_known_round,
        };
        let empty = match self.is_drawable {
            true => "",
            false => network_texts::panel_empty(&subject),
        };
        self.empty.show(empty);
        let _ = self.empty.element().toggle_attribute_with_force("hidden", self.is_drawable);
        self.lines = Connections::default();
        self.counts = NodeCounts::new(&shown.shape, |_| false);
        if self.is_drawable {
            let survives = self.survival(shown);
            let drawn = shown.sample.drawn(&shown.shape, shown.round, &survives);
            let mut counts = NodeCounts::new(&shown.shape, &survives);
            drop(survives);
            let recorded = shown.recorded.as_ref();
            let recorded = recorded.and_then(|run| run.unit_survivors.get(usize::from(shown.round)));
            if let (Some(recorded), Some(units)) = (recorded, counts.incoming.get_mut(1)) {
                units.clone_from(recorded);
            }
            (self.lines, self.counts) = (self.read(drawn), counts);
            let cut_off = self.cut_off(&shown.shape);
            let units = (1..shown.shape.columns()).map(|column| shown.shape.nodes(column)).sum();
            let by_layer = self.counts.by_layer();
            let words = network_texts::describe(
                &name,
                subject.job.round,
                self.lines.connections.len(),
                &by_layer,
                cut_off,
                units,
            );
            dom::set_attribute(self.view.canvas(), "aria-label", &words);
        } else {
            dom::set_attribute(self.view.canvas(), "aria-label", empty);
        }
    }

    /// Whether a weight survives in the shown round.
    fn survival<'a>(&'a self, shown: &'a ShownRound) -> impl Fn(usize) -> bool + 'a {
        let own = match self.subject.map(|subject| subject.mask) {
            Some(PanelMask::Own) => self.sources[2].as_deref(),
            _ => None,
        };
        move |weight| match own {
            Some(values) => values.survives(weight),
            None => shown.prune_rounds.get(weight).is_some_and(|&pruned_in| pruned_in > shown.round),
        }
    }

    fn read(&self, connections: Vec<SampledConnection>) -> Connections {
        let [before, first, last] = &self.sources;
        let of = |source: &Option<Rc<PanelValues>>, is_last: bool| match source.as_deref() {
            Some(values) if is_last => values_of(&connections, &|weight| values.last(weight)),
            Some(values) => values_of(&connections, &|weight| values.first(weight)),
            None => Vec::new(),
        };
        let (before, first, last) = (of(before, true), of(first, false), of(last, true));
        Connections { connections, before, first, last, classes: Vec::new() }
    }

    fn cut_off(&self, shape: &NetworkShape) -> usize {
        let of_column = |column| {
            (0..shape.nodes(column)).filter(move |&index| self.counts.is_cut_off(column, index)).count()
        };
        (1..shape.columns()).map(of_column).sum()
    }

    /// The number of lines, and that of the survivors. `None` if the network cannot be drawn.
    pub(super) fn line_counts(&self) -> Option<(usize, u32)> {
        self.is_drawable.then(|| (self.lines.connections.len(), self.counts.by_layer().iter().sum()))
    }

    /// Shows all connections of the thing that is pointed at.
    pub(super) fn show_focus(&mut self, shown: &ShownRound, thing: Option<Thing>) {
        self.dirty = true;
        self.focus = Connections::default();
        self.marked.clear();
        let Some(thing) = thing.filter(|_| self.is_drawable) else { return };
        let survives = self.survival(shown);
        let mut connections = network::connections_of(&shown.shape, thing, &survives);
        connections.retain(|connection| survives(connection.weight as usize));
        drop(survives);
        self.marked = match thing {
            Thing::Pixel { input } => vec![(0, input)],
            Thing::Unit { layer, index } => vec![(layer + 1, index)],
            Thing::Connection { layer, output, input } => {
                let read = shown.shape.read_node(layer, input).map(|node| (layer, node));
                read.into_iter().chain([(layer + 1, output)]).collect()
            }
        };
        self.focus = self.read(connections);
    }

    /// What is at a place of the canvas, in CSS pixels.
    pub(super) fn thing_at(&self, x: f64, y: f64) -> Option<Thing> {
        let layout = self.view.layout.as_ref().filter(|_| self.is_drawable)?;
        network::thing_at(layout, &self.lines.connections, (x, y))
    }

    /// What there is to say of the thing that is pointed at. `over` says whether the round is over.
    pub(super) fn pointed(
        &self,
        shown: &ShownRound,
        thing: Thing,
        at: StageProgress,
        over: bool,
    ) -> Option<PointedNetwork> {
        let subject = self.subject.filter(|_| self.is_drawable)?;
        let count = |counts: &[Vec<u32>], column: usize, index: usize| {
            counts.get(column).and_then(|nodes| nodes.get(index)).copied().unwrap_or(0)
        };
        let connections = self.marked.first().map_or((0, 0), |&(column, index)| {
            (count(&self.counts.incoming, column, index), count(&self.counts.outgoing, column, index))
        });
        let values = match thing {
            Thing::Connection { .. } => {
                (self.focus.first.first().copied(), self.focus.last.first().copied().filter(|_| over))
            }
            _ => (None, None),
        };
        let strongest = match thing {
            Thing::Unit { .. } => self.strongest(thing, at),
            _ => Vec::new(),
        };
        let named = |(connection, value): (SampledConnection, f32)| {
            let (layer, input) = (connection.layer as usize, connection.input as usize);
            (network_names::input_name(&shown.config, &shown.shape, layer, input), value)
        };
        let strongest = strongest.into_iter().take(3).map(named).collect();
        let name = subject.style.chart_label().to_owned();
        Some(PointedNetwork { name, connections, values, strongest })
    }

    /// The surviving connections of the thing that is pointed at, the strongest first: those that a unit reads, or all of
    /// a pixel.
    pub(super) fn strongest(&self, thing: Thing, at: StageProgress) -> Vec<(SampledConnection, f32)> {
        let values = self.focus.values(at);
        let reads = |connection: &SampledConnection| match thing {
            Thing::Unit { layer, .. } => connection.layer as usize == layer,
            _ => true,
        };
        let with_value = self.focus.connections.iter().enumerate().filter(|(_, c)| reads(c));
        let mut strongest: Vec<(SampledConnection, f32)> =
            with_value.filter_map(|(index, c)| Some((*c, values.value(index)? as f32))).collect();
        sort_by_number(&mut strongest, |(connection, _)| f64::from(connection.weight));
        sort_by_number(&mut strongest, |(_, value)| -f64::from(value.abs()));
        strongest
    }

    /// What a unit or a channel of the first layer reads: the value of each weight, or `None` where it is pruned. Empty if the
    /// values are not known.
    pub(super) fn reading(&self, shown: &ShownRound, unit: usize, is_last: bool) -> Vec<Option<f32>> {
        let source = if is_last { &self.sources[2] } else { &self.sources[1] };
        let Some(values) = source.as_deref().filter(|_| self.is_drawable) else { return Vec::new() };
        let survives = self.survival(shown);
        let inputs = shown.shape.layers.first().map_or(0, |size| size.0);
        let value = |weight| if is_last { values.last(weight) } else { values.first(weight) };
        (unit * inputs..(unit + 1) * inputs).map(|w| value(w).filter(|_| survives(w))).collect()
    }

    /// Draws the network if it looks different from before. Returns whether it did.
    pub(super) fn paint(
        &mut self,
        shown: &ShownRound,
        pixels: Option<&[f32]>,
        at: StageProgress,
        theme: Theme,
        scale: f64,
    ) -> Result<bool, JsValue> {
        let is_ticket = self.subject.is_some_and(|subject| subject.mask == PanelMask::Ticket);
        let prunes = is_ticket && at.stage == Stage::Prune;
        let dying = |weight: usize| {
            prunes && shown.prune_rounds.get(weight).is_some_and(|&byte| byte == shown.round + 1)
        };
        let classify =
            |c: &Connections| network::classify(&c.connections, &c.values(at), &shown.usual, dying);
        let (lines, focus) = (classify(&self.lines), classify(&self.focus));
        let differs = lines != self.lines.classes || focus != self.focus.classes;
        if !self.dirty && !differs && !prunes {
            return Ok(false);
        }
        (self.lines.classes, self.focus.classes) = (lines, focus);
        if self.dirty {
            if !self.view.lay_out(&shown.shape, &shown.classes, scale) {
                return Ok(false);
            }
            self.paint_overlay(shown, pixels, theme)?;
        }
        self.dirty = false;
        let Some(layout) = self.view.layout.as_ref() else { return Ok(false) };
        let in_background = !self.marked.is_empty();
        let look = LineLook { theme, pruning: at.pruning(), in_background };
        let mut batches = network::lines(layout, &self.lines.connections, &self.lines.classes, look);
        let look = LineLook { in_background: false, ..look };
        batches.extend(network::lines(layout, &self.focus.connections, &self.focus.classes, look));
        self.view.draw_lines(&batches, pixels.is_some())?;
        Ok(true)
    }

    fn paint_overlay(
        &mut self,
        shown: &ShownRound,
        pixels: Option<&[f32]>,
        theme: Theme,
    ) -> Result<(), JsValue> {
        let Some(layout) = self.view.layout.as_ref() else { return Ok(()) };
        let shape = &shown.shape;
        network_nodes::paint_input(&self.counts, pixels, theme, &mut self.rgba);
        let activations = self.activations.as_deref();
        let dots = match self.is_drawable {
            true => network_nodes::dots(layout, shape, &self.counts, activations, theme),
            false => network_nodes::faint_dots(layout, shape, theme),
        };
        let filter = |channel| self.reading(shown, channel, self.sources[2].is_some());
        let maps = network_nodes::map_pictures(layout, shape, &self.counts, activations, filter, theme);
        let short = layout.size.0 < 420.0;
        let columns: Vec<String> = (0..shape.columns())
            .map(|column| network_texts::column_name(&shown.config, shape, column, short))
            .collect();
        let by_layer = if self.is_drawable { self.counts.by_layer() } else { Vec::new() };
        let layers: Vec<String> =
            by_layer.iter().map(|&left| network_texts::layer_count(left, short)).collect();
        let marked: Vec<(f64, f64)> =
            self.marked.iter().map(|&(column, index)| layout.node(column, index)).collect();
        let outputs = activations.and_then(|activations| activations.last());
        let likeliest = outputs.and_then(|values| {
            let largest = values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            largest.map(|(index, _)| index)
        });
        self.view.draw_overlay(
            &Overlay {
                image: &self.rgba,
                dots: &dots,
                maps: &maps,
                classes: &shown.classes,
                columns: &columns,
                layers: &layers,
                marked: &marked,
                likeliest,
            },
            theme,
        )
    }
}
