//! Runs without a browser, as processes: no foreign file is replaced, and no end of a process and no failing write
//! takes away a job that is finished and written.
//!
//! Writes are made to fail, or the process to end, in the middle by a limit on the size of files: the system then
//! writes up to the limit and no further. A process that ignores SIGXFSZ is told so; any other is killed there.

#![cfg(unix)]

mod headless_process;
mod mnist;

use experiment::{experiment_report::ExperimentReport, settings::Settings};
use headless_process::*;
use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt, symlink},
        process::ExitStatusExt,
    },
    sync::mpsc,
    thread::{sleep, spawn},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Five jobs, which take a second together.
const TINY: &str = "iterations=20&eval_every=10&hidden=20,10&rounds=2&trials=1";
/// The unit of `ulimit -f` in a POSIX shell.
const BLOCK: usize = 512;

/// The finished report of a fragment.
fn report(fragment: &str) -> String {
    let folder = folder();
    succeeds(&headless_in(&folder, &[fragment, "--workers", "2", "--out", "report.jsonl"]));
    assert_eq!(names(&folder), ["report.jsonl"]);
    read(&folder, "report.jsonl")
}

fn without_seconds(text: &str) -> Vec<&str> {
    text.lines().map(|line| line.split(",\"seconds\":").next().unwrap_or_default()).collect()
}

/// The first line and these others, by their place in the file.
fn with_lines(report: &str, places: &[usize]) -> String {
    let lines: Vec<&str> = report.split_inclusive('\n').collect();
    std::iter::once(lines[0]).chain(places.iter().map(|&place| lines[place])).collect()
}

/// Waits until a file has so many lines.
fn wait_for_lines(folder: &TempDir, name: &str, lines: usize) {
    let start = Instant::now();
    while read(folder, name).matches('\n').count() < lines {
        assert!(start.elapsed() < Duration::from_secs(120), "{name} does not grow");
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_folder_of_ones_own_files_is_a_data_set() {
    let folder = folder();
    let header =
        |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>();
    let pixels = (0..210 * 6).map(|at| (at * 31 % 251) as u8).collect();
    let images = [header(&[0x803, 210, 2, 3]), pixels].concat();
    let labels = [header(&[0x801, 210]), (0..210).map(|image| image % 4).collect()].concat();
    fs::create_dir(folder.path().join("own")).unwrap();
    fs::write(folder.path().join("own/images"), &images).unwrap();
    fs::write(folder.path().join("own/labels"), &labels).unwrap();
    write(&folder, "own/README.txt", "two files");
    fn words(fragment: &str) -> [&str; 5] {
        [fragment, "--data", "own", "--out", "report.jsonl"]
    }
    let whole = headless_in(&folder, &words(TINY));
    succeeds(&whole);
    let said = stderr(&whole);
    let name = said.lines().find_map(|line| line.strip_prefix("data=")).expect("the name").to_owned();
    assert!(name.ends_with(".2x3x1.4.180.30"), "{name}");
    let report = ExperimentReport::from_file_bytes(read(&folder, "report.jsonl").as_bytes()).unwrap();
    assert_eq!(report.config().data.name, name);
    // The same experiment, by its whole name or by the SHA-256 alone: nothing is left to be done.
    for data in [&name, &name[..64]] {
        let fragment = format!("{TINY}&data={data}");
        let again = headless_in(&folder, &words(&fragment));
        succeeds(&again);
        assert!(stderr(&again).contains("5 jobs, 5 of them done already"), "{}", stderr(&again));
    }
    succeeds(&headless_in(&folder, &["--verify", "report.jsonl", "--data", "own"]));
    fs::write(folder.path().join("own/labels"), &labels[..labels.len() - 1]).unwrap();
    let damaged = headless_in(&folder, &["--verify", "report.jsonl", "--data", "own"]);
    fails_with(
        &damaged,
        &["own/labels: the header promises another size than the file has, in bytes: 218, not 217"],
    );
    fs::remove_file(folder.path().join("own/labels")).unwrap();
    fails_with(&headless_in(&folder, &words(TINY)), &["own/images: images need a file of labels"]);
    fails_with(&headless_in(&folder, &[TINY, "--data", "nowhere"]), &["nowhere", "--data says where"]);
}

#[test]
fn only_what_is_empty_or_of_this_experiment_is_written_to() {
    let folder = folder();
    let whole = report(TINY);
    let other = report("iterations=10&eval_every=10&hidden=20,10&rounds=0&trials=1");
    let notes: [(&str, &[u8]); 4] = [
        ("notes.json", b"{\"milk\": 2}"),
        ("lines.txt", b"milk\nbread\n"),
        ("photo", b"\xff\xd8\xff\n\xe0"),
        ("other.jsonl", other.as_bytes()),
    ];
    for (name, bytes) in notes {
        fs::write(folder.path().join(name), bytes).unwrap();
        fails_with(&headless_in(&folder, &[TINY, "--out", name]), &[name, "another --out", "--force"]);
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), bytes);
    }
    write(&folder, "empty", "");
    for (name, force) in [("empty", None), ("notes.json", Some("--force"))] {
        let words = [&[TINY, "--out", name], force.as_slice()].concat();
        succeeds(&headless_in(&folder, &words));
        assert_eq!(without_seconds(&read(&folder, name)), without_seconds(&whole));
    }
    // What --force has begun it goes on with; and it takes no finished job for a foreign file.
    let damaged = whole.replacen("\"arm\":\"ticket\"", "\"arm\":\"magic\"", 1);
    for (text, code) in [(&whole, 0), (&damaged, 1)] {
        write(&folder, "mine.jsonl", text);
        let output = headless_in(&folder, &[TINY, "--out", "mine.jsonl", "--force"]);
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        assert_eq!(read(&folder, "mine.jsonl"), *text);
    }
    fails_with(&headless_in(&folder, &[TINY, "--out", "."]), &["not a regular file"]);
    fails_with(&headless_in(&folder, &[TINY, "--out", "no/report"]), &["no/report", "its folder is there"]);
    assert!(names(&folder).iter().all(|name| !name.starts_with('.')), "{:?}", names(&folder));
}

