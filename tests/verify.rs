//! Checks that reports are verified: true ones pass, whole or not, merged or old, and what is forged is found and named.

mod headless_process;
mod mnist;

use experiment::{
    arm::Arm, experiment_report::ExperimentReport, job::JobId, result_difference::ResultDifference,
    settings::Settings,
};
use headless_process::*;
use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::Path,
    process::Output,
    sync::OnceLock,
};
use ticket_lab::verification::{MaskComparison, VerifiedJob, draw_jobs, jobs_to_train, train_again};

/// Sixteen jobs that take a second together, with arms that start from trained weights.
const TINY: &str =
    "iterations=20&eval_every=10&hidden=20,10&rounds=3&arms=ticket,reinit,norewind,late,oneshot";

fn job(arm: Arm, round: u32) -> JobId {
    JobId { trial: 1, arm, round, draw: 0, twin: false }
}

fn trained(fragment: &str) -> ExperimentReport {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, []);
    let mut report = ExperimentReport::new(&settings.config);
    ticket_lab::run(&mut report, &mnist::mnist(), 2, &mut |_| Ok(())).unwrap();
    report
}

/// The finished report of the small experiment.
fn tiny() -> &'static ExperimentReport {
    static TRAINED: OnceLock<ExperimentReport> = OnceLock::new();
    TRAINED.get_or_init(|| trained(TINY))
}

/// The report with two weights of the first layer pruned in the place of each other, in the rounds 1 and 3. All counts
/// stay as they are, and so does the mask of round 3.
fn with_swapped_deaths(report: &ExperimentReport) -> ExperimentReport {
    let (parts, mut chains) = report.to_parts();
    assert_eq!(parts.chains[0].1, Arm::Ticket);
    let first_layer = &mut chains[0][..784 * 20];
    let weight_of = |death| first_layer.iter().position(|byte| *byte == death).unwrap();
    let (one, other) = (weight_of(1), weight_of(3));
    first_layer.swap(one, other);
    ExperimentReport::from_parts(parts, chains).unwrap()
}

fn verify_again(report: &ExperimentReport, jobs: &[JobId]) -> Vec<VerifiedJob> {
    let jobs = jobs.iter().copied().collect();
    train_again(report, &jobs, &mnist::mnist(), 2, &mut |_| Ok(())).unwrap()
}

/// Verifies the report of a file with this text.
fn verify(text: &str, words: &[&str]) -> Output {
    let folder = folder();
    write(&folder, "report.jsonl", text);
    headless_in(&folder, &[&["--verify", "report.jsonl"], words].concat())
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Everything agrees, and the output has each of these parts.
fn passes_with(output: &Output, parts: &[&str]) {
    let said = stdout(output);
    assert_eq!(output.status.code(), Some(0), "{said}{}", stderr(output));
    for part in parts {
        assert!(said.contains(part), "no “{part}” in: {said}");
    }
}

/// Something differs, and the output has each of these parts.
fn differs_with(output: &Output, parts: &[&str]) {
    let said = stdout(output);
    assert_eq!(output.status.code(), Some(1), "{said}{}", stderr(output));
    for part in parts.iter().chain(&["NOT verified", "run digest "]) {
        assert!(said.contains(part), "no “{part}” in: {said}");
    }
}

#[test]
fn a_true_report_passes() {
    let text = tiny().to_file_text();
    let digest = format!("run digest {} over 16 of 16 jobs\n", tiny().run_digest().hex);
    let output = verify(&text, &["--jobs", "99"]);
    passes_with(
        &output,
        &["16 of 16 jobs and 7 masks", &digest, "verified; 16 of its 16 jobs were trained again and agree"],
    );
    assert_eq!(stdout(&output).matches(" agrees: ").count(), 16);
    assert_eq!(stdout(&output).matches(", mask\n").count(), 7);
    let output = verify(&text, &["--jobs", "0"]);
    passes_with(&output, &["16 of 16 jobs", &digest, "none of its 16 jobs was trained again"]);
    assert!(!stdout(&output).contains("agrees"));
    passes_with(&verify(&text, &[]), &["verified; "]);
}

#[test]
fn the_recorded_quick_look_passes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("assets/recorded/quick.jsonl")).unwrap();
    let output = verify(&text, &["--jobs", "1"]);
    passes_with(
        &output,
        &[
            "13 of 13 jobs and 6 masks",
            "curve of 10 points, digest",
            "verified; 1 of its 13 jobs was trained again and agrees",
        ],
    );
}

