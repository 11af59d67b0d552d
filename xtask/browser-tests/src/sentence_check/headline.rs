//! Checks the headline, and the differences that it speaks of.

use super::{
    arms::{Arms, name, title_name},
    common::{Tally, basis, check_question, on_data, relations, test_difference},
    reader::Reader,
    report::Report,
    statistics::{Judged, Verdict, judge},
};
use anyhow::{Context, Result};

/// What the headline says when rounds up to `last` are over.
pub(super) fn headline(
    report: &Report,
    arms: Option<&Arms>,
    last: u32,
    text: &str,
    tally: &mut Tally,
) -> Result<()> {
    let reader = &mut Reader::new(text);
    basis(report, arms, reader)?;
    let pruned = |arms: &&Arms| !report.pruned_rounds(&arms.subject, last).is_empty();
    let Some(arms) = arms.filter(pruned) else {
        reader.expect(" the dense network reads ")?;
        let accuracies = report.dense_accuracies(arms.map_or("ticket", |arms| &arms.subject))?;
        reader.percent(accuracies.iter().sum::<f64>() / accuracies.len() as f64)?;
        reader.expect(" of the test images.")?;
        let asks = arms.is_some() && report.rounds > 0;
        return if asks { check_question(reader.rest()) } else { reader.end() };
    };
    let (round, _) = rounds_spoken_of(report, arms, last)?;
    reader.expect(" ")?;
    reader.expect(arms.subject_name())?;
    reader.expect(" at ")?;
    reader.percent(report.weights_left(&arms.subject, round)?)?;
    reader.expect(" of the weights ")?;
    let others: Vec<&str> = ["dense"].into_iter().chain(arms.rivals.iter().map(String::as_str)).collect();
    let relations =
        relations(report, &arms.subject, &others, &|other| arms.name_beside(other), round, reader, tally)?;
    reader.expect(".")?;
    remarks(report, arms, round, &others, &relations, reader)?;
    if report.is_noisy {
        wrong_labels(report, arms, (round, last), reader, tally)?;
    }
    under_noise(report, arms, last, &others, reader, tally)?;
    if report.twins {
        barrier(report, arms, round, reader, tally)?;
    }
    reader.end()
}

/// How the subject stands under noise after the last round, where all compared networks have read it.
fn under_noise(
    report: &Report,
    arms: &Arms,
    last: u32,
    others: &[&str],
    reader: &mut Reader<'_>,
    tally: &mut Tally,
) -> Result<()> {
    let Some(&round) = report.pruned_rounds(&arms.subject, last).last() else { return Ok(()) };
    let judged = |other: &&str| {
        let pairs = report.pairs(&arms.subject, other, round, &|line| line.under_noise())?;
        Ok(judge(&pairs, 10_000.0))
    };
    let judged: Result<Vec<Judged>> = others.iter().map(judged).collect();
    let Ok(judged) = judged else { return Ok(()) };
    reader.expect(" ")?;
    basis(report, Some(arms), reader)?;
    reader.expect(", under noise of 0.3, ")?;
    reader.expect(arms.subject_name())?;
    reader.expect(" at ")?;
    reader.percent(report.weights_left(&arms.subject, round)?)?;
    reader.expect(" of the weights ")?;
    judged.iter().for_each(|judged| tally.count(judged));
    let named: Vec<(Judged, &str)> =
        judged.into_iter().zip(others.iter().map(|other| title_name(other))).collect();
    reader.relations(&named)?;
    reader.expect(".")
}

/// How far the error rises between two trainings of the subject.
fn barrier(
    report: &Report,
    arms: &Arms,
    round: u32,
    reader: &mut Reader<'_>,
    tally: &mut Tally,
) -> Result<()> {
    let between = report.between_twins(&arms.subject, round)?;
    let rise = judge(&between, 10_000.0);
    tally.count(&rise);
    reader
        .expect(" On the line between two trainings of it, in two orders of batches, the error rises by ")?;
    reader.points(rise.mean)?;
    reader.expect(match () {
        () if rise.mean - rise.margin > 0.02 => ": clearly more than",
        () if rise.mean + rise.margin < 0.02 => ": clearly less than",
        () => ": neither clearly more nor clearly less than",
    })?;
    reader.expect(" the 2 points below which a network counts as stable.")
}