#[test]
fn a_merge_replaces_only_what_it_has() {
    let folder = folder();
    let fragment = |seed| format!("iterations=10&eval_every=10&hidden=20,10&rounds=0&trials=1&seed={seed}");
    for seed in 1..=3 {
        write(&folder, &format!("{seed}.jsonl"), &report(&fragment(seed)));
    }
    let notes = "milk\nbread\n";
    write(&folder, "notes.txt", notes);
    write(&folder, "all.jsonl", &read(&folder, "3.jsonl"));
    let merge = |out, more: &[&str]| {
        headless_in(&folder, &[&["--merge", "1.jsonl", "2.jsonl", "--out", out], more].concat())
    };
    fails_with(&merge("notes.txt", &[]), &["notes.txt", "--force"]);
    assert_eq!(read(&folder, "notes.txt"), notes);
    fails_with(&merge("all.jsonl", &[]), &["all.jsonl", "seed 3", "name it among the files"]);
    assert_eq!(read(&folder, "all.jsonl"), read(&folder, "3.jsonl"));
    succeeds(&merge("all.jsonl", &["all.jsonl"]));
    let all = read(&folder, "all.jsonl");
    assert_eq!(all.lines().count(), 4);
    succeeds(&merge("notes.txt", &["--force"]));
    assert_eq!(
        read(&folder, "notes.txt"),
        all.lines().take(3).collect::<Vec<_>>().join("\n").replacen(
            "\"seeds\":[1,2,3]",
            "\"seeds\":[1,2]",
            1
        ) + "\n"
    );
    // A write that fails or is cut off leaves what there was.
    write(&folder, "part.jsonl", &read(&folder, "1.jsonl"));
    for at_the_limit in [AtTheLimit::Fails, AtTheLimit::Kills] {
        let words = ["--merge", "1.jsonl", "2.jsonl", "3.jsonl", "--out", "part.jsonl"];
        let output = limited(&folder, 1, at_the_limit, &words);
        assert_eq!(read(&folder, "part.jsonl"), read(&folder, "1.jsonl"));
        if at_the_limit == AtTheLimit::Fails {
            fails_with(&output, &["part.jsonl cannot be written", "make room"]);
            assert!(names(&folder).iter().all(|name| !name.contains("part.jsonl.")), "{:?}", names(&folder));
        }
    }
}

