//! What to try when a run is over: three cards, chosen by what the run has shown. Each says why it follows.

use crate::{shown_results::ShownResults, strings::arm_label};
use experiment::{
    arm::Arm, criterion::PruningCriterion, job_graph, measured_difference::MeasuredDifference,
    preset::Preset, seeds::Seeds, settings::Settings,
};
use model::{Model, data_set::DataSet};
use numbers::{fixed, percent, with_commas};

/// How many steps are suggested.
pub const COUNT: usize = 3;

/// The largest number of training steps, over all networks, of a suggested change of the present run. Whoever watches a
/// page waits minutes for more.
const MOST_STEPS: u64 = 250_000;

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
    let suggestions: [fn(&Seen<'a>) -> Option<NextStep>; 12] = [
        Seen::more_seeds,
        Seen::another_criterion,
        Seen::signs,
        Seen::one_shot,
        Seen::late_rewinding,
        Seen::further_pruning,
        Seen::longer_training,
        Seen::why_rewind,
        Seen::recorded_paper,
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
            .filter(|arm| !matches!(arm, Arm::Dense | Arm::Ticket | Arm::Own));
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

    /// The share of the weights that a round trains, in words.
    fn weights_at(&self, round: u32) -> Option<String> {
        let left = self.results.weights_left(round)?.iter().map(|&left| f64::from(left)).sum::<f64>();
        Some(format!("{} of the weights", percent(left / self.settings.config.model.weight_count() as f64)))
    }

    /// A preset that differs from the present one, with the present seeds.
    fn preset(&self, question: &'static str, preset: Preset, why: String) -> Option<NextStep> {
        let settings = self.settings.with_preset(preset);
        (preset != self.settings.preset).then_some(NextStep { question, why, settings: Some(settings) })
    }

    /// The present settings with a change, if such a run does not take too long.
    fn changed(
        &self,
        question: &'static str,
        why: String,
        change: &dyn Fn(&mut Settings),
    ) -> Option<NextStep> {
        let mut settings = Settings { autoplay: false, ..self.settings.clone() };
        change(&mut settings);
        let config = &settings.config;
        let steps = job_graph::all_jobs(config).len() as u64 * u64::from(config.iterations);
        (steps <= MOST_STEPS).then_some(NextStep { question, why, settings: Some(settings) })
    }

    /// Is it luck? Three trials after one, or twice as many where the difference is not clear.
    fn more_seeds(&self) -> Option<NextStep> {
        let seeds = &self.settings.config.seeds;
        let first = seeds.first();
        let with = |question, why, count| {
            let more = Seeds::consecutive(first, count)?;
            self.changed(question, why, &|settings| settings.config.seeds = more.clone())
        };
        if seeds.count() == 1 {
            let others = match self.settings.config.first_weights {
                None => "first weights",
                Some(_) => "orders of the images",
            };
            let why = format!("This run had a single seed, {first}: other {others} may give another result.");
            return with("Is it luck? Three seeds", why, 3);
        }
        let (rival, round) = (self.rival()?, self.last_round()?);
        let unclear = !self.to_arm(rival, round)?.is_clear() && seeds.are_consecutive() && seeds.count() <= 5;
        let why = format!(
            "Over {} seeds ticket and {} do not differ clearly at {}.",
            seeds.count(),
            arm_label(rival),
            self.weights_at(round)?
        );
        unclear.then(|| with("Does it become clear with more seeds?", why, 2 * seeds.count()))?
    }

    /// Magnitude after another criterion, and a random choice after the signs.
    fn another_criterion(&self) -> Option<NextStep> {
        match self.settings.config.criterion {
            PruningCriterion::Magnitude if self.has(Arm::Sign) => self.changed(
                "Does it matter which weights go?",
                "This run struck out the smallest trained weights. A mask drawn at random knows nothing of the training."
                    .into(),
                &|settings| settings.config.criterion = PruningCriterion::Random,
            ),
            PruningCriterion::Magnitude => None,
            criterion => self.changed(
                "And if the smallest weights go?",
                format!("In this run: {} The paper strikes out the smallest trained ones.", lower_first(criterion.description())),
                &|settings| settings.config.criterion = PruningCriterion::Magnitude,
            ),
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
        let why = format!(
            "At {} the ticket was {} points above the same mask with new random weights{}: which part of its first \
             values makes the difference?",
            self.weights_at(round)?,
            points(difference),
            over_seeds(difference)
        );
        self.preset("Do the signs alone suffice?", Preset::Signs, why)
    }

    /// One-shot or iterative? Where the ticket fell clearly below the dense network.
    fn one_shot(&self) -> Option<NextStep> {
        let why = format!("{} Here it was cut again and again.", self.fell_below_dense()?);
        self.preset("Would a single cut do as well?", Preset::OneShot, why)
            .filter(|_| !self.has(Arm::OneShot))
    }

    /// Late rewinding, where the ticket fell clearly below the dense network.
    fn late_rewinding(&self) -> Option<NextStep> {
        let why = format!("{} It went back to the very start.", self.fell_below_dense()?);
        self.preset("Is it better to go back not quite to the start?", Preset::Late, why)
            .filter(|_| !self.has(Arm::Late))
    }

    /// That the ticket was clearly below the dense network in the last round, if it was.
    fn fell_below_dense(&self) -> Option<String> {
        let difference =
            self.to_dense().filter(|difference| is_visible(*difference) && difference.mean < 0.0)?;
        Some(format!(
            "At {} the ticket was {} points below the dense network{}.",
            self.weights_at(self.last_round()?)?,
            points(difference),
            over_seeds(difference)
        ))
    }

    /// Further pruning, where the ticket is not clearly below the dense network.
    fn further_pruning(&self) -> Option<NextStep> {
        let difference =
            self.to_dense().filter(|difference| !difference.is_clear() || difference.mean > 0.0)?;
        let rounds = self.settings.config.rounds + 4;
        let which = if difference.is_clear() { "still above" } else { "not clearly below or above" };
        let why =
            format!("At {} the ticket was {which} the dense network.", self.weights_at(self.last_round()?)?);
        let step =
            self.changed("How much smaller can it get?", why, &|settings| settings.config.rounds = rounds);
        step.filter(|_| rounds <= 40)
    }

    /// Longer training, where ticket and re-init do not differ clearly.
    fn longer_training(&self) -> Option<NextStep> {
        let round = self.last_round()?;
        let unclear = self.to_arm(Arm::Reinit, round).is_some_and(|difference| !difference.is_clear());
        let iterations = self.settings.config.iterations;
        let why = format!(
            "After {} iterations a round, ticket and re-init (same mask, new random weights) do not differ clearly at {}.",
            with_commas(f64::from(iterations)),
            self.weights_at(round)?
        );
        let step = self.changed("Do they part with longer training?", why, &|settings| {
            settings.config.iterations = 2 * iterations;
        });
        step.filter(|_| unclear && iterations <= 500_000)
    }

    /// Rewinding beside none, where every arm was rewound to the start.
    fn why_rewind(&self) -> Option<NextStep> {
        let why = "Here every ticket went back to its first weights after each pruning, and forgot what it had learnt.";
        let only_tickets = self.has(Arm::Ticket) && !self.has(Arm::NoRewind) && !self.has(Arm::Late);
        self.preset("Why go back at all?", Preset::Rewinding, why.into())
            .filter(|_| only_tickets && self.last_round().is_some())
    }

    fn recorded_paper(&self) -> Option<NextStep> {
        let (config, paper) = (&self.settings.config, Preset::Paper.config());
        let why = format!(
            "This run trained {} iterations a round, the paper {}. That run is recorded, with nothing to wait for.",
            with_commas(f64::from(config.iterations)),
            with_commas(f64::from(paper.iterations))
        );
        let step = NextStep { question: "What came out by the paper’s protocol?", why, settings: None };
        (config.iterations < paper.iterations && config.data == paper.data).then_some(step)
    }

    fn other_data(&self) -> Option<NextStep> {
        let why =
            "This run read handwritten digits. Fashion-MNIST has as many images of clothes (31 MB to fetch).";
        let mut settings = self.settings.with_preset(Preset::Quick);
        settings.config.data = DataSet::fashion();
        settings.config.model = Model::for_data(&settings.config.data, &settings.config.model.hidden_units());
        let step =
            NextStep { question: "Does it hold for clothes?", why: why.into(), settings: Some(settings) };
        (self.settings.config.data == DataSet::mnist()).then_some(step)
    }

    fn smaller_network(&self) -> Option<NextStep> {
        let config = &self.settings.config;
        let small = Model::for_data(&config.data, &[30]);
        let why = format!(
            "This network had {} weights. One with a single hidden layer of 30 units has {}.",
            with_commas(config.model.weight_count() as f64),
            with_commas(small.weight_count() as f64)
        );
        let mut settings = self.settings.with_preset(Preset::Quick);
        settings.config.data = config.data.clone();
        settings.config.model = small;
        let smaller = settings.config.model.weight_count() < config.model.weight_count();
        let question = "Does a small network have a ticket too?";
        smaller.then_some(NextStep { question, why, settings: Some(settings) })
    }

    fn with_dropout(&self) -> Option<NextStep> {
        let why = "In this run every hidden unit took part in every training step.";
        let none = self.settings.config.dropout == 0.0;
        self.preset("Does dropout change the lottery?", Preset::Dropout, why.into()).filter(|_| none)
    }

    /// The other presets, in the order of the menu. These suit any run.
    fn other_presets(&self) -> impl Iterator<Item = NextStep> {
        Preset::ALL.iter().filter_map(|&preset| {
            let why = format!("Another question, with the settings of {}.", preset.title());
            let long = matches!(preset, Preset::Paper | Preset::Paper20k);
            self.preset(preset.question(), preset, why).filter(|_| !long)
        })
    }
}

/// Over how many seeds a difference is a mean, in words, or nothing if it is of a single one.
fn over_seeds(difference: MeasuredDifference) -> String {
    match difference.trials {
        1 => String::new(),
        seeds => format!(" on the mean of {seeds} seeds"),
    }
}

/// Whether a difference is clear, and not so small that it would be told as none.
fn is_visible(difference: MeasuredDifference) -> bool {
    difference.is_clear() && difference.mean.abs() >= 5e-4
}

/// The size of a difference in points, with one decimal.
fn points(difference: MeasuredDifference) -> String {
    fixed(100.0 * difference.mean.abs(), 1)
}

fn lower_first(sentence: &str) -> String {
    let mut letters = sentence.to_owned();
    letters.get_mut(..1).into_iter().for_each(str::make_ascii_lowercase);
    letters
}

#[cfg(test)]
mod tests;