#[test]
fn parts_and_merged_reports_pass() {
    let text = tiny().to_file_text();
    // Half of the lines, without the jobs whose masks and weights the others start from.
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let part = lines[..1].concat() + &lines[8..].concat();
    let output = verify(&part, &["--jobs", "99"]);
    // The dense network is trained for them, and no other job that the report lacks.
    let dense = "ticket round 0 (seed 1, draw 0), which a drawn job needs, is not in the report";
    passes_with(
        &output,
        &["9 of 16 jobs and 4 masks", dense, "verified; 9 of its 9 jobs were trained again"],
    );
    assert_eq!(stdout(&output).matches(" agrees: ").count(), 9);
    assert_eq!(stdout(&output).matches("which a drawn job needs").count(), 1);
    passes_with(&verify(lines[0], &[]), &["0 of 16 jobs and 0 masks", "none of its 0 jobs"]);
    let small = "iterations=10&eval_every=10&hidden=20,10&rounds=1&seeds=";
    let merged = ["3", "1,7"].map(|seeds| trained(&format!("{small}{seeds}")));
    let merged = ExperimentReport::merge(merged.into()).unwrap().to_file_text();
    passes_with(
        &verify(&merged, &["--jobs", "99"]),
        &["9 of 9 jobs and 3 masks", "verified; 9 of its 9 jobs"],
    );
}

#[test]
fn a_report_without_digests_passes_and_it_is_said() {
    let text = include_str!("golden/report_v1.jsonl");
    let output = verify(text, &["--jobs", "7"]);
    passes_with(
        &output,
        &["7 of 19 jobs and 3 masks", "no digest of it, so its trained weights", "verified; "],
    );
    assert_eq!(stdout(&output).matches(" agrees: ").count(), 7);
    // A change of an old report is found by its readings.
    let from = "\"test_early\":[5135,10000],\"test_end\":[5135,10000]";
    assert!(text.contains(from));
    let forged = text.replacen(from, &from.replace("5135", "5136"), 1);
    differs_with(
        &verify(&forged, &["--jobs", "7"]),
        &[
            "ticket round 0 (seed 7, draw 0) DIFFERS",
            "test_end is [5136,10000] in the report and [5135,10000] now",
        ],
    );
}

#[test]
fn swapped_deaths_are_found() {
    // Without the arms whose masks begin as the ticket’s do, and would contradict them.
    let report = trained(&TINY.replace("ticket,reinit,norewind,late,oneshot", "ticket,reinit"));
    let forged = with_swapped_deaths(&report);
    // No count tells, so the structure is sound.
    passes_with(&verify(&forged.to_file_text(), &["--jobs", "0"]), &["7 of 7 jobs"]);
    let output = verify(&forged.to_file_text(), &["--jobs", "99"]);
    differs_with(
        &output,
        &[
            "ticket round 0 (seed 1, draw 0) DIFFERS",
            "2 of 15980 weights differ (deaths)",
            "and 2 gave something else, ticket round 0",
        ],
    );
    // Every other mask of the chain that lacks one of the two differs too, and no number does.
    let mask = |weights| vec![ResultDifference::Mask { weights, all: 15_980 }];
    let verified = verify_again(&forged, &[job(Arm::Ticket, 0), job(Arm::Ticket, 1), job(Arm::Ticket, 2)]);
    let differences: Vec<_> = verified.into_iter().map(|one| one.differences).collect();
    assert_eq!(differences, [mask(2), mask(2), vec![]]);
    // A network that starts from the report's mask is another one.
    let alone = verify_again(&forged, &[job(Arm::Reinit, 1)]);
    assert_eq!((alone.len(), alone[0].job), (1, job(Arm::Reinit, 1)));
    let fields: Vec<&str> = alone[0]
        .differences
        .iter()
        .map(|difference| match difference {
            ResultDifference::Field { field, .. } => *field,
            ResultDifference::Curve { .. } => "curve",
            ResultDifference::Mask { .. } => "mask",
        })
        .collect();
    assert!(fields.contains(&"digest") && !fields.contains(&"mask"), "{fields:?}");
    assert_eq!(verify_again(&report, &[job(Arm::Reinit, 1)])[0].differences, []);
}

