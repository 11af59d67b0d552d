//! The table of rounds, as programs read it.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The names of all attributes that a row must have, as in the `dataset` of JavaScript.
const ATTRIBUTES: [&str; 26] = [
    "trial",
    "draw",
    "arm",
    "data",
    "round",
    "weights",
    "earlyStop",
    "testStart",
    "testEarly",
    "testEnd",
    "trainEarly",
    "trainEnd",
    "validationLoss",
    "digest",
    "trainClean",
    "trainFlipped",
    "restored",
    "noise-10",
    "noise-20",
    "noise-30",
    "noise-40",
    "noise-50",
    "fgsm-5",
    "fgsm-10",
    "fgsm-20",
    "seconds",
];

/// The numbers of weights in the three layers of LeNet-300-100.
const LENET: [u64; 3] = [235_200, 30_000, 1_000];

/// The attributes of a row as text, in the order of [`ATTRIBUTES`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row(Vec<String>);

impl Row {
    /// Reads the attributes from the `dataset` of a row.
    pub(crate) fn read(row: &Value) -> Result<Self> {
        let read = |name: &&str| {
            let text = row[*name].as_str().with_context(|| format!("a row has no {name}: {row}"))?;
            Ok(text.to_owned())
        };
        ATTRIBUTES.iter().map(read).collect::<Result<_>>().map(Self)
    }

    /// An attribute as text.
    pub(crate) fn attribute(&self, name: &str) -> &str {
        let at = ATTRIBUTES.iter().position(|attribute| *attribute == name);
        at.and_then(|at| self.0.get(at)).map_or("", String::as_str)
    }

    /// An attribute as a whole number.
    pub(crate) fn attribute_as_integer(&self, name: &str) -> Result<u64> {
        self.attribute(name)
            .parse()
            .with_context(|| format!("{name} is not a whole number: {}", self.attribute(name)))
    }

    /// An attribute as a number.
    pub(crate) fn attribute_as_number(&self, name: &str) -> Result<f64> {
        self.attribute(name)
            .parse()
            .with_context(|| format!("{name} is not a number: {}", self.attribute(name)))
    }

    /// All attributes except the seconds, which differ from run to run.
    fn without_seconds(&self) -> &[String] {
        &self.0[..ATTRIBUTES.len() - 1]
    }
}

/// The rows from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table(pub(crate) Vec<Row>);

/// What a table must contain, apart from accuracies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExpectedTable {
    /// The seed of the trial.
    pub(crate) seed: u64,
    /// The number of prunings.
    pub(crate) rounds: u64,
    /// The fraction of the surviving weights that each round prunes, in hidden layers and in the output layer.
    pub(crate) rates: [f64; 2],
    /// The number of training steps of a round.
    pub(crate) iterations: u64,
    /// The number of steps between two validations.
    pub(crate) eval_every: u64,
}

impl ExpectedTable {
    /// The number of weights left after this many rounds. The pruned fraction of each layer is rounded half away from
    /// zero.
    pub(crate) fn weights(&self, round: u64) -> u64 {
        let mut alive = LENET;
        for _ in 0..round {
            for (layer, alive) in alive.iter_mut().enumerate() {
                let rate = self.rates[usize::from(layer == 2)];
                *alive -= (*alive as f64 * rate).round() as u64;
            }
        }
        alive.iter().sum()
    }

    /// The arm and round of every row: first the ticket from the dense network on, then the re-initialised networks.
    fn rows(&self) -> Vec<(&'static str, u64)> {
        let tickets = (0..=self.rounds).map(|round| ("ticket", round));
        tickets.chain((1..=self.rounds).map(|round| ("reinit", round))).collect()
    }
}

impl Table {
    /// Checks that the table contains the planned rows in the canonical order, with plausible numbers.
    pub(crate) fn check(&self, plan: &ExpectedTable) -> Result<()> {
        let found: Vec<_> = self
            .0
            .iter()
            .map(|row| Ok((row.attribute("arm"), row.attribute_as_integer("round")?)))
            .collect::<Result<_>>()?;
        ensure!(found == plan.rows(), "rows are {found:?} instead of {:?}", plan.rows());
        self.0.iter().try_for_each(|row| check_row(row, plan).with_context(|| format!("{row:?}")))
    }

    /// The digest of every job, in order.
    pub(crate) fn digests(&self) -> Vec<&str> {
        self.0.iter().map(|row| row.attribute("digest")).collect()
    }