/// What an editor puts before the text, alone with the first line too, without its end.
#[test]
fn a_byte_order_mark_changes_nothing() {
    let (folder, whole) = (folder(), report(TINY));
    let head = whole.lines().next().unwrap_or_default();
    for text in [head, whole.trim_end(), &whole] {
        let outputs = ["", "\u{feff}"].map(|mark| {
            write(&folder, "report.jsonl", &format!("{mark}{text}"));
            headless_in(&folder, &["--verify", "report.jsonl", "--jobs", "0"])
        });
        let [plain, marked] = outputs.each_ref().map(|output| String::from_utf8_lossy(&output.stdout));
        assert!(plain.contains("run digest"), "{plain}{}", stderr(&outputs[0]));
        assert_eq!(plain, marked, "{}", stderr(&outputs[1]));
    }
}

#[test]
fn a_run_that_cannot_begin_its_file_leaves_none() {
    for at_the_limit in [AtTheLimit::Fails, AtTheLimit::Kills] {
        let folder = folder();
        let output = limited(&folder, 0, at_the_limit, &[TINY, "--out", "report.jsonl"]);
        assert!(!names(&folder).contains(&"report.jsonl".to_owned()));
        if at_the_limit == AtTheLimit::Fails {
            fails_with(&output, &["report.jsonl cannot be written", "make room"]);
            assert!(names(&folder).is_empty(), "{:?}", names(&folder));
        }
        succeeds(&headless_in(&folder, &[TINY, "--out", "report.jsonl"]));
    }
}

#[test]
fn a_line_that_fails_or_is_cut_off_takes_no_other_with_it() {
    let whole = report(TINY);
    let first_line = whole.split_inclusive('\n').next().unwrap().len();
    for at_the_limit in [AtTheLimit::Fails, AtTheLimit::Kills] {
        let folder = folder();
        // The first job's line is kilobytes long, for it has the masks: the limit is in its middle.
        let words = [TINY, "--workers", "1", "--out", "report.jsonl"];
        let output = limited(&folder, first_line / BLOCK + 2, at_the_limit, &words);
        if at_the_limit == AtTheLimit::Fails {
            fails_with(&output, &["report.jsonl cannot be added to", "make room"]);
            assert_eq!(read(&folder, "report.jsonl"), with_lines(&whole, &[]));
        } else {
            assert!(read(&folder, "report.jsonl").len() > first_line, "not in the middle of the line");
        }
        // A report with three jobs in it, gone on with under a limit in the middle of the next line.
        let three = with_lines(&whole, &[1, 2, 4]);
        write(&folder, "report.jsonl", &three);
        limited(&folder, three.len() / BLOCK + 1, at_the_limit, &words);
        assert!(read(&folder, "report.jsonl").starts_with(&three));
        succeeds(&headless_in(&folder, &words));
        assert_eq!(without_seconds(&read(&folder, "report.jsonl")), without_seconds(&whole));
    }
}

