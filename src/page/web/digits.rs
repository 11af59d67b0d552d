//! The figure in which the networks vote: on a drawing, or on a test image. It owns what is on the canvas and what the
//! networks have read in it; [`digits_listen`](crate::web::digits_listen) hears the hand and asks the networks.

mod pictures;
mod shelf;
mod stored_images;
mod test_set;
mod votes_table;

use crate::web::{dom, test_images::TestImages};
use crate::{
    chart_selection::ChartSelection,
    digit_image::{self, Point},
    digit_reader::{DigitReader, ImageReadings},
    digit_texts, forgetting,
    image_step::ImageStep,
    recorded_votes::RecordedVotes,
    state::State,
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
use std::rc::Rc;
use votes_table::VotesTable;
use web_sys::{Element, HtmlButtonElement};

/// One and the other of two networks that are compared.
type Pair<T> = (T, T);

/// What is on the canvas.
#[derive(Debug, PartialEq)]
enum OnCanvas {
    Nothing,
    Strokes(Vec<Vec<Point>>),
    TestImage(u32),
    /// A stored image of the recorded run, which is on the screen: its place among them, its number in the test set, and the
    /// class that it shows.
    Recorded(u32, u32, usize),
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
    /// Whether votes are recorded ones, and whether steps lead through stored images.
    recorded: (bool, bool),
}

/// The figure on the page.
pub(super) struct DigitsFigure {
    data: DataSet,
    on_canvas: OnCanvas,
    reader: DigitReader,
    images: Images,
    /// The step to a test image that is taken once they are here.
    awaited_step: Option<ImageStep>,
    /// The stored votes of the recorded run, while it is on the screen.
    recorded: Option<Rc<RecordedVotes>>,
    /// The two networks whose disagreements are looked for, and their predictions, unless they are stored.
    compared: Option<(Pair<JobId>, Option<Pair<ArrayId>>)>,
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
            recorded: None,
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
    pub(super) fn show(&mut self, state: &State, theme: Theme) {
        self.follow_preview(state.preview());
        let kept = state.kept_networks();
        let recorded = (self.is_stored(), self.steps_through_stored());
        let (shown, selection) = (state.on_screen(), state.selection_on_screen());
        let (config, trial) = (shown.config(), shown.config().seeds.first());
        let jobs = kept.jobs().filter(|job| job.trial == trial && !job.arm.is_of_other_data());
        let networks: Vec<(JobId, ArrayId)> =
            jobs.filter_map(|job| Some((job, kept.get(job)?.last))).collect();
        let finished = shown.finished_jobs().count();
        let same = self.shown_for.as_ref().is_some_and(|before| {
            before.finished == finished
                && before.theme == theme
                && before.networks == networks
                && before.selection == *selection
                && before.config == *config
                && before.recorded == recorded
        });
        if !same {
            self.set_data(&state.config().data);
            self.reader.set_networks(networks.clone());
            (self.theme, self.finished) = (theme, finished);
            let rows = votes::vote_rows(config).into_iter();
            let can_vote = |job| recorded.0 || kept.get(job).is_some();
            let rows = rows.map(|row| (row, row.is_in_sight(shown, &can_vote, selection)));
            let all = config.model.weight_count() as f64;
            let left = |round: u32| {
                let left =
                    shown.weights_left(round).map(|layers| layers.iter().map(|&n| f64::from(n)).sum::<f64>());
                left.map_or(String::new(), |left| numbers::percent(left / all))
            };
            self.votes.set_rows(rows.collect(), theme, left);
            self.votes.mark_recorded(recorded.0);
            let can_vote = |job| recorded.1 || kept.get(job).is_some();
            let jobs = forgetting::compared_networks(shown, &can_vote, selection);
            let compared = jobs.map(|jobs| (jobs, shelf::predictions(kept, jobs)));
            self.compared = compared.filter(|(_, predictions)| recorded.1 || predictions.is_some());
            let arms = selection.arms_side_by_side().filter(|(one, _)| !one.is_of_other_data());
            let arms = arms.map(|(one, other)| (arm_label(one), arm_label(other)));
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
                recorded,
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

    /// Adapts the figure to a data set. An image of another one goes; a drawing stays, unless images have colours.
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
            self.read_strokes();
        }
        let only_images = !digit_image::can_be_drawn(data.image);
        let _ = self.draw.canvas.toggle_attribute_with_force("data-only-images", only_images);
        dom::set_attribute(&self.draw.canvas, "aria-label", &digit_texts::canvas_name(data));
        dom::set_attribute(&self.draw.canvas, "aria-valuemax", &(data.test_images - 1).to_string());
        self.empty.set_text_content(Some(&digit_texts::empty_canvas(data)));
    }

    /// Begins a stroke, or continues the last one. Points are shares of the canvas's side. Nothing is drawn for networks that
    /// read images in colour.
    pub(super) fn draw(&mut self, points: &[Point], is_new_stroke: bool) {
        if !digit_image::can_be_drawn(self.data.image) {
            return;
        }
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
        self.awaited_step = None;
        self.read_strokes();
    }

    /// Turns the drawing on the canvas into an image of the data set, if there is one.
    fn read_strokes(&mut self) {
        let OnCanvas::Strokes(strokes) = &self.on_canvas else { return };
        let size = self.data.image;
        match digit_image::can_be_drawn(size) {
            true => {
                let pixels = digit_image::image_of_strokes(strokes, size);
                self.changed(pixels);
            }
            false => self.clear(),
        }
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

    /// Puts a test image on the canvas, as soon as they are here. Until then it is one of those stored with the recorded run,
    /// while that is on the screen.
    pub(super) fn step(&mut self, step: ImageStep) {
        if self.steps_through_stored() {
            return self.step_through_stored(step);
        }
        let Images::Here(images) = &self.images else {
            self.awaited_step = Some(step);
            self.want_images();
            self.dirty = true;
            return;
        };
        let (now, count) = (self.test_image(), images.count());
        let next_disagreement = || {
            let (one, other) = self.compared?.1?;
            forgetting::next_disagreement(&shelf::bytes(one), &shelf::bytes(other), now)
        };
        let image = step.target(now, count, &next_disagreement);
        if let Some(image) = image {
            let pixels = images.pixel_values(image);
            self.on_canvas = OnCanvas::TestImage(image);
            self.changed(Some(pixels));
        } else if let Some((jobs, _)) = self.compared {
            let arms = (arm_label(jobs.0.arm), arm_label(jobs.1.arm));
            self.remark = Some(digit_texts::no_disagreement(arms, jobs.0.round));
            self.dirty = true;
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

    /// The number of the test image on the canvas.
    fn test_image(&self) -> Option<u32> {
        match self.on_canvas {
            OnCanvas::TestImage(image) | OnCanvas::Recorded(_, image, _) => Some(image),
            _ => None,
        }
    }

    /// The test image on the canvas, with the class that it shows.
    fn labelled_image(&self) -> Option<(u32, usize)> {
        if let OnCanvas::Recorded(_, number, label) = self.on_canvas {
            return Some((number, label));
        }
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
            OnCanvas::TestImage(_) | OnCanvas::Recorded(..) => {
                let pixels = self.reader.pixels().map_or(&[][..], |pixels| pixels);
                self.draw.show_pixels(pixels, self.data_on_canvas().image, self.theme);
            }
        }
        let pixels = self.reader.pixels().map_or(&[][..], |pixels| pixels);
        self.seen.show_pixels(pixels, self.data_on_canvas().image, self.theme);
        let nothing = self.on_canvas == OnCanvas::Nothing;
        let _ = self.empty.toggle_attribute_with_force("hidden", !nothing);
        self.clear.set_disabled(nothing);
        let drawn = matches!(self.on_canvas, OnCanvas::Strokes(_));
        let mut what = digit_texts::on_canvas(self.data_on_canvas(), self.labelled_image(), drawn);
        if self.is_stored() {
            what = digit_texts::recorded_image(&what);
        }
        dom::set_attribute_if_changed(
            &self.draw.canvas,
            "aria-valuenow",
            &self.test_image().unwrap_or(0).to_string(),
        );
        dom::set_attribute_if_changed(&self.draw.canvas, "aria-valuetext", &what);
        self.what.show(&what);
        self.seen_caption
            .show(&digit_texts::seen_caption(self.data_on_canvas(), self.test_image().is_none()));
    }

    /// Shows what the networks have read, and says how the votes stand.
    fn show_votes(&mut self) {
        let label = self.labelled_image().map(|(_, label)| label);
        let readings = self.reader.readings();
        let read = |job| match (&self.on_canvas, &self.recorded) {
            (&OnCanvas::Recorded(image, ..), Some(stored)) => stored.vote(image, job).map(Some),
            _ => Some(votes::vote(&readings?.of(job)?.logits)),
        };
        let data = match &self.recorded {
            Some(stored) if self.is_stored() => &stored.data,
            _ => &self.data,
        };
        self.votes.show_votes(data, read, label);
        let standing = votes::standing(self.votes.votes_in_sight());
        let verdict = digit_texts::verdict(data, &standing, label);
        let said = match (&self.images, self.reader.error()) {
            (Images::Failed(why), _) if self.awaited_step.is_some() => digit_texts::no_images(why),
            (Images::Asked | Images::Unpacking, _) if self.awaited_step.is_some() => {
                digit_texts::images_on_their_way().into()
            }
            (_, Some(error)) => error.into(),
            _ if self.recorded.is_some() => match self.is_stored() {
                false => digit_texts::only_stored_votes(),
                true if verdict.is_empty() => digit_texts::no_recorded_votes(),
                true => digit_texts::recorded_votes(),
            }
            .into(),
            _ if verdict.is_empty() => {
                digit_texts::no_votes(&self.data, self.finished > 0, self.votes.voters())
            }
            _ => digit_texts::certainty_note().into(),
        };
        let said = self.remark.clone().unwrap_or(said);
        self.title.show(&match self.is_stored() {
            _ if verdict.is_empty() => digit_texts::question(&self.data),
            true => digit_texts::recorded_verdict(&verdict),
            false => verdict,
        });
        self.said.show(&said);
    }
}
