use super::*;
use statistics::{Verdict, judge, normal_quantile, student_quantile};

/// A report of a quick run with one pruning: for each seed the right answers of the dense network, the ticket and the
/// re-init to the test images; their right answers at the first validation are half of that, and the early stop is given.
fn report(trials: &[[u32; 3]], stops: [u32; 3]) -> String {
    let seeds: Vec<usize> = (1..=trials.len()).collect();
    let mut lines = vec![
        serde_json::json!({
            "config": { "arms": "ticket,reinit", "rounds": "1", "iterations": "100", "draws": "1" }, "seeds": seeds,
        })
        .to_string(),
    ];
    for (seed, right) in seeds.iter().zip(trials) {
        for (at, (arm, round)) in [("ticket", 0), ("ticket", 1), ("reinit", 1)].into_iter().enumerate() {
            let (weights, alive) = if round == 0 { (1_000, [800, 200]) } else { (550, [400, 150]) };
            let curve = [[50, 1, right[at] / 2], [100, 1, 4_000]];
            let line = serde_json::json!({
                "trial": seed, "arm": arm, "round": round, "draw": 0, "weights": weights, "alive": alive,
                "early_stop": stops[at], "test_end": [right[at], 10_000], "curve": curve,
                "multiply_adds": weights, "dense_multiply_adds": 1_000,
            });
            lines.push(line.to_string());
        }
    }
    lines.join("\n")
}

/// What is true of one trial with 9,500, 9,480 and 9,100 right answers.
fn true_page() -> PageSentences {
    PageSentences {
        headline: "In this run the ticket at 55.0% of the weights shows no clear difference from the dense network and is \
                   3.8 points above the same mask with new random weights. That makes it a winning ticket."
            .into(),
        down: String::new(),
        source: "Test accuracy at the end of round 1, differences with their 95% intervals: −0.2 points to the dense network \
                 (−0.8 to +0.4); +3.8 points to the same mask with new random weights (+3.1 to +4.5)."
            .into(),
        rounds: "In this run the ticket is not clearly below the dense network down to 55.0% of the weights; there it is \
                 3.8 points above the re-init"
            .into(),
        curves: "In this run, at iteration 50 of finished round 1, the ticket is 3.8 points above the re-init"
            .into(),
        barriers: "How far apart do two trainings end?".into(),
        stop: "In this run the validation loss of the ticket at 55.0% of the weights is least at iteration 50, that of the re-init not before iteration 100"
            .into(),
        layers: "After 1 pruning 50.0% of layer 1 and 75.0% of the output layer are left".into(),
        cost: "2 rounds of the ticket cost 77.5% of the multiply-adds of the same steps in a dense network".into(),
    }
}

#[test]
fn what_is_true_is_accepted_and_counted() {
    let report = report(&[[9_500, 9_480, 9_100]], [100, 50, 100]);
    let tally = check(&report, &true_page()).unwrap();
    // Twice each to the rival, once more early in the round; twice to the dense network.
    assert_eq!(tally, Tally { definite: 3, unclear: 2 });
}

#[test]
fn what_is_false_is_noticed() {
    let one = report(&[[9_500, 9_480, 9_100]], [100, 50, 100]);
    for (at, word, turned) in [
        (0, "3.8 points above", "3.8 points below"),
        (0, "3.8 points", "3.9 points"),
        (
            0,
            "shows no clear difference from the dense network and is",
            "is 0.2 points below the dense network but",
        ),
        (0, " That makes it a winning ticket.", ""),
        (0, "55.0%", "55.2%"),
        (0, "In this run", "On the mean of 2 trials"),
        (0, "the ticket", "the one-shot network"),
        (2, "(−0.8", "(−0.9"),
        (
            3,
            "not clearly below the dense network down to 55.0%",
            "0.2 points below the dense network at 55.0%",
        ),
        (4, "iteration 50", "iteration 100"),
        (4, "is 3.8 points above", "shows no clear difference from"),
        (5, "not before", "at"),
        (5, "at iteration 50", "at iteration 60"),
        (6, "75.0%", "50.0%"),
        (7, "77.5%", "80.0%"),
        (7, "2 rounds", "7 rounds"),
        (7, "network", "network, and more"),
    ] {
        let mut page = true_page();
        let text = &mut *page.all_mut()[at].1;
        assert!(text.contains(word), "{text:?} lacks {word:?}");
        *text = text.replacen(word, turned, 1);
        assert!(check(&one, &page).is_err(), "taken for true: {page:?}");
    }
    // The same words are false of other numbers: nothing is clear, the ticket loses, several trials.
    for other in [
        report(&[[9_500, 9_480, 9_450]], [100, 50, 100]),
        report(&[[9_500, 9_100, 9_480]], [100, 50, 100]),
        report(&[[9_500, 9_480, 9_100]; 2], [100, 50, 100]),
    ] {
        assert!(check(&other, &true_page()).is_err());
    }
}

