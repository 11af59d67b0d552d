//! Verifies a report: that it does not contradict itself, and that some of its jobs give the same again.

use crate::{
    arguments::{TrainingPlace, VerifyTask},
    data_files::load_inputs,
    network_files::read_network_files,
    progress_bar::JobProgressBar,
    standard_output::print,
    stored_report::StoredReport,
};
use experiment::{experiment_report::ExperimentReport, job::JobId, job_graph::all_jobs};
use std::{collections::BTreeSet, error::Error, process::ExitCode};
use ticket_lab::TrainingInputs;
use ticket_lab::verification::{
    MaskComparison, VerifiedJob, VerifyEvent, draw_jobs, jobs_to_train, train_again,
};

/// Verifies the report and prints what was found. The exit code says whether everything agrees. An error says why the
/// report cannot be read, or what in it contradicts what.
pub(crate) fn verify(task: &VerifyTask) -> Result<ExitCode, Box<dyn Error>> {
    let report = StoredReport::read(&task.file)?.report;
    let name = task.file.display();
    print(&format!("{name}: {}\n", structure_text(&report)))?;
    let drawn = draw_jobs(&report, task.jobs, task.seed);
    let verified = train(&report, &drawn, &task.training)?;
    let lines: String = verified.iter().map(|one| job_text(one, drawn.contains(&one.job))).collect();
    print(&format!("{lines}run digest {}\n", report.run_digest()))?;
    print(&format!("{name}: {}\n", verdict_text(&report, &verified)))?;
    let agrees = verified.iter().all(|one| one.differences.is_empty());
    Ok(if agrees { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Trains the drawn jobs again, and all that they need. No data is read if there are none.
fn train(
    report: &ExperimentReport,
    drawn: &BTreeSet<JobId>,
    TrainingPlace { workers, data, files }: &TrainingPlace,
) -> Result<Vec<VerifiedJob>, Box<dyn Error>> {
    if drawn.is_empty() {
        return Ok(vec![]);
    }
    let (_, files) = read_network_files(report.config(), files)?;
    let inputs = load_inputs(report.config(), data, files)?;
    // Readings that the report has are compared too.
    let robust = report.finished_jobs().values().any(|finished| finished.report.robustness.is_some());
    let inputs = TrainingInputs { robust, ..inputs };
    let jobs = jobs_to_train(report, drawn);
    eprintln!("{} jobs to train, {} of them drawn; {workers} workers", jobs.len(), drawn.len());
    let iterations = report.config().iterations;
    let mut bar = JobProgressBar::of_jobs(report.config(), &jobs);
    let verified = train_again(report, drawn, inputs, *workers, &mut |event| {
        match event {
            VerifyEvent::Step { job, iteration } => bar.step(job, iteration),
            VerifyEvent::Verified(one) => bar.step(one.job, iterations),
        }
        Ok(())
    })?;
    bar.clear();
    Ok(verified)
}

/// What was checked when the report was read.
fn structure_text(report: &ExperimentReport) -> String {
    let jobs = all_jobs(report.config());
    let masks: Vec<&JobId> = jobs.iter().filter(|&&job| report.has_next_mask(job)).collect();
    let (finished, all) = (report.finished_jobs().len(), jobs.len());
    let of_missing_jobs = masks.iter().filter(|job| !report.finished_jobs().contains_key(job)).count();
    let note = match of_missing_jobs {
        0 => String::new(),
        number => format!(" ({number} of them left by jobs that the report lacks)"),
    };
    let masks = counted(masks.len(), "mask");
    format!("{finished} of {all} jobs and {masks}{note} contradict neither the settings nor each other")
}

/// The lines of a job that was trained again.
fn job_text(one: &VerifiedJob, drawn: bool) -> String {
    let VerifiedJob { job, reported, mask, differences } = one;
    let why = if drawn { "" } else { ", which a drawn job needs," };
    if !differences.is_empty() {
        let lines = differences.iter().map(|difference| format!("    {difference}\n"));
        return format!("{job}{why} DIFFERS:\n{}", lines.collect::<String>());
    }
    let mask = match mask {
        MaskComparison::NoMask => "",
        MaskComparison::Compared => ", mask",
        MaskComparison::NotReported => "; the report lacks the mask that it leaves",
    };
    let Some(reported) = reported else {
        return format!("{job}{why} is not in the report{mask}\n");
    };
    let points = counted(reported.report.curve.len(), "point");
    let start = if reported.report.before_training.is_some() { ", readings before training" } else { "" };
    let digest = if reported.digest.is_some() { ", digest" } else { "" };
    let no_digest = match reported.digest {
        Some(_) => "",
        None => "; the report has no digest of it, so its trained weights were not compared",
    };
    format!("{job}{why} agrees: readings{start}, curve of {points}{digest}{mask}{no_digest}\n")
}

/// The last sentence.
fn verdict_text(report: &ExperimentReport, verified: &[VerifiedJob]) -> String {
    let finished = counted(report.finished_jobs().len(), "job");
    let compared = verified.iter().filter(|one| one.reported.is_some()).count();
    let (were, agree) = if compared == 1 { ("was", "agrees") } else { ("were", "agree") };
    let again = format!("{compared} of its {finished} {were} trained again");
    let mut differing = verified.iter().filter(|one| !one.differences.is_empty());
    match differing.next() {
        None if compared == 0 => {
            format!("verified in its structure alone; none of its {finished} was trained again.")
        }
        None => format!("verified; {again} and {agree} to the last bit."),
        Some(first) => format!(
            "NOT verified; {again}, and {} gave something else, {} for one. It, or a mask that it starts from, was \
             changed or comes from another version of the program.",
            1 + differing.count(),
            first.job
        ),
    }
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