#[test]
fn going_on_writes_no_line_a_second_time() {
    let whole = report(TINY);
    let four = with_lines(&whole, &[1, 2, 3, 4]);
    let next = with_lines(&whole, &[5]);
    for at_the_limit in [AtTheLimit::Fails, AtTheLimit::Kills] {
        let folder = folder();
        // Its last line is cut short, and the disk is so full that what is there could not be written again.
        write(&folder, "report.jsonl", &(four.clone() + &next[next.len() - 200..next.len() - 100]));
        limited(&folder, 2, at_the_limit, &[TINY, "--out", "report.jsonl"]);
        assert_eq!(read(&folder, "report.jsonl"), four);
    }
    // A last line that lacks nothing but its end is a finished job.
    let folder = folder();
    write(&folder, "report.jsonl", whole.trim_end());
    let output = headless_in(&folder, &[TINY, "--out", "report.jsonl"]);
    succeeds(&output);
    assert!(stderr(&output).contains("5 jobs, 5 of them done already"), "{}", stderr(&output));
    assert_eq!(read(&folder, "report.jsonl"), whole);
}

#[test]
fn the_last_write_puts_the_whole_report_in_place_or_leaves_the_lines() {
    let whole = report(TINY);
    let out_of_order = with_lines(&whole, &[5, 3, 4, 1, 2]);
    for at_the_limit in [AtTheLimit::Fails, AtTheLimit::Kills] {
        let folder = folder();
        write(&folder, "report.jsonl", &out_of_order);
        let words = [TINY, "--out", "report.jsonl"];
        let output = limited(&folder, whole.len() / BLOCK - 1, at_the_limit, &words);
        assert_eq!(read(&folder, "report.jsonl"), out_of_order);
        if at_the_limit == AtTheLimit::Fails {
            fails_with(&output, &["report.jsonl cannot be written", "make room"]);
            assert_eq!(names(&folder), ["report.jsonl"]);
        }
        succeeds(&headless_in(&folder, &words));
        assert_eq!(read(&folder, "report.jsonl"), whole);
    }
}

#[test]
fn signals_leave_a_report_that_can_be_gone_on_with() {
    let fragment = TINY.replace("trials=1", "trials=2");
    let whole = report(&fragment);
    for (signal, code) in [("-INT", Some(130)), ("-TERM", Some(130)), ("-KILL", None)] {
        let folder = folder();
        let words = [&fragment, "--workers", "1", "--out", "report.jsonl"];
        let child = command(&words, &folder).spawn().unwrap();
        wait_for_lines(&folder, "report.jsonl", 3);
        send(signal, &child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), code, "{signal}: {}", stderr(&output));
        if code.is_some() {
            assert!(stderr(&output).contains("the same command to go on"), "{signal}: {}", stderr(&output));
            assert_eq!(names(&folder), ["report.jsonl"]);
        } else {
            assert_eq!(output.status.signal(), Some(9));
        }
        let stopped = read(&folder, "report.jsonl");
        let finished = stopped.matches('\n').count() - 1;
        assert!((2..10).contains(&finished), "{finished} jobs");
        let output = headless_in(&folder, &words);
        succeeds(&output);
        assert!(
            stderr(&output).contains(&format!("10 jobs, {finished} of them done")),
            "{}",
            stderr(&output)
        );
        let resumed = read(&folder, "report.jsonl");
        assert_eq!(without_seconds(&resumed), without_seconds(&whole));
        // Finished jobs were not run again: their lines have the seconds that they had.
        let seconds = |line: &str| line.split(",\"seconds\":").nth(1).map(str::to_owned);
        let head = |line: &str| line.split("\"weights\"").next().map(str::to_owned);
        for line in stopped.lines().skip(1).take(finished) {
            let after = resumed.lines().find(|after| head(after) == head(line)).unwrap();
            assert_eq!(seconds(after), seconds(line));
        }
        assert_eq!(names(&folder), ["report.jsonl"]);
    }
}