/// A ticket that keeps up after one pruning and not after two is told in two sentences, and neither may be the other's.
#[test]
fn the_headline_speaks_of_the_fewest_weights_that_keep_up() {
    let mut lines: Vec<Value> = report(&[[9_500, 9_480, 9_100]], [100, 50, 100])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    lines[0]["config"]["rounds"] = "2".into();
    for (arm, right, of) in [("ticket", 9_300, 2), ("reinit", 9_000, 3)] {
        let mut line = lines[of].clone();
        (line["arm"], line["round"], line["test_end"][0]) = (arm.into(), 2.into(), right.into());
        (line["weights"], line["alive"]) = (300.into(), serde_json::json!([200, 100]));
        lines.push(line);
    }
    let report: Vec<String> = lines.iter().map(Value::to_string).collect();
    let report = Report::read(&report.join("\n")).unwrap();
    let arms = Arms::of(&report).unwrap();
    let (kept, mut tally) = (true_page().headline, Tally::default());
    headline(&report, Some(&arms), 2, &kept, &mut tally).unwrap();
    let read = |text: &str| {
        let mut reader = Reader::new(text);
        at_the_last(&report, &arms, 2, &mut reader, &mut Tally::default()).and_then(|()| reader.end())
    };
    let down = "After 2 prunings, at 30.0% of the weights, it is 2.0 points below the dense network but 3.0 points above the \
                re-init.";
    read(down).unwrap();
    for (word, turned) in
        [("2 prunings", "1 prunings"), ("30.0%", "55.0%"), ("2.0 points below", "2.0 points above")]
    {
        assert!(read(&down.replacen(word, turned, 1)).is_err(), "{turned}");
    }
    assert!(
        read("").is_err()
            && headline(&report, Some(&arms), 2, &kept.replace("55.0%", "30.0%"), &mut tally).is_err()
    );
    // After one pruning there is nothing more to say.
    assert!(at_the_last(&report, &arms, 1, &mut Reader::new(""), &mut tally).is_ok());
}

#[test]
fn questions_tell_nothing() {
    assert!(check_question("Is it so?").is_ok() && check_question("It is so.").is_err());
    assert!(check_question("The ticket is 3.8 points above the dense network, is it?").is_err());
    assert!(check_questions(&true_page()).is_err());
}

#[test]
fn quantiles_are_those_of_the_tables() {
    assert!((normal_quantile() - 1.959_964).abs() < 1e-6, "{}", normal_quantile());
    for (degrees, expected) in
        [(1, 12.706_205), (2, 4.302_653), (4, 2.776_445), (9, 2.262_157), (30, 2.042_272)]
    {
        let found = student_quantile(degrees);
        assert!((found - expected).abs() < 1e-5, "{degrees}: {found}");
    }
}

#[test]
fn a_difference_is_clear_outside_its_interval() {
    let verdict = |pairs: &[(f64, f64)]| judge(pairs, 10_000.0).verdict();
    assert_eq!(verdict(&[(0.95, 0.94)]), Verdict::Above);
    assert_eq!(verdict(&[(0.94, 0.95)]), Verdict::Below);
    assert_eq!(verdict(&[(0.95, 0.946)]), Verdict::Unclear);
    assert_eq!(verdict(&[(0.95, 0.94), (0.95, 0.93), (0.95, 0.92)]), Verdict::Unclear);
    assert_eq!(verdict(&[(0.95, 0.94), (0.95, 0.938), (0.95, 0.939)]), Verdict::Above);
}
