//! The figure in which the networks vote: on a drawing, or on a test image. It owns what is on the canvas and what the
//! networks have read in it; [`digits_listen`](crate::web::digits_listen) hears the hand and asks the networks.

mod pictures;
mod shelf;
mod votes_table;

use crate::web::{dom, test_images::TestImages};
use crate::{
    chart_selection::ChartSelection,
    digit_image::{self, Point},
    digit_reader::{DigitReader, ImageReadings},
    digit_texts, forgetting,
    kept_networks::KeptNetworks,
    shown_results::ShownResults,
    strings::arm_label,
    votes,
    worker_pool::NetworkAnswers,
};
use chart::style::Theme;
use experiment::{config::ExperimentConfig, job::JobId};
use model::data_set::DataSet;
use pictures::Picture;
use protocol::payload::ArrayId;
pub(super) use shelf::IMAGE;
use shelf::Shelf;
use votes_table::VotesTable;
use web_sys::{Element, HtmlButtonElement};

/// What is on the canvas.
#[derive(Debug, PartialEq)]
enum OnCanvas {
    Nothing,
    Strokes(Vec<Vec<Point>>),
    TestImage(u32),
}

/// A way to a test image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImageStep {
    Previous,
    Next,
    First,
    Last,
    /// The next one on which the two compared arms disagree.
    Disagreement,
    /// The image with this number.
    To(u32),
}

/// The test images, as far as they are here.
enum Images {
    /// Nobody has asked for them.
    Unasked,
    /// Somebody has, and they are not unpacked yet.
    Asked,
    /// The browser unpacks them.
    Unpacking,
    Here(TestImages),
    /// Why they cannot be had.
    Failed(String),
}

/// What the figure was last shown for. While it is the same, nothing is looked up again.
#[derive(PartialEq)]
struct ShownFor {
    config: ExperimentConfig,
    networks: Vec<(JobId, ArrayId)>,
    finished: usize,
    selection: ChartSelection,
    theme: Theme,
}

/// The figure on the page.
pub(super) struct DigitsFigure {
    data: DataSet,
    on_canvas: OnCanvas,
    reader: DigitReader,
    images: Images,
    /// The step to a test image that is taken once they are here.
    awaited_step: Option<ImageStep>,
    /// The two networks whose disagreements are looked for, and their predictions.
    compared: Option<((JobId, JobId), (ArrayId, ArrayId))>,
    /// What is said instead of the votes, until the canvas changes.
    remark: Option<String>,
    finished: usize,
    shown_for: Option<ShownFor>,
    dirty: bool,
    theme: Theme,
    votes: VotesTable,
    shelf: Shelf,
    draw: Picture,
    seen: Picture,
    empty: Element,
    title: dom::CachedText,
    said: dom::CachedText,
    what: dom::CachedText,
    seen_caption: dom::CachedText,
    disagree: HtmlButtonElement,
    clear: HtmlButtonElement,
}

impl DigitsFigure {
    /// Finds the elements of the figure.
    pub(super) fn new(config: &ExperimentConfig) -> DigitsFigure {
        DigitsFigure {
            data: config.data.clone(),
            on_canvas: OnCanvas::Nothing,
            reader: DigitReader::default(),
            images: Images::Unasked,
            awaited_step: None,
            compared: None,
            remark: None,
            finished: 0,
            shown_for: None,
            dirty: true,
            theme: Theme::Light,
            votes: dom::needed(VotesTable::new()),
            shelf: Shelf::new(),
            draw: dom::needed(Picture::on(dom::by_id("draw"))),
            seen: dom::needed(Picture::on(dom::by_id("digit-seen"))),
            empty: dom::by_id("draw-empty"),
            title: dom::CachedText::of("title-digits"),
            said: dom::CachedText::of("votes-said"),
            what: dom::CachedText::of("digit-what"),
            seen_caption: dom::CachedText::of("digit-seen-caption"),
            disagree: dom::by_id("digit-disagree"),
            clear: dom::by_id("digit-clear"),
        }
    }

