//! What to try when a run is over: three cards, chosen by what the run has shown. Each says why it follows.

use crate::{
    letter_case::{lower_first, upper_first},
    shown_results::ShownResults,
    strings::arm_label,
};
use experiment::{
    arm::Arm, criterion::PruningCriterion, data_words::title, job_graph,
    measured_difference::MeasuredDifference, preset::Preset, seeds::Seeds, settings::Settings,
};
use model::{Model, data_set::DataSet};
use numbers::{fixed, percent, with_commas};
use texts::{fill, text};

/// How many steps are suggested.
pub const COUNT: usize = 3;

/// The largest number of training steps, over all networks, of a suggested change of the present run. Whoever watches a
/// page waits minutes for more.
const MOST_STEPS: u64 = 250_000;

/// What there is to fetch of Fashion-MNIST, in megabytes.
const FASHION_MEGABYTES: u32 = 31;

/// A suggestion of what to try next.
#[derive(Clone, Debug, PartialEq)]
pub struct NextStep {
    /// The question that it answers.
    pub question: &'static str,
    /// Why it follows from what was seen.
    pub why: String,
    /// The settings of the run, or `None` if it is the recorded run of the paper's protocol.
    pub settings: Option<Settings>,
}

impl NextStep {
    /// The fragment of a link to it, without the `#`. The run starts by itself.
    pub fn fragment(&self) -> String {
        match &self.settings {
            Some(settings) => settings.to_fragment() + "&autoplay=1",
            None => "recorded=paper".into(),
        }
    }
}

/// What to try after a run with these settings: different runs, none of which is the present one. What was seen comes
/// first; what holds of any run fills the rest.
pub fn next_steps<'a>(results: ShownResults<'a>, settings: &'a Settings) -> [NextStep; COUNT] {
    let seen = Seen { results, settings };
    let suggestions: [fn(&Seen<'a>) -> Option<NextStep>; 13] = [
        Seen::more_seeds,
        Seen::another_criterion,
        Seen::signs,
        Seen::one_shot,
        Seen::late_rewinding,
        Seen::further_pruning,
        Seen::longer_training,
        Seen::why_rewind,
        Seen::recorded_paper,
        Seen::other_way,
        Seen::other_data,
        Seen::smaller_network,
        Seen::with_dropout,
    ];
    let any_run = seen.other_presets();
    let mut chosen: Vec<NextStep> = Vec::new();
    for step in suggestions.iter().filter_map(|suggest| suggest(&seen)).chain(any_run) {
        let config = step.settings.as_ref().map(|settings| &settings.config);
        let mut others = chosen.iter().map(|other| other.settings.as_ref().map(|settings| &settings.config));
        if chosen.len() < COUNT && config != Some(&settings.config) && !others.any(|other| other == config) {
            chosen.push(step);
        }
    }
    // There are many other presets, of which at most one is the present run.
    chosen.try_into().unwrap_or_else(|few: Vec<NextStep>| unreachable!("only {} steps to try", few.len()))
}

/// What was seen of a run.
struct Seen<'a> {
    results: ShownResults<'a>,
    settings: &'a Settings,
}