#[test]
fn a_second_process_is_kept_out() {
    let folder = folder();
    let endless = "iterations=1000000&eval_every=10&hidden=20,10&rounds=0&trials=1";
    let first = Running(command(&[endless, "--out", "report.jsonl"], &folder).spawn().unwrap());
    wait_for_lines(&folder, "report.jsonl", 1);
    symlink("report.jsonl", folder.path().join("link.jsonl")).unwrap();
    let before = read(&folder, "report.jsonl");
    for name in ["report.jsonl", "./report.jsonl", "link.jsonl"] {
        let mut second = command(&[endless, "--out", name], &folder).spawn().unwrap();
        let start = Instant::now();
        while second.try_wait().unwrap().is_none() && start.elapsed() < Duration::from_secs(10) {
            sleep(Duration::from_millis(5));
        }
        second.kill().unwrap();
        fails_with(&second.wait_with_output().unwrap(), &["report.jsonl", "by another process"]);
    }
    let merge = headless_in(&folder, &["--merge", "report.jsonl", "--out", "report.jsonl"]);
    fails_with(&merge, &["report.jsonl", "by another process"]);
    assert_eq!(read(&folder, "report.jsonl"), before);
    // However a process ends, its lock ends with it.
    drop(first);
    succeeds(&headless_in(&folder, &["--merge", "report.jsonl", "--out", "report.jsonl"]));
    assert_eq!(names(&folder), ["link.jsonl", "report.jsonl"]);
}

#[test]
fn a_replaced_file_keeps_its_link_and_its_permissions() {
    let folder = folder();
    fs::create_dir(folder.path().join("disk")).unwrap();
    write(&folder, "disk/report.jsonl", "");
    let file = folder.path().join("disk/report.jsonl");
    fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
    symlink("disk/report.jsonl", folder.path().join("report.jsonl")).unwrap();
    symlink("nowhere", folder.path().join("broken.jsonl")).unwrap();
    succeeds(&headless_in(&folder, &[TINY, "--out", "report.jsonl"]));
    assert!(fs::symlink_metadata(folder.path().join("report.jsonl")).unwrap().is_symlink());
    assert_eq!(read(&folder, "disk/report.jsonl").lines().count(), 6);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    fails_with(&headless_in(&folder, &[TINY, "--out", "broken.jsonl"]), &["broken.jsonl", "not there"]);
}

#[test]
fn an_error_ends_the_jobs_that_are_still_training() {
    let (settings, _) =
        Settings::from_fragment("iterations=1000000&eval_every=10&hidden=20,10&rounds=0&trials=2");
    let (sender, receiver) = mpsc::channel();
    spawn(move || {
        let mut report = ExperimentReport::new(&settings.config);
        let full = |_: ticket_lab::RunEvent<'_>| Err(std::io::ErrorKind::StorageFull.into());
        let _ = sender.send(ticket_lab::run(&mut report, &mnist::mnist(), 2, &mut { full }));
    });
    let ended = receiver.recv_timeout(Duration::from_secs(30)).expect("the run has not ended");
    assert!(ended.is_err());
}

/// Twelve jobs, of which the claims look at seven: the dense network, three tickets, and one-shot tickets of two rounds
/// need no other. Re-inits of the first three rounds are in no claim.
const CLAIMS: &str = "iterations=20&eval_every=10&hidden=20,10&rounds=3&arms=ticket,reinit,oneshot";