/// The round that the headline speaks of, and whether a later one is spoken of below it. The headline speaks of the last
/// round before the first one in which the subject is clearly below the dense network; if that is round 0, of the last.
fn rounds_spoken_of(report: &Report, arms: &Arms, last: u32) -> Result<(u32, bool)> {
    let rounds = report.pruned_rounds(&arms.subject, last);
    let last = *rounds.last().context("no round has the subject")?;
    for (at, &round) in rounds.iter().enumerate() {
        if test_difference(report, &arms.subject, "dense", round)?.verdict() == Verdict::Below {
            return Ok(if at == 0 { (last, false) } else { (rounds[at - 1], true) });
        }
    }
    Ok((last, false))
}

/// How the subject stands after the last round, where the headline speaks of an earlier one.
pub(super) fn at_the_last(
    report: &Report,
    arms: &Arms,
    last: u32,
    reader: &mut Reader<'_>,
    tally: &mut Tally,
) -> Result<()> {
    if !rounds_spoken_of(report, arms, last)?.1 {
        return Ok(());
    }
    reader.expect("After ")?;
    reader.count(last.into())?;
    reader.expect(" prunings, at ")?;
    reader.percent(report.weights_left(&arms.subject, last)?)?;
    reader.expect(" of the weights, it ")?;
    let others: Vec<&str> = ["dense"].into_iter().chain(arms.rivals.iter().map(String::as_str)).collect();
    relations(report, &arms.subject, &others, &title_name, last, reader, tally)?;
    reader.expect(".")
}

/// What the headline says after the relations.
fn remarks(
    report: &Report,
    arms: &Arms,
    round: u32,
    others: &[&str],
    relations: &[Judged],
    reader: &mut Reader<'_>,
) -> Result<()> {
    let verdict =
        |name: &str| others.iter().position(|other| *other == name).map(|at| relations[at].verdict());
    match arms.subject.as_str() {
        "ticket" if verdict("reinit") == Some(Verdict::Above) && verdict("dense") != Some(Verdict::Below) => {
            reader.expect(" That makes it a winning ticket.")
        }
        "sign" if verdict("reinit") == Some(Verdict::Above) && verdict("ticket").is_some() => {
            let lead = test_difference(report, "ticket", "reinit", round)?;
            if lead.verdict() != Verdict::Above {
                return Ok(());
            }
            let signs = test_difference(report, "sign", "reinit", round)?;
            let share = 100.0 * signs.mean / lead.mean;
            reader.expect(" The signs alone keep ")?;
            if share.round() >= 100.0 {
                reader.expect("all")?;
            } else {
                reader.near(share)?;
                reader.expect("%")?;
            }
            reader.expect(" of the ticket's lead.")
        }
        "transferred" => {
            let both = ["other_ticket", "other_reinit"];
            if !both.iter().all(|arm| report.arms.iter().any(|asked| asked == arm)) {
                return Ok(());
            }
            reader.expect(" There ")?;
            reader.expect(name(both[0]))?;
            reader.expect(" ")?;
            let judged = test_difference(report, both[0], both[1], round)?;
            reader.relations(&[(judged, title_name(both[1]))])?;
            reader.expect(".")
        }
        "norewind" => {
            reader.expect(" It has trained ")?;
            reader.count(report.iterations * u64::from(round + 1))?;
            reader.expect(" iterations")?;
            if arms.rivals.iter().any(|rival| rival == "ticket") {
                reader.expect(", the ticket ")?;
                reader.count(report.iterations)?;
            }
            reader.expect(".")
        }
        _ => Ok(()),
    }
}

/// Who has memorised more of the wrong labels, and where the subject loses to its first rival.
fn wrong_labels(
    report: &Report,
    arms: &Arms,
    (round, last): (u32, u32),
    reader: &mut Reader<'_>,
    tally: &mut Tally,
) -> Result<()> {
    memorised(report, arms, ("dense", round), reader, tally)?;
    let Some(rival) = arms.rivals.first() else { return Ok(()) };
    let mut lost: Vec<(f64, u32)> = vec![];
    for round in 1..=last {
        let judged = test_difference(report, &arms.subject, rival, round)?;
        tally.count(&judged);
        if judged.verdict() == Verdict::Below {
            lost.push((judged.mean, round));
        }
    }
    if lost.is_empty() {
        reader.expect(if last == 1 { " At the only size that is pruned, " } else { " At none of " })?;
        if last > 1 {
            reader.count(last.into())?;
            reader.expect(" sizes is ")?;
        }
        reader.expect(arms.subject_name())?;
        reader.expect(if last == 1 { " is not clearly below " } else { " clearly below " })?;
        reader.expect(title_name(rival))?;
        return reader.expect(".");
    }
    reader.expect(" At ")?;
    for (at, (_, round)) in lost.iter().enumerate() {
        let is_last = at + 1 == lost.len();
        reader.expect(if at == 0 {
            ""
        } else if is_last {
            " and "
        } else {
            ", "
        })?;
        reader.percent(report.weights_left(&arms.subject, *round)?)?;
    }
    reader.expect(" of the weights ")?;
    reader.expect(arms.subject_name())?;
    reader.expect(" is clearly below ")?;
    reader.expect(title_name(rival))?;
    let worst = lost.iter().fold(lost[0], |worst, lost| if lost.0 < worst.0 { *lost } else { worst });
    reader.expect(if lost.len() == 1 { ", by " } else { ", by as much as " })?;
    reader.points(worst.0)?;
    if lost.len() > 1 {
        reader.expect(" at ")?;
        reader.percent(report.weights_left(&arms.subject, worst.1)?)?;
    }
    reader.expect(": there it loses.")?;
    memorised(report, arms, (rival, worst.1), reader, tally)
}