    /// Shows the figure at a moment: the votes of the networks that are known there, and what rounds have forgotten. It
    /// touches the page only where something has changed, so that it can be called in every frame.
    pub(super) fn show(
        &mut self,
        shown: ShownResults<'_>,
        kept: &KeptNetworks,
        selection: &ChartSelection,
        theme: Theme,
    ) {
        let (config, trial) = (shown.config(), shown.config().seeds.first());
        let jobs = kept.jobs().filter(|job| job.trial == trial);
        let networks: Vec<(JobId, ArrayId)> =
            jobs.filter_map(|job| Some((job, kept.get(job)?.last))).collect();
        let finished = shown.finished_jobs().count();
        let same = self.shown_for.as_ref().is_some_and(|before| {
            before.finished == finished
                && before.theme == theme
                && before.networks == networks
                && before.selection == *selection
                && before.config == *config
        });
        if !same {
            self.set_data(&config.data);
            self.reader.set_networks(networks.clone());
            (self.theme, self.finished) = (theme, finished);
            let rows = votes::vote_rows(config).into_iter();
            let rows = rows.map(|row| (row, row.is_in_sight(shown, kept, selection)));
            let all = config.model.weight_count() as f64;
            let left = |round: u32| {
                let left =
                    shown.weights_left(round).map(|layers| layers.iter().map(|&n| f64::from(n)).sum::<f64>());
                left.map_or(String::new(), |left| numbers::percent(left / all))
            };
            self.votes.set_rows(rows.collect(), theme, left);
            let jobs = forgetting::compared_networks(shown, kept, selection);
            self.compared = jobs.and_then(|jobs| Some((jobs, shelf::predictions(kept, jobs)?)));
            let arms = selection.arms_side_by_side().map(|(one, other)| (arm_label(one), arm_label(other)));
            self.disagree.set_text_content(Some(&digit_texts::disagreement_button(arms)));
            self.disagree.set_disabled(self.compared.is_none());
            if self.shelf.set_rounds(shown, kept) {
                self.want_images();
            }
            self.shown_for = Some(ShownFor {
                config: config.clone(),
                networks,
                finished,
                selection: selection.clone(),
                theme,
            });
            self.dirty = true;
        }
        if std::mem::take(&mut self.dirty) {
            let images = if let Images::Here(images) = &self.images { Some(images) } else { None };
            self.shelf.show(images, theme);
            self.paint();
            self.show_votes();
        }
    }

    /// Adapts the figure to a data set. An image of another one goes; a drawing stays.
    fn set_data(&mut self, data: &DataSet) {
        if self.data == *data && self.shown_for.is_some() {
            return;
        }
        if self.data != *data {
            (self.images, self.awaited_step) = (Images::Unasked, None);
            if matches!(self.on_canvas, OnCanvas::TestImage(_)) {
                self.clear();
            }
            self.data = data.clone();
        }
        dom::set_attribute(&self.draw.canvas, "aria-label", &digit_texts::canvas_name(data));
        dom::set_attribute(&self.draw.canvas, "aria-valuemax", &(data.test_images - 1).to_string());
        self.empty.set_text_content(Some(&digit_texts::empty_canvas(data)));
    }

    /// Begins a stroke, or continues the last one. Points are shares of the canvas's side.
    pub(super) fn draw(&mut self, points: &[Point], is_new_stroke: bool) {
        if !matches!(self.on_canvas, OnCanvas::Strokes(_)) {
            self.on_canvas = OnCanvas::Strokes(vec![]);
        }
        let OnCanvas::Strokes(strokes) = &mut self.on_canvas else { return };
        if is_new_stroke {
            strokes.push(vec![]);
        }
        if let Some(stroke) = strokes.last_mut() {
            stroke.extend(points);
        }
        let pixels = digit_image::image_of_strokes(strokes);
        self.awaited_step = None;
        self.changed(pixels);
    }

    /// Empties the canvas.
    pub(super) fn clear(&mut self) {
        self.on_canvas = OnCanvas::Nothing;
        self.awaited_step = None;
        self.changed(None);
    }

    fn changed(&mut self, pixels: Option<Vec<f32>>) {
        self.reader.set_image(pixels);
        (self.dirty, self.remark) = (true, None);
    }

    /// Puts a test image on the canvas, as soon as they are here.
    pub(super) fn step(&mut self, step: ImageStep) {
        let Images::Here(images) = &self.images else {
            self.awaited_step = Some(step);
            self.want_images();
            self.dirty = true;
            return;
        };
        let (now, count) = (self.test_image(), images.count());
        let image = match step {
            ImageStep::First => Some(0),
            ImageStep::Last => Some(count - 1),
            ImageStep::Next => Some(now.map_or(0, |now| (now + 1) % count)),
            ImageStep::Previous => Some(now.map_or(count, |now| now + count).wrapping_sub(1) % count),
            ImageStep::To(image) => Some(image.min(count - 1)),
            ImageStep::Disagreement => self.compared.and_then(|(jobs, (one, other))| {
                let next = forgetting::next_disagreement(&shelf::bytes(one), &shelf::bytes(other), now);
                if next.is_none() {
                    let arms = (arm_label(jobs.0.arm), arm_label(jobs.1.arm));
                    self.remark = Some(digit_texts::no_disagreement(arms, jobs.0.round));
                    self.dirty = true;
                }
                next
            }),
        };
        if let Some(image) = image {
            let pixels = images.pixel_values(image);
            self.on_canvas = OnCanvas::TestImage(image);
            self.changed(Some(pixels));
        }
    }

    /// Takes the round of the shelf that the user has chosen.
    pub(super) fn follow_shelf(&mut self) {
        self.shelf.follow_choice();
        self.dirty = true;
    }

    /// Redraws the canvas, because its size may have changed.
    pub(super) fn mark_dirty(&mut self) {
        self.dirty = true;
    }