#[test]
fn every_changed_number_is_found_by_its_field() {
    let late = job(Arm::Late, 2);
    let found_after = |change: &dyn Fn(&mut experiment::experiment_report::FinishedJob)| {
        let (mut parts, chains) = tiny().to_parts();
        change(parts.finished.iter_mut().find(|done| done.report.job == late).unwrap());
        let forged = ExperimentReport::from_parts(parts, chains).unwrap();
        let verified = verify_again(&forged, &[late]);
        // It starts from the dense network's weights, which is trained again and agrees.
        assert_eq!(verified.iter().map(|one| one.job).collect::<Vec<_>>(), [job(Arm::Ticket, 0), late]);
        assert_eq!(verified[0].differences, []);
        let texts = verified[1].differences.iter().map(ToString::to_string);
        texts.collect::<Vec<_>>().join("; ")
    };
    assert_eq!(found_after(&|_| {}), "");
    assert_eq!(found_after(&|done| done.seconds += 1.0), "");
    assert!(found_after(&|done| done.report.test_end.correct += 1).starts_with("test_end is ["));
    assert!(found_after(&|done| done.report.test_early.correct += 1).starts_with("test_early is ["));
    assert!(found_after(&|done| done.report.train_end.correct += 1).starts_with("train_end is ["));
    assert!(found_after(&|done| done.report.train_early.correct += 1).starts_with("train_early is ["));
    assert!(found_after(&|done| done.report.alive[1] += 1).starts_with("alive is ["));
    assert!(found_after(&|done| done.report.early_stop = 10).starts_with("early_stop is 10 in"));
    assert!(found_after(&|done| done.report.iterations = 20).starts_with("iterations is 20 in"));
    assert!(found_after(&|done| done.report.batch = 1).starts_with("batch is 1 in the report and 60"));
    assert!(
        found_after(&|done| done.digest = Some("0".repeat(16))).starts_with("digest is 0000000000000000 in")
    );
    let first = |change: &dyn Fn(&mut experiment::job_report::ReadingsBeforeTraining)| {
        found_after(&|done| change(done.report.before_training.as_mut().unwrap()))
    };
    assert!(first(&|readings| readings.test.correct += 1).starts_with("test_start is ["));
    assert!(first(&|readings| readings.validation.correct += 1).starts_with("validation_start is ["));
    // The last bit of a loss.
    let next = |loss: &mut f32| *loss = f32::from_bits(loss.to_bits() + 1);
    assert!(first(&|readings| next(&mut readings.validation_loss)).starts_with("validation_start is ["));
    let curve = found_after(&|done| next(&mut done.report.curve[1].loss));
    assert!(curve.starts_with("curve has [20,") && curve.ends_with("1 of its 2 points differ"), "{curve}");
    // A thinned curve lacks points, which is no difference.
    assert_eq!(found_after(&|done| drop(done.report.curve.drain(..1))), "");
    // The command finds it too.
    let text = tiny().to_file_text();
    let end = tiny().finished_jobs()[&late].report.test_end.correct;
    let line = text.lines().find(|line| line.contains("\"arm\":\"late\",\"round\":2")).unwrap();
    let forged = line.replace(&format!("[{end},10000]"), &format!("[{},10000]", end + 1));
    differs_with(
        &verify(&text.replace(line, &forged), &["--jobs", "16"]),
        &[
            "late round 2 (seed 1, draw 0) DIFFERS",
            &format!("test_end is [{},10000] in the report and [{end},10000] now", end + 1),
            "and 1 gave something else",
        ],
    );
}