    /// Checks that two tables have the same text except for the seconds.
    pub(crate) fn same_as(&self, other: &Table) -> Result<()> {
        ensure!(self.0.len() == other.0.len(), "{} rows instead of {}", self.0.len(), other.0.len());
        for (ours, theirs) in self.0.iter().zip(&other.0) {
            ensure!(
                ours.without_seconds() == theirs.without_seconds(),
                "rows differ: {ours:?} and {theirs:?}"
            );
        }
        Ok(())
    }
}

/// Checks the numbers of a row.
fn check_row(row: &Row, plan: &ExpectedTable) -> Result<()> {
    ensure!(row.attribute_as_integer("trial")? == plan.seed, "the trial's seed is not {}", plan.seed);
    ensure!(row.attribute_as_integer("draw")? == 0, "the draw is not 0");
    let weights = plan.weights(row.attribute_as_integer("round")?);
    ensure!(row.attribute_as_integer("weights")? == weights, "weights left should be {weights}");
    let stop = row.attribute_as_integer("earlyStop")?;
    let evaluated = stop.is_multiple_of(plan.eval_every) || stop == plan.iterations;
    ensure!(stop <= plan.iterations && evaluated, "nothing was validated at iteration {stop}");
    for accuracy in ["testStart", "testEarly", "testEnd", "trainEarly", "trainEnd"] {
        let value = row.attribute_as_number(accuracy)?;
        ensure!((0.0..=1.0).contains(&value), "{accuracy} is not between 0 and 1");
        let guesses = accuracy == "testStart";
        ensure!(guesses || value > 0.3, "{accuracy} is no better than a guess: does it train at all?");
    }
    ensure!(row.attribute_as_number("validationLoss")? > 0.0, "no network is beyond all doubt");
    ensure!(row.attribute_as_number("seconds")? >= 0.0, "seconds run backwards");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PAPER: ExpectedTable =
        ExpectedTable { seed: 1, rounds: 20, rates: [0.2, 0.1], iterations: 50_000, eval_every: 100 };

    fn row(arm: &str, round: u64, seconds: &str) -> Row {
        let mut row = json!({
            "trial": "1", "data": "mnist", "draw": "0", "arm": arm, "round": round.to_string(),
            "weights": PAPER.weights(round).to_string(), "earlyStop": "500", "testStart": "0.1", "testEarly": "0.97",
            "testEnd": "0.98", "trainEarly": "0.99", "trainEnd": "1", "validationLoss": "0.07", "digest": "0123456789abcdef", "seconds": seconds,
        });
        // A run without wrong labels and corrupted images has nothing to say of them.
        for name in ATTRIBUTES {
            row.as_object_mut().unwrap().entry(name).or_insert("".into());
        }
        Row::read(&row).unwrap()
    }

    #[test]
    fn the_papers_rates_leave_the_papers_weights() {
        assert_eq!([0, 7, 15, 20].map(|round| PAPER.weights(round)), [266_200, 56_094, 9_537, 3_179]);
    }

    #[test]
    fn a_table_is_checked_row_by_row() {
        let plan = ExpectedTable { rounds: 1, ..PAPER };
        let table = Table(vec![row("ticket", 0, "1"), row("ticket", 1, "1"), row("reinit", 1, "1")]);
        table.check(&plan).unwrap();
        let swapped = Table(vec![row("ticket", 0, "1"), row("reinit", 1, "1"), row("ticket", 1, "1")]);
        assert!(swapped.check(&plan).is_err());
        assert!(table.check(&ExpectedTable { seed: 2, ..plan }).is_err());
        assert!(table.check(&ExpectedTable { rates: [0.5, 0.25], ..plan }).is_err());
    }

    #[test]
    fn seconds_alone_may_differ() {
        let table = |row: Row| Table(vec![row]);
        table(row("ticket", 0, "1.5")).same_as(&table(row("ticket", 0, "2.5"))).unwrap();
        assert!(table(row("ticket", 0, "1")).same_as(&table(row("ticket", 1, "1"))).is_err());
        assert!(table(row("ticket", 0, "1")).same_as(&Table(Vec::new())).is_err());
    }

    #[test]
    fn a_row_without_an_attribute_is_refused_by_name() {
        assert!(Row::read(&json!({ "trial": "1" })).unwrap_err().to_string().contains("draw"));
    }
}