/// The wrong labels that the subject and another network have memorised in a round.
fn memorised(
    report: &Report,
    arms: &Arms,
    (rival, round): (&str, u32),
    reader: &mut Reader<'_>,
    tally: &mut Tally,
) -> Result<()> {
    let pairs = |field: &str| report.pairs(&arms.subject, rival, round, &|line| line.share(field));
    let labels = report.lines_of(&arms.subject, round)?[0].wrong_labels();
    let memorised = pairs("train_flipped")?;
    let judged = judge(&memorised, labels);
    tally.count(&judged);
    let mean = |pairs: &[(f64, f64)], of: fn(&(f64, f64)) -> f64| {
        pairs.iter().map(of).sum::<f64>() / pairs.len() as f64
    };
    let restored = pairs("restored")?;
    reader.expect(" Of the wrong labels ")?;
    reader.expect(arms.subject_name())?;
    reader.expect(" at ")?;
    reader.percent(report.weights_left(&arms.subject, round)?)?;
    reader.expect(" of the weights has memorised ")?;
    reader.percent(mean(&memorised, |pair| pair.0))?;
    reader.expect(" and seen through ")?;
    reader.percent(mean(&restored, |pair| pair.0))?;
    reader.expect("; ")?;
    reader.expect(title_name(rival))?;
    reader.expect(match judged.verdict() {
        Verdict::Above => " has memorised clearly less, ",
        Verdict::Below => " has memorised clearly more, ",
        Verdict::Unclear => " has memorised ",
    })?;
    reader.percent(mean(&memorised, |pair| pair.1))?;
    reader.expect(if judged.verdict() == Verdict::Unclear {
        ", which is no clear difference,"
    } else {
        ","
    })?;
    reader.expect(" and seen through ")?;
    reader.percent(mean(&restored, |pair| pair.1))?;
    reader.expect(".")
}

/// The intervals of the differences that the headline speaks of.
pub(super) fn intervals(
    report: &Report,
    arms: &Arms,
    last: u32,
    reader: &mut Reader<'_>,
    _: &mut Tally,
) -> Result<()> {
    let (round, is_last_too) = rounds_spoken_of(report, arms, last)?;
    interval(report, arms, round, reader)?;
    if is_last_too {
        reader.expect(" ")?;
        interval(report, arms, last, reader)?;
    }
    Ok(())
}

/// The intervals of the differences in one round.
fn interval(report: &Report, arms: &Arms, round: u32, reader: &mut Reader<'_>) -> Result<()> {
    reader.expect("Test accuracy")?;
    on_data(report, Some(arms), reader)?;
    reader.expect(" at the end of round ")?;
    reader.count(round.into())?;
    reader.expect(", differences with their 95% intervals: ")?;
    let others = ["dense"].into_iter().chain(arms.rivals.iter().map(String::as_str));
    for (at, other) in others.enumerate() {
        let judged = test_difference(report, &arms.subject, other, round)?;
        reader.expect(if at > 0 { "; " } else { "" })?;
        reader.near(100.0 * judged.mean)?;
        reader.expect(" points to ")?;
        reader.expect(arms.name_beside(other))?;
        reader.expect(" (")?;
        reader.near(100.0 * (judged.mean - judged.margin))?;
        reader.expect(" to ")?;
        reader.near(100.0 * (judged.mean + judged.margin))?;
        reader.expect(")")?;
    }
    reader.expect(".")
}