impl Seen<'_> {
    fn has(&self, arm: Arm) -> bool {
        self.settings.config.arms.contains(&arm)
    }

    /// The first arm that the ticket is compared with, if the ticket is shown.
    fn rival(&self) -> Option<Arm> {
        let mut others = self
            .settings
            .config
            .arms
            .iter()
            .filter(|arm| !matches!(arm, Arm::Dense | Arm::Ticket | Arm::Own) && !arm.is_of_other_data());
        others.next().copied().filter(|_| self.has(Arm::Ticket))
    }

    /// The last round, if anything is pruned before it.
    fn last_round(&self) -> Option<u32> {
        Some(self.settings.config.rounds).filter(|round| *round > 0)
    }

    /// The ticket's test accuracy less that of another arm in a round.
    fn to_arm(&self, other: Arm, round: u32) -> Option<MeasuredDifference> {
        let shown = self.has(Arm::Ticket) && self.has(other);
        self.results.test_difference((Arm::Ticket, round), (other, round)).filter(|_| shown)
    }

    /// The ticket's test accuracy in the last round less that of the dense network.
    fn to_dense(&self) -> Option<MeasuredDifference> {
        let shown = self.has(Arm::Ticket);
        self.results.test_difference((Arm::Ticket, self.last_round()?), (Arm::Ticket, 0)).filter(|_| shown)
    }

    /// The share of the weights that a round trains.
    fn left_at(&self, round: u32) -> Option<String> {
        let left = self.results.weights_left(round)?.iter().map(|&left| f64::from(left)).sum::<f64>();
        Some(percent(left / self.settings.config.model.weight_count() as f64))
    }

    /// A preset that differs from the present one, with the present seeds. `id` is that of the question.
    fn preset(&self, id: &str, preset: Preset, why: String) -> Option<NextStep> {
        self.other_preset(text(id), preset, why)
    }

    fn other_preset(&self, question: &'static str, preset: Preset, why: String) -> Option<NextStep> {
        let mut settings = self.settings.with_preset(preset);
        if self.settings.config.data.is_own() {
            // What was seen on the user's data is asked of them again, and not of MNIST, unless that is no run.
            let config = &mut settings.config;
            config.data = self.settings.config.data.clone();
            config.model = config.model.clone().on(&config.data);
            let is_run = Settings::from_fragment(&settings.to_fragment()).1.is_empty();
            if settings.config.transfer.is_some() || !is_run {
                return None;
            }
        }
        (preset != self.settings.preset).then_some(NextStep { question, why, settings: Some(settings) })
    }

    /// The present settings with a change, if such a run does not take too long. `id` is that of the question.
    fn changed(&self, id: &str, why: String, change: &dyn Fn(&mut Settings)) -> Option<NextStep> {
        let mut settings = Settings { autoplay: false, ..self.settings.clone() };
        change(&mut settings);
        let config = &settings.config;
        let steps = job_graph::all_jobs(config).len() as u64 * u64::from(config.iterations);
        (steps <= MOST_STEPS).then_some(NextStep { question: text(id), why, settings: Some(settings) })
    }

    /// Is it luck? Three trials after one, or twice as many where the difference is not clear.
    fn more_seeds(&self) -> Option<NextStep> {
        let seeds = &self.settings.config.seeds;
        let first = seeds.first();
        let with = |id, why, count| {
            let more = Seeds::consecutive(first, count)?;
            self.changed(id, why, &|settings| settings.config.seeds = more.clone())
        };
        if seeds.count() == 1 {
            let why = match self.settings.config.first_weights {
                None => fill!("next.luck_why", seed = first),
                Some(_) => fill!("next.luck_why_of_file", seed = first),
            };
            return with("next.luck", why, 3);
        }
        let (rival, round) = (self.rival()?, self.last_round()?);
        let unclear = !self.to_arm(rival, round)?.is_clear() && seeds.are_consecutive() && seeds.count() <= 5;
        let why = fill!(
            "next.more_seeds_why",
            seeds = seeds.count(),
            rival = arm_label(rival),
            left = self.left_at(round)?
        );
        unclear.then(|| with("next.more_seeds", why, 2 * seeds.count()))?
    }

    /// Magnitude after another criterion, and a random choice after the signs.
    fn another_criterion(&self) -> Option<NextStep> {
        match self.settings.config.criterion {
            PruningCriterion::Magnitude if self.has(Arm::Sign) => {
                self.changed("next.which", fill!("next.which_why"), &|settings| {
                    settings.config.criterion = PruningCriterion::Random
                })
            }
            PruningCriterion::Magnitude => None,
            criterion => {
                // Some languages begin a sentence with a capital letter behind a colon too.
                let [within, alone] = [lower_first, upper_first].map(|case| case(criterion.description()));
                self.changed(
                    "next.smallest",
                    fill!("next.smallest_why", criterion = within, Criterion = alone),
                    &|settings| settings.config.criterion = PruningCriterion::Magnitude,
                )
            }
        }
    }

    /// Do the signs alone suffice? Where the ticket was clearly above its re-init.
    fn signs(&self) -> Option<NextStep> {
        let above = |round: &u32| {
            self.to_arm(Arm::Reinit, *round)
                .is_some_and(|difference| is_visible(difference) && difference.mean > 0.0)
        };
        let round = (1..=self.last_round()?).rev().find(above).filter(|_| !self.has(Arm::Sign))?;
        let difference = self.to_arm(Arm::Reinit, round)?;
        let id = match difference.trials {
            1 => "next.signs_why",
            _ => "next.signs_why_mean",
        };
        let why = self.by_points(id, difference, round)?;
        self.preset("next.signs", Preset::Signs, why)
    }

    /// One-shot or iterative? Where the ticket fell clearly below the dense network.
    fn one_shot(&self) -> Option<NextStep> {
        let why = fill!("next.once_why", below = self.fell_below_dense()?);
        self.preset("next.once", Preset::OneShot, why).filter(|_| !self.has(Arm::OneShot))
    }

    /// Late rewinding, where the ticket fell clearly below the dense network.
    fn late_rewinding(&self) -> Option<NextStep> {
        let why = fill!("next.late_why", below = self.fell_below_dense()?);
        self.preset("next.late", Preset::Late, why).filter(|_| !self.has(Arm::Late))
    }

    /// That the ticket was clearly below the dense network in the last round, if it was.
    fn fell_below_dense(&self) -> Option<String> {
        let difference =
            self.to_dense().filter(|difference| is_visible(*difference) && difference.mean < 0.0)?;
        let id = match difference.trials {
            1 => "next.below",
            _ => "next.below_mean",
        };
        self.by_points(id, difference, self.last_round()?)
    }

    /// A text that tells a difference in a round, in points, and over how many seeds it is a mean.
    fn by_points(&self, id: &str, difference: MeasuredDifference, round: u32) -> Option<String> {
        let points = fixed(100.0 * difference.mean.abs(), 1);
        Some(fill!(id, left = self.left_at(round)?, points = points, seeds = difference.trials))
    }

    /// Further pruning, where the ticket is not clearly below the dense network.
    fn further_pruning(&self) -> Option<NextStep> {
        let difference =
            self.to_dense().filter(|difference| !difference.is_clear() || difference.mean > 0.0)?;
        let rounds = self.settings.config.rounds + 4;
        let id = if difference.is_clear() { "next.smaller_why_above" } else { "next.smaller_why_unclear" };
        let why = fill!(id, left = self.left_at(self.last_round()?)?);
        let step = self.changed("next.smaller", why, &|settings| settings.config.rounds = rounds);
        step.filter(|_| rounds <= 40)
    }

    /// Longer training, where ticket and re-init do not differ clearly.
    fn longer_training(&self) -> Option<NextStep> {
        let round = self.last_round()?;
        let unclear = self.to_arm(Arm::Reinit, round).is_some_and(|difference| !difference.is_clear());
        let iterations = self.settings.config.iterations;
        let why = fill!(
            "next.longer_why",
            iterations = with_commas(f64::from(iterations)),
            left = self.left_at(round)?
        );
        let step = self.changed("next.longer", why, &|settings| {
            settings.config.iterations = 2 * iterations;
        });
        step.filter(|_| unclear && iterations <= 500_000)
    }

    /// Rewinding beside none, where every arm was rewound to the start.
    fn why_rewind(&self) -> Option<NextStep> {
        let only_tickets = self.has(Arm::Ticket) && !self.has(Arm::NoRewind) && !self.has(Arm::Late);
        self.preset("next.rewind", Preset::Rewinding, fill!("next.rewind_why"))
            .filter(|_| only_tickets && self.last_round().is_some())
    }

    fn recorded_paper(&self) -> Option<NextStep> {
        let (config, paper) = (&self.settings.config, Preset::Paper.config());
        let why = fill!(
            "next.paper_why",
            iterations = with_commas(f64::from(config.iterations)),
            paper = with_commas(f64::from(paper.iterations))
        );
        let step = NextStep { question: text("next.paper"), why, settings: None };
        (config.iterations < paper.iterations && config.data == paper.data).then_some(step)
    }

    /// The other way round, where a ticket was carried from one data set to another.
    fn other_way(&self) -> Option<NextStep> {
        let config = &self.settings.config;
        let other = config.other_data()?;
        let why = fill!("next.other_way_why", from = title(&config.data), to = title(other));
        self.changed("next.other_way", why, &|settings| {
            let config = &mut settings.config;
            if let Some(other) = config.transfer.take() {
                config.transfer = Some(std::mem::replace(&mut config.data, other));
            }
        })
    }

    fn other_data(&self) -> Option<NextStep> {
        let why = fill!("next.clothes_why", megabytes = FASHION_MEGABYTES);
        let mut settings = self.settings.with_preset(Preset::Quick);
        settings.config.data = DataSet::fashion();
        settings.config.model = settings.config.model.clone().on(&settings.config.data);
        let step = NextStep { question: text("next.clothes"), why, settings: Some(settings) };
        (self.settings.config.data == DataSet::mnist()).then_some(step)
    }

    fn smaller_network(&self) -> Option<NextStep> {
        let config = &self.settings.config;
        let units = 30;
        let small = Model::for_data(&config.data, &[units]);
        let why = fill!(
            "next.small_why",
            weights = with_commas(config.model.weight_count() as f64),
            units = units,
            small = with_commas(small.weight_count() as f64)
        );
        let mut settings = self.settings.with_preset(Preset::Quick);
        settings.config.data = config.data.clone();
        settings.config.model = small;
        let smaller = settings.config.model.weight_count() < config.model.weight_count();
        let question = text("next.small");
        smaller.then_some(NextStep { question, why, settings: Some(settings) })
    }

    fn with_dropout(&self) -> Option<NextStep> {
        let none = self.settings.config.dropout == 0.0;
        self.preset("next.dropout", Preset::Dropout, fill!("next.dropout_why")).filter(|_| none)
    }

    /// The other presets, in the order of the menu. These suit any run.
    fn other_presets(&self) -> impl Iterator<Item = NextStep> {
        Preset::ALL.iter().filter_map(|&preset| {
            let why = fill!("next.other_why", preset = preset.title());
            let long = matches!(preset, Preset::Paper | Preset::Paper20k);
            self.other_preset(preset.question(), preset, why).filter(|_| !long)
        })
    }
}

/// Whether a difference is clear, and not so small that it would be told as none.
fn is_visible(difference: MeasuredDifference) -> bool {
    difference.is_clear() && difference.mean.abs() >= 5e-4
}

#[cfg(test)]
mod tests;