    fn want_images(&mut self) {
        if matches!(self.images, Images::Unasked | Images::Failed(_)) {
            self.images = Images::Asked;
        }
    }

    /// The data set whose test images are to be unpacked now. It is returned once.
    pub(super) fn images_to_unpack(&mut self) -> Option<DataSet> {
        matches!(self.images, Images::Asked).then(|| {
            self.images = Images::Unpacking;
            self.data.clone()
        })
    }

    /// Whether test images are wanted that are not here.
    pub(super) fn wants_images(&self) -> bool {
        matches!(self.images, Images::Asked)
    }

    /// Takes the unpacked test images of a data set. The error is a sentence.
    pub(super) fn take_images(&mut self, data: &DataSet, images: Result<TestImages, String>) {
        if *data != self.data || !matches!(self.images, Images::Unpacking) {
            return;
        }
        self.images = images.map_or_else(Images::Failed, Images::Here);
        self.dirty = true;
        if let (Images::Here(_), Some(step)) = (&self.images, self.awaited_step.take()) {
            self.step(step);
        }
    }

    /// The test images, if they are unpacked.
    pub(super) fn images_here(&self) -> Option<&TestImages> {
        if let Images::Here(images) = &self.images { Some(images) } else { None }
    }

    fn test_image(&self) -> Option<u32> {
        if let OnCanvas::TestImage(image) = self.on_canvas { Some(image) } else { None }
    }

    /// The test image on the canvas, with the class that it shows.
    fn labelled_image(&self) -> Option<(u32, usize)> {
        self.test_image().and_then(|image| Some((image, self.images_here()?.label(image))))
    }

    /// The pixel values to ask the networks about now, if there is anything new to ask.
    pub(super) fn next_question(&mut self) -> Option<Vec<f32>> {
        self.reader.next_question()
    }

    /// Takes the answer of the networks.
    pub(super) fn take_answer(&mut self, answer: Result<NetworkAnswers, String>) {
        self.reader.take_answer(answer);
        self.show_votes();
    }

    /// What the networks of the first trial have made of the newest image: its pixels, and for each network what its hidden
    /// units give and its logits. `None` while nothing is read.
    pub(super) fn readings(&self) -> Option<&ImageReadings> {
        self.reader.readings()
    }

    /// Paints the canvas and what the networks get.
    fn paint(&mut self) {
        match &self.on_canvas {
            OnCanvas::Nothing => self.draw.show_strokes(&[], self.theme),
            OnCanvas::Strokes(strokes) => self.draw.show_strokes(strokes, self.theme),
            OnCanvas::TestImage(_) => {
                let pixels = self.reader.pixels().cloned().unwrap_or_default();
                self.draw.show_pixels(pixels.iter().copied(), self.theme);
            }
        }
        let pixels = self.reader.pixels().cloned();
        self.seen
            .show_pixels((0..SEEN).map(|at| pixels.as_ref().map_or(0.0, |pixels| pixels[at])), self.theme);
        let nothing = self.on_canvas == OnCanvas::Nothing;
        let _ = self.empty.toggle_attribute_with_force("hidden", !nothing);
        self.clear.set_disabled(nothing);
        let drawn = matches!(self.on_canvas, OnCanvas::Strokes(_));
        let what = digit_texts::on_canvas(&self.data, self.labelled_image(), drawn);
        dom::set_attribute_if_changed(
            &self.draw.canvas,
            "aria-valuenow",
            &self.test_image().unwrap_or(0).to_string(),
        );
        dom::set_attribute_if_changed(&self.draw.canvas, "aria-valuetext", &what);
        self.what.show(&what);
        self.seen_caption.show(&digit_texts::seen_caption(&self.data, self.test_image().is_none()));
    }

    /// Shows what the networks have read, and says how the votes stand.
    fn show_votes(&mut self) {
        let label = self.labelled_image().map(|(_, label)| label);
        self.votes.show_votes(&self.data, self.reader.readings(), label);
        let standing = votes::standing(self.votes.votes_in_sight());
        let verdict = digit_texts::verdict(&self.data, &standing, label);
        let said = match (&self.images, self.reader.error()) {
            (Images::Failed(why), _) if self.awaited_step.is_some() => digit_texts::no_images(why),
            (Images::Asked | Images::Unpacking, _) if self.awaited_step.is_some() => {
                digit_texts::IMAGES_ON_THEIR_WAY.into()
            }
            (_, Some(error)) => error.into(),
            _ if verdict.is_empty() => {
                digit_texts::no_votes(&self.data, self.finished > 0, self.votes.voters())
            }
            _ => digit_texts::CERTAINTY_NOTE.into(),
        };
        let said = self.remark.clone().unwrap_or(said);
        self.title.show(&if verdict.is_empty() { digit_texts::question(&self.data) } else { verdict });
        self.said.show(&said);
    }
}

/// Pixels of an image.
const SEEN: usize = digit_image::SIDE * digit_image::SIDE;