#[test]
fn a_changed_number_of_survivors_is_found_without_training() {
    let text = tiny().to_file_text();
    let from = "\"alive\":[7840,100,75]";
    assert!(text.contains(from));
    // The sum stays as it was.
    let forged = text.replacen(from, "\"alive\":[7840,101,74]", 1);
    let said = ["report.jsonl: ", "alive is [7840, 101, 74], and [7840, 100, 75] weights are left"];
    fails_with(&verify(&forged, &["--jobs", "0"]), &said);
    fails_with(
        &verify(&text.replacen(from, "\"alive\":[7840,100,76]", 1), &["--jobs", "0"]),
        &["weights contradicts"],
    );
    fails_with(&verify("milk\n", &["--jobs", "0"]), &["not a report of Ticket Lab"]);
    let newer = text.replacen("\"version\":2", "\"version\":\"3.0\"", 1);
    fails_with(
        &verify(&newer, &["--jobs", "0"]),
        &["version 3.0, which a newer version", "update the program"],
    );
}

#[test]
fn masks_that_the_report_lacks_are_trained() {
    let (mut parts, _) = tiny().to_parts();
    parts.chains.clear();
    let without_masks = ExperimentReport::from_parts(parts, vec![]).unwrap();
    let verified = verify_again(&without_masks, &[job(Arm::Reinit, 3)]);
    let expected = [
        (job(Arm::Ticket, 0), MaskComparison::NotReported),
        (job(Arm::Ticket, 1), MaskComparison::NotReported),
        (job(Arm::Ticket, 2), MaskComparison::NotReported),
        (job(Arm::Reinit, 3), MaskComparison::NoMask),
    ];
    assert_eq!(verified.iter().map(|one| (one.job, one.mask)).collect::<Vec<_>>(), expected);
    assert!(verified.iter().all(|one| one.differences.is_empty()));
    let output = verify(&without_masks.to_file_text(), &["--jobs", "99"]);
    passes_with(&output, &["16 of 16 jobs and 0 masks", "the report lacks the mask that it leaves"]);
}

#[test]
fn jobs_are_drawn_by_the_seed_without_replacement() {
    let drawn = |count, seed| draw_jobs(tiny(), count, seed);
    let all: BTreeSet<JobId> = tiny().finished_jobs().keys().copied().collect();
    assert_eq!((drawn(0, 1).len(), drawn(16, 1), drawn(usize::MAX, 7)), (0, all.clone(), all.clone()));
    for count in 1..16 {
        assert_eq!(drawn(count, 1).len(), count);
        assert!(drawn(count, 1).is_subset(&drawn(count + 1, 1)) && drawn(count, 1).is_subset(&all));
    }
    let others: BTreeSet<_> = (1..=20).map(|seed| drawn(3, seed)).collect();
    assert!(others.len() > 15, "{} draws of twenty differ", others.len());
    // Each job is drawn about as often: 3 of 16 in 1600 draws, 300 ± 16.
    let often = |job| (0..1_600).filter(|&seed| drawn(3, seed).contains(&job)).count();
    assert!(all.iter().all(|&job| often(job).abs_diff(300) < 80));
    // The draw must stay what it is, because others repeat it. A ChaCha8 written in Python draws these jobs too.
    assert_eq!(drawn(3, 1), BTreeSet::from([job(Arm::Reinit, 1), job(Arm::Reinit, 2), job(Arm::Late, 3)]));
    // What is trained for them is what they start from.
    assert_eq!(jobs_to_train(tiny(), &[job(Arm::Reinit, 2)].into()), [job(Arm::Reinit, 2)]);
    assert_eq!(
        jobs_to_train(tiny(), &[job(Arm::OneShot, 2)].into()),
        [job(Arm::Ticket, 0), job(Arm::OneShot, 2)]
    );
    let chain = [job(Arm::Ticket, 0), job(Arm::NoRewind, 1), job(Arm::NoRewind, 2)];
    assert_eq!(jobs_to_train(tiny(), &[job(Arm::NoRewind, 2)].into()), chain);
}

