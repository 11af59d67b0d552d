//! Checks the titles of the charts after a pruned round.

use super::{
    arms::{Arms, title_name},
    common::{Tally, basis, check_question, relations, test_difference},
    reader::Reader,
    report::Report,
    statistics::{Judged, Verdict, judge, judge_paired},
};
use anyhow::{Context, Result};

/// Down to which size the subject keeps up with the dense network.
pub(super) fn rounds(
    report: &Report,
    arms: &Arms,
    last: u32,
    reader: &mut Reader<'_>,
    tally: &mut Tally,
) -> Result<()> {
    let rounds = report.pruned_rounds(&arms.subject, last);
    let sizes = rounds.len();
    let to_dense: Vec<Judged> = rounds
        .iter()
        .map(|&round| test_difference(report, &arms.subject, "dense", round))
        .collect::<Result<_>>()?;
    to_dense.iter().for_each(|judged| tally.count(judged));
    // By the place of the round among those in which the subject is trained.
    let below: Vec<usize> =
        (1..=sizes).filter(|place| to_dense[place - 1].verdict() == Verdict::Below).collect();
    let left = |round| report.weights_left(&arms.subject, round);
    let by = to_dense[sizes - 1].mean;
    basis(report, Some(arms), reader)?;
    reader.expect(" ")?;
    reader.expect(title_name(&arms.subject))?;
    let is_tail = below.iter().rev().enumerate().all(|(at, place)| *place == sizes - at);
    match below.first() {
        None => {
            reader.expect(" is not clearly below the dense network down to ")?;
            reader.percent(left(last)?)?;
            reader.expect(" of the weights")?;
        }
        Some(1) if is_tail && sizes == 1 => {
            reader.expect(" is ")?;
            reader.points(by)?;
            reader.expect(" below the dense network at ")?;
            reader.percent(left(last)?)?;
            reader.expect(" of the weights")?;
        }
        Some(1) if is_tail => {
            reader.expect(" is below the dense network at every size, by ")?;
            reader.points(by)?;
            reader.expect(" at ")?;
            reader.percent(left(last)?)?;
        }
        Some(first) if is_tail => {
            reader.expect(" is not clearly below the dense network down to ")?;
            reader.percent(left(rounds[first - 2])?)?;
            reader.expect(" of the weights, and ")?;
            reader.points(by)?;
            reader.expect(" below it at ")?;
            reader.percent(left(last)?)?;
        }
        Some(_) => {
            reader.expect(" is below the dense network at ")?;
            reader.count(below.len() as u64)?;
            reader.expect(" of ")?;
            reader.count(sizes as u64)?;
            reader.expect(" sizes, ")?;
            if below.contains(&sizes) {
                reader.expect("by ")?;
                reader.points(by)?;
            } else {
                reader.expect("not clearly")?;
            }
            reader.expect(" at ")?;
            reader.percent(left(last)?)?;
        }
    }
    if arms.rivals.is_empty() {
        return Ok(());
    }
    reader.expect("; there it ")?;
    let rivals: Vec<&str> = arms.rivals.iter().map(String::as_str).collect();
    relations(report, &arms.subject, &rivals, &title_name, last, reader, tally).map(|_| ())
}

/// How the subject stands early in the round.
pub(super) fn curves(
    report: &Report,
    arms: &Arms,
    last: u32,
    reader: &mut Reader<'_>,
    tally: &mut Tally,
) -> Result<()> {
    let rival = arms.first_rival();
    let lines = [report.lines_of(&arms.subject, last)?, report.lines_of(rival, last)?].concat();
    let curves: Vec<Vec<u64>> = lines.iter().map(|line| line.validated()).collect();
    let mut common =
        curves[0].iter().filter(|iteration| curves.iter().all(|curve| curve.contains(iteration)));
    let first = *common.next().context("the curves have no iteration in common")?;
    let judged = judge(&report.pairs(&arms.subject, rival, last, &|line| line.validation(first))?, 5_000.0);
    tally.count(&judged);
    basis(report, Some(arms), reader)?;
    reader.expect(", at iteration ")?;
    reader.count(first)?;
    reader.expect(" of finished round ")?;
    reader.count(last.into())?;
    reader.expect(", ")?;
    reader.expect(title_name(&arms.subject))?;
    reader.expect(" ")?;
    reader.relations(&[(judged, title_name(rival))])
}

