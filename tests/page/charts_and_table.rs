//! Tests of what the page shows of an experiment: comparisons, charts and the table.

use crate::page_harness::{PageHarness, settings};
use page::{
    chart_data, chart_selection::SelectionChange, headline, metric::Metric, sentences::words,
    state::UserAction, status::PageStatus, status_line, strings, table,
};

#[test]
fn the_headline_waits_for_every_trial_of_a_round() {
    let mut bench = PageHarness::loaded("seed=3&trials=2&draws=2&iterations=40&eval_every=10&rounds=1");
    let said = |bench: &PageHarness| words::texts(&headline::headline(bench.state.results().everything()));
    let mut seen = vec![said(&bench)];
    bench.act(UserAction::Play);
    while bench.state.status() == PageStatus::Running {
        bench.advance_workers();
        seen.push(said(&bench));
        let over = bench.state.results().is_round_done(1);
        assert_eq!(seen[seen.len() - 1].contains("On the mean of 2 trials the ticket"), over);
    }
    // The question, the dense network, the answer: nothing changes in between.
    seen.dedup();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(seen[0].ends_with('?') && seen[1].contains("reads 91.0% of the test images"), "{seen:?}");
    // What is switched off in the charts is spoken of all the same.
    bench.act(UserAction::Choose(SelectionChange::Arm("reinit")));
    assert_eq!(said(&bench), seen[2]);
}

#[test]
fn what_is_switched_off_is_in_no_chart_but_in_the_table() {
    let mut bench = PageHarness::loaded(
        "seed=3&trials=3&arms=dense,ticket,reinit,oneshot&iterations=40&eval_every=10&rounds=2",
    );
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    let rows = bench.table().len();
    let drawn = |bench: &PageHarness| {
        let (results, selection) = (bench.state.results(), bench.state.selection());
        let (curves, rounds) = (
            chart_data::accuracy_curves(results.everything(), selection, &Default::default()),
            chart_data::metric_by_round(
                results.everything(),
                selection,
                selection.metric,
                &Default::default(),
            ),
        );
        let mut names: Vec<&str> = curves.curves.iter().map(|curve| curve.style.name).collect();
        names.extend(rounds.lines.iter().map(|line| line.style.name));
        names.extend(rounds.reference.iter().map(|line| line.style.name));
        names.extend(
            chart_data::round_costs(results.everything(), selection).costs.iter().map(|cost| cost.style.name),
        );
        let trials = curves.curves.iter().map(|curve| curve.trials.len()).sum::<usize>();
        let lines = rounds.lines.iter().map(|line| line.trials.len()).sum::<usize>();
        let banded = curves.curves.iter().all(|curve| curve.band.len() == curve.points.len());
        (["dense", "ticket", "reinit", "oneshot"].map(|name| names.contains(&name)), trials, lines, banded)
    };
    assert_eq!(drawn(&bench), ([true; 4], 0, 0, true));
    bench.act(UserAction::Choose(SelectionChange::EachTrial(true)));
    // The three arms of the last round are drawn while training, and three lines against the weights left.
    assert_eq!(drawn(&bench), ([true; 4], 3 * 3, 3 * 3, true));
    bench.act(UserAction::Choose(SelectionChange::Arm("dense")));
    bench.act(UserAction::Choose(SelectionChange::Arm("reinit")));
    assert_eq!(drawn(&bench).0, [false, true, false, true]);
    assert_eq!(bench.table().len(), rows);
    bench.act(UserAction::Reset(Box::new(settings(
        "seed=4&arms=ticket&iterations=40&eval_every=10&rounds=1",
    ))));
    assert!(
        bench.state.selection().arms().iter().all(|arm| arm.1) && bench.state.take_redraw_needs().selection
    );
}

#[test]
fn the_table_has_every_reading_as_paid_and_as_dense() {
    let mut bench = PageHarness::loaded(
        "seed=3&arms=dense,ticket,late&iterations=40&eval_every=10&rounds=1&rewind_to=10",
    );
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    let rows = bench.table();
    let labels: Vec<_> = rows.iter().map(|row| (row.cells[0].as_str(), row.job.round)).collect();
    assert_eq!(labels, [("dense", 0), ("ticket", 0), ("ticket", 1), ("late", 1)]);
    for row in &rows {
        assert_eq!(row.cells.len(), table::columns(bench.state.config()).len());
        let data =
            |name: &str| &row.data_attributes.iter().find(|data| data.0 == name).expect("an attribute").1;
        assert!(data("test-start").parse::<f64>().is_ok_and(|share| (0.1..0.2).contains(&share)));
        assert!(data("train-early").parse::<f64>().is_ok_and(|share| share <= 1.0));
        assert!(data("validation-loss").parse::<f64>().is_ok_and(|loss| loss > 0.0));
        // What a row's training steps would cost a dense network: multiply-adds, then seconds.
        let dense = &rows[0].cells;
        let cells = [12, 13, 15].map(|column| row.cells[column].as_str());
        if row.job.round == 0 {
            assert_eq!(cells, [&*dense[12], &*dense[12], &*dense[14]]);
        }
    }
}

#[test]
fn an_arm_without_the_ticket_is_counted_too() {
    let mut bench = PageHarness::loaded("seed=3&arms=norewind&iterations=40&eval_every=10&rounds=2");
    bench.act(UserAction::Play);
    while bench.state.status() == PageStatus::Running {
        bench.advance_workers();
        let strip = status_line::status_line(&bench.state, None);
        let round = bench.state.shown().round();
        let wrong = if round == 0 { !strip.contains("100%") } else { strip.contains("100%") };
        assert!(bench.state.status() == PageStatus::Done || !wrong, "{strip}");
    }
    let said = strings::round_summary(bench.state.results().everything(), 2);
    assert!(said.contains("done, 25.1% of weights left"), "{said}");
    assert_eq!(chart_data::layers_left(bench.state.results().everything()).rounds.len(), 3);
}

#[test]
fn curves_begin_before_the_first_step_and_late_ones_where_they_go_back_to() {
    let mut bench =
        PageHarness::loaded("seed=3&arms=ticket,late&iterations=40&eval_every=10&rounds=1&rewind_to=20");
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    let curves = chart_data::accuracy_curves(
        bench.state.results().everything(),
        bench.state.selection(),
        &Default::default(),
    )
    .curves;
    // The fake worker's networks read 1,000 of 5,000 validation images before they are trained, and one more each round.
    let starts: Vec<_> =
        curves.iter().map(|curve| (curve.style.name, curve.round, curve.points[0])).collect();
    let read = |round: u32| f64::from(1_000 + round) / 5_000.0;
    assert_eq!(starts, [("dense", 0, (0, read(0))), ("ticket", 1, (0, read(1))), ("late", 1, (20, read(1)))]);
    let first = chart_data::metric_by_round(
        bench.state.results().everything(),
        bench.state.selection(),
        Metric::TestStart,
        &Default::default(),
    );
    assert_eq!(first.lines[0].points.iter().map(|point| point.value).collect::<Vec<_>>(), [0.1, 0.1001]);
}

#[test]
fn an_early_stop_at_the_last_iteration_is_said_to_be_none() {
    let mut bench = PageHarness::loaded("seed=3&arms=ticket&iterations=40&eval_every=10&rounds=1");
    let note = strings::early_stop_note(bench.state.results().everything());
    assert_eq!(note, "Lower is sooner. Where the loss on images kept aside was least.");
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    // The fake worker's losses fall to the end.
    let note = strings::early_stop_note(bench.state.results().everything());
    assert!(note.ends_with("was least: never before the last iteration, 40."), "{note}");
}