#[test]
fn the_jobs_of_the_claims_are_a_whole_report_of_their_own() {
    let folder = folder();
    let run = |seeds: &str, out: &str| {
        let fragment = format!("{CLAIMS}&seeds={seeds}");
        succeeds(&headless_in(&folder, &[&fragment, "--jobs", "claims", "--workers", "2", "--out", out]));
        read(&folder, out)
    };
    let both = run("1,2", "both.jsonl");
    let jobs = ["ticket 0", "ticket 1", "ticket 2", "ticket 3", "oneshot 2"];
    let expected: Vec<String> = [1, 2]
        .iter()
        .flat_map(|seed| jobs.iter().map(move |job| (seed, job.split_once(' ').unwrap())))
        .map(|(seed, (arm, round))| format!("{{\"trial\":{seed},\"arm\":\"{arm}\",\"round\":{round},"))
        .collect();
    let lines: Vec<&str> = both.lines().skip(1).collect();
    assert_eq!(lines.len(), expected.len());
    assert!(lines.iter().zip(&expected).all(|(line, expected)| line.starts_with(expected)), "{both}");
    assert!(both.lines().next().unwrap().contains("\"jobs\":\"claims\""));
    // The same jobs give the same as among all others.
    let all = report(&format!("{CLAIMS}&seeds=1,2"));
    let all = without_seconds(&all);
    let is_in_all = |line: &&str| all.contains(line);
    assert!(without_seconds(&both).iter().skip(1).all(is_in_all));

    // An interrupted run goes on with its own jobs, whichever way it is asked for them, and with no others.
    write(&folder, "part.jsonl", &with_lines(&both, &[1, 2, 5]));
    let fragment = format!("{CLAIMS}&seeds=1,2");
    for other in [&[&*fragment][..], &[&fragment, "--jobs", "all"]] {
        let output = headless_in(&folder, &[other, &["--out", "part.jsonl"]].concat());
        fails_with(&output, &["part.jsonl", "jobs is claims there and all here", "jobs=claims"]);
    }
    let same = format!("{fragment}&jobs=claims");
    succeeds(&headless_in(&folder, &[&same, "--out", "part.jsonl"]));
    assert_eq!(without_seconds(&read(&folder, "part.jsonl")), without_seconds(&both));

    // The files of the seeds are together the file of one run; and what has other jobs is none of them.
    for seed in ["1", "2"] {
        run(seed, &format!("{seed}.jsonl"));
    }
    succeeds(&headless_in(&folder, &["--merge", "2.jsonl", "1.jsonl", "--out", "merged.jsonl"]));
    assert_eq!(without_seconds(&read(&folder, "merged.jsonl")), without_seconds(&both));
    write(&folder, "all.jsonl", &report(&format!("{CLAIMS}&seed=3")));
    for mode in ["--merge", "--score"] {
        fails_with(&headless_in(&folder, &[mode, "1.jsonl", "all.jsonl"]), &["jobs", "claims", "all"]);
    }
    let verified = headless_in(&folder, &["--verify", "merged.jsonl", "--jobs", "2"]);
    succeeds(&verified);
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(said.contains("10 of 10 jobs") && said.contains("over 10 of 10 jobs"), "{said}");
    // A job that no claim looks at is none of this report.
    let reinit = all.iter().position(|line| line.contains("\"reinit\"")).unwrap();
    let foreign = format!("{}{},\"seconds\":1}}\n", with_lines(&both, &[]), all[reinit]);
    write(&folder, "foreign.jsonl", &foreign);
    fails_with(&headless_in(&folder, &["--score", "foreign.jsonl"]), &["not a job of this experiment"]);
}

#[test]
fn the_literature_takes_reports_of_its_protocols_alone() {
    let folder = folder();
    let listed = headless_in(&folder, &["--literature"]);
    succeeds(&listed);
    let said = String::from_utf8_lossy(&listed.stdout);
    assert!(said.contains("31 not yet run.") && said.contains("| Z31 |"), "{said}");
    write(&folder, "other.jsonl", &report(TINY));
    let refused = headless_in(&folder, &["--literature", "other.jsonl"]);
    fails_with(
        &refused,
        &["other.jsonl: no claim of the literature is about these settings", "nearest protocol"],
    );
    fails_with(&headless_in(&folder, &["--literature", "--score", "x"]), &["only one of"]);
    fails_with(&headless_in(&folder, &["--literature", "--out", "x"]), &["standard output"]);
}

#[test]
fn jobs_are_a_choice_of_a_run_and_a_number_of_a_check() {
    let folder = folder();
    fails_with(&headless_in(&folder, &[TINY, "--jobs", "3"]), &["all or claims, not 3", "--verify"]);
    fails_with(&headless_in(&folder, &["--verify", "x", "--jobs", "claims"]), &["--verify", "not claims"]);
    fails_with(&headless_in(&folder, &["--score", "x", "--jobs", "claims"]), &["a report says itself"]);
    let arms = format!("{TINY}&arms=ticket,random");
    fails_with(
        &headless_in(&folder, &[&arms, "--jobs", "claims"]),
        &["no claim of the paper looks at", "random"],
    );
}