/// The early stops.
pub(super) fn stop(
    report: &Report,
    arms: &Arms,
    last: u32,
    reader: &mut Reader<'_>,
    tally: &mut Tally,
) -> Result<()> {
    let (rival, left) = (arms.first_rival(), report.weights_left(&arms.subject, last)?);
    let pairs = report.pairs(&arms.subject, rival, last, &|line| Ok(line.early_stop()? as f64))?;
    let at_end = |arm: &str| -> Result<(u64, u64)> {
        let lines = report.lines_of(arm, last)?;
        let stops: Vec<u64> = lines.iter().map(|line| line.early_stop()).collect::<Result<_>>()?;
        let late = stops.iter().filter(|stop| **stop == report.iterations).count();
        Ok((late as u64, stops.len() as u64))
    };
    let counts = [at_end(&arms.subject)?, at_end(rival)?];
    if let [(own, others)] = pairs[..] {
        reader.expect("In this run the validation loss of ")?;
        reader.expect(title_name(&arms.subject))?;
        reader.expect(" at ")?;
        reader.percent(left)?;
        reader.expect(" of the weights is least ")?;
        for (iteration, (late, _), between) in [(own, counts[0], true), (others, counts[1], false)] {
            reader.expect(if late > 0 { "not before" } else { "at" })?;
            reader.expect(" iteration ")?;
            reader.near(iteration)?;
            if between {
                reader.expect(", that of ")?;
                reader.expect(title_name(rival))?;
                reader.expect(" ")?;
            }
        }
        return Ok(());
    }
    if counts.iter().any(|(late, _)| *late > 0) {
        reader.expect("At ")?;
        reader.percent(left)?;
        reader.expect(" of the weights the validation loss is least not before iteration ")?;
        reader.count(report.iterations)?;
        reader.expect(", the last, in ")?;
        reader.count(counts[0].0)?;
        reader.expect(" of ")?;
        reader.count(counts[0].1)?;
        reader.expect(" trainings of ")?;
        reader.expect(title_name(&arms.subject))?;
        reader.expect(" and in ")?;
        reader.count(counts[1].0)?;
        reader.expect(" of ")?;
        reader.count(counts[1].1)?;
        reader.expect(" of ")?;
        return reader.expect(title_name(rival));
    }
    let judged = judge_paired(&pairs.iter().map(|(own, others)| (own / others).ln()).collect::<Vec<_>>());
    tally.count(&judged);
    basis(report, Some(arms), reader)?;
    reader.expect(" ")?;
    reader.expect(title_name(&arms.subject))?;
    reader.expect(" at ")?;
    reader.percent(left)?;
    reader.expect(" of the weights ")?;
    let when = match judged.verdict() {
        Verdict::Unclear => {
            reader.expect("shows no clear difference from ")?;
            reader.expect(title_name(rival))?;
            return reader.expect(" in when it stops");
        }
        Verdict::Above => "stops later than ",
        Verdict::Below => "stops sooner than ",
    };
    reader.expect(when)?;
    reader.expect(title_name(rival))?;
    reader.expect(", after ")?;
    reader.near(judged.mean.exp())?;
    reader.expect(" times as many iterations")
}

/// How far the error rises between two trainings.
pub(super) fn barriers(
    report: &Report,
    arms: Option<&Arms>,
    last: u32,
    reader: &mut Reader<'_>,
) -> Result<()> {
    if !report.twins {
        return check_question(reader.rest());
    }
    let pruned = arms.filter(|_| last > 0);
    let subject = pruned.map_or("dense", |arms| &arms.subject);
    let rise = |arm: &str| -> Result<f64> {
        let between = report.between_twins(arm, last)?;
        Ok(between.iter().map(|(ends, least)| ends - least).sum::<f64>() / between.len() as f64)
    };
    basis(report, arms, reader)?;
    reader.expect(" the error rises by ")?;
    reader.points(rise(subject)?)?;
    reader.expect(" between two trainings of ")?;
    reader.expect(title_name(subject))?;
    reader.expect(" with ")?;
    reader.percent(report.weights_left(subject, last)?)?;
    reader.expect(" of the weights")?;
    if let Some(rival) = pruned.and_then(|arms| arms.rivals.first()) {
        reader.expect(", and by ")?;
        reader.points(rise(rival)?)?;
        reader.expect(" between two of ")?;
        reader.expect(title_name(rival))?;
    }
    reader.end()
}

/// What is left of each layer.
pub(super) fn layers(
    report: &Report,
    _: &Arms,
    last: u32,
    reader: &mut Reader<'_>,
    _: &mut Tally,
) -> Result<()> {
    let shares = report.layers_left(last)?;
    reader.expect("After ")?;
    reader.count(last.into())?;
    reader.expect(if last == 1 { " pruning " } else { " prunings " })?;
    if let [share] = shares[..] {
        reader.percent(share)?;
        return reader.expect(" of the only layer is left");
    }
    for (layer, share) in shares.iter().enumerate() {
        let is_output = layer + 1 == shares.len();
        if layer > 0 {
            reader.expect(if is_output { " and " } else { ", " })?;
        }
        reader.percent(*share)?;
        if is_output {
            reader.expect(" of the output layer")?;
        } else {
            reader.expect(" of layer ")?;
            reader.count(layer as u64 + 1)?;
        }
    }
    reader.expect(" are left")
}

/// What the rounds of an arm have cost.
pub(super) fn cost(
    report: &Report,
    arms: &Arms,
    last: u32,
    reader: &mut Reader<'_>,
    _: &mut Tally,
) -> Result<()> {
    let has_ticket = report.arms.iter().any(|arm| arm == "ticket");
    let (arm, first) = if has_ticket { ("ticket", 0) } else { (arms.subject.as_str(), 1) };
    let (mut paid, mut dense) = (0.0, 0.0);
    for round in first..=last {
        for line in report.lines_of(arm, round)? {
            let costs = line.costs()?;
            paid += costs.0;
            dense += costs.1;
        }
    }
    let rounds = u64::from(last - first) + 1;
    reader.count(rounds)?;
    reader.expect(if rounds == 1 { " round of " } else { " rounds of " })?;
    reader.expect(title_name(arm))?;
    reader.expect(if rounds == 1 { " costs " } else { " cost " })?;
    reader.percent(paid / dense)?;
    reader.expect(" of the multiply-adds of the same steps in a dense network")
}