#[test]
fn the_command_says_what_it_cannot_do() {
    let folder = folder();
    let text = tiny().to_file_text();
    write(&folder, "report.jsonl", &text);
    let said = |words: &[&str], parts: &[&str]| fails_with(&headless_in(&folder, words), parts);
    said(&["--verify"], &["one report", "--merge"]);
    said(&["--verify", "report.jsonl", "report.jsonl"], &["one report"]);
    said(&["--verify", "report.jsonl", "--merge"], &["only one of"]);
    said(&["--verify", "report.jsonl", "--jobs", "-1"], &["--jobs of --verify must be a whole number"]);
    said(
        &["--verify", "report.jsonl", "--seed", "4294967296"],
        &["--seed must be a whole number", "4294967295"],
    );
    said(&["--verify", "no.jsonl"], &["no.jsonl cannot be read"]);
    said(&["--verify", "report.jsonl", "--data", "."], &["--data says where"]);
    said(&["--jobs", "2"], &["must be all or claims", "--verify takes a number"]);
    said(&["--score", "report.jsonl", "--out", "table.md"], &["--out is for the report", "> FILE"]);
    said(&["--verify", "report.jsonl", "--out", "table.md"], &["--out is for the report"]);
    assert_eq!(names(&folder), ["report.jsonl"]);
    // Structure alone needs no data.
    succeeds(&headless_in(&folder, &["--verify", "report.jsonl", "--data", ".", "--jobs", "0"]));
}

#[test]
fn a_last_line_that_is_cut_short_is_left_out_and_said() {
    let folder = folder();
    let text = tiny().to_file_text();
    let whole = text.trim_end().rfind('\n').unwrap() + 1;
    write(&folder, "whole.jsonl", &text[..whole]);
    for name in ["--merge", "--score", "--verify"] {
        let output_of = |file| headless_in(&folder, &[name, file]);
        let expected = output_of("whole.jsonl");
        for cut in [whole + 1, whole + 100, text.len() - 2] {
            write(&folder, "cut.jsonl", &text[..cut]);
            let output = output_of("cut.jsonl");
            succeeds(&output);
            assert_eq!(stdout(&output).replace("cut.jsonl", "whole.jsonl"), stdout(&expected));
            assert!(stderr(&output).contains("cut.jsonl: the last line is cut short"), "{}", stderr(&output));
            assert!(stderr(&output).contains("--out"), "{}", stderr(&output));
        }
        // A line that lacks its end alone is whole, and so is one that is wrong.
        write(&folder, "cut.jsonl", text.trim_end());
        assert!(!stderr(&output_of("cut.jsonl")).contains("cut short"));
        write(
            &folder,
            "cut.jsonl",
            &text.trim_end().replace("\"round\":3,\"draw\":0", "\"round\":4,\"draw\":0"),
        );
        fails_with(&output_of("cut.jsonl"), &["is not a job of this experiment"]);
    }
}

#[test]
fn a_file_beyond_the_limit_is_not_read() {
    let folder = folder();
    // The file has a hole where its bytes would be, so that it takes no room.
    let bytes: u64 = (256 << 20) + 4_321;
    File::create(folder.path().join("large.jsonl")).unwrap().set_len(bytes).unwrap();
    for name in ["--merge", "--score", "--verify"] {
        let output = headless_in(&folder, &[name, "large.jsonl"]);
        // Its whole size is known only if it was asked for before the reading.
        fails_with(&output, &["large.jsonl has 268439777 bytes", "256 MiB", "split it"]);
    }
}
