//! Files with a wrong number, and files with settings where none belong.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The report's text after a change of its `line`, counted from 0.
fn with_line(text: &str, line: usize, change: impl FnOnce(&mut Value)) -> String {
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    let mut value = serde_json::from_str(&lines[line]).unwrap();
    change(&mut value);
    lines[line] = value.to_string();
    lines.join("\n") + "\n"
}

fn text() -> String {
    made_report(&config(TINY)).to_file_text()
}

/// Why the report is refused after this change of the line of the ticket's round 1.
fn refused(change: impl FnOnce(&mut Value)) -> String {
    ExperimentReport::from_file_text(&with_line(&text(), 2, change)).unwrap_err().to_string()
}

#[test]
fn numbers_that_cannot_be_are_refused_with_their_line() {
    let changes: [(&str, Value, &str); 12] = [
        // It was shown as an accuracy of 429496729500%.
        ("test_end", json!([u32::MAX, 1]), "the images of test_end are 1 in number, not 10000"),
        ("test_end", json!([u32::MAX, 10_000]), "test_end has 4294967295 of 10000 images right"),
        ("early_stop", json!(700), "early_stop is 700"),
        ("seconds", json!(-1.5), "seconds is not a number from 0"),
        ("curve", json!([]), "its curve is not that of its validation passes"),
        ("alive", json!([u32::MAX, u32::MAX, u32::MAX]), "its layers have [2352, 6, 20] weights"),
        ("alive", json!([]), "its layers have [2352, 6, 20] weights"),
        ("weights", json!(1195), "weights contradicts"),
        ("min_loss", json!(0.01), "min_loss contradicts"),
        ("multiply_adds", json!(1), "multiply_adds contradicts"),
        ("dense_multiply_adds", json!(u64::MAX), "dense_multiply_adds contradicts"),
        ("digest", json!("none"), "its digest is not one"),
    ];
    for (field, value, what) in changes {
        let said = refused(|line| line[field] = value.clone());
        assert!(said.starts_with("line 3: ") && said.contains(what), "{field}={value}: {said}");
        assert!(said.contains("restore the file"), "{said}");
    }
    // A number of 300 digits is no JSON value here, so it is put into the text.
    let digits = "9".repeat(300);
    let said = ExperimentReport::from_file_text(&text().replacen(
        "\"seconds\":10.125",
        &format!("\"seconds\":{digits}"),
        1,
    ));
    assert!(said.unwrap_err().to_string().contains("seconds is not a number from 0"));
    // `alive` agrees with `weights` and the multiply-adds, and not with the masks.
    let said = refused(|line| {
        line["alive"] = json!([1175, 4, 15]);
        let model = config(TINY).model;
        line["multiply_adds"] = json!(model.training_step_multiply_adds(&[1175, 4, 15]) * 6 * 10);
    });
    assert!(said.contains("alive is [1175, 4, 15], and [1176, 3, 15] weights are left"), "{said}");
}

#[test]
fn sums_of_impossible_numbers_do_not_overflow() {
    // With so many steps the multiply-adds of impossible survivors are beyond 64 bits.
    let fragment = "rounds=1&hidden=1000,1000&iterations=1000000&eval_every=500000&batch=1000";
    let text = made_report(&config(fragment)).to_file_text();
    let text = with_line(&text, 1, |line| line["alive"] = json!([u32::MAX, u32::MAX, u32::MAX]));
    let said = ExperimentReport::from_file_text(&text).unwrap_err().to_string();
    assert!(
        said.starts_with("line 2: ") && said.contains("its layers have [784000, 1000000, 10000] weights"),
        "{said}"
    );
}

#[test]
fn lines_of_a_chain_with_other_masks_are_refused() {
    // A growing file has the masks in the line of each job that prunes.
    let report = made_report(&config("rounds=3&hidden=3,2&iterations=6&eval_every=2&arms=ticket"));
    let mut growing = ExperimentReport::new(report.config());
    let mut text = report.header_line();
    for (&job, finished) in report.finished_jobs() {
        growing.add_finished_job(finished.clone(), report.next_mask(job).as_deref());
        text += &growing.job_line(job).unwrap();
    }
    assert_eq!(text.matches("deaths").count(), 3);
    assert_eq!(ExperimentReport::from_file_text(&text), Ok(report.clone()));
    // The first line has masks that prune other weights, as many.
    let (parts, mut chains) = report.to_parts();
    for layer in [0..2352, 2352..2358, 2358..2378] {
        chains[0][layer].reverse();
    }
    let turned = ExperimentReport::from_parts(parts, chains).unwrap();
    let mut first = ExperimentReport::new(report.config());
    let dense = job(Arm::Ticket, 0);
    first.add_finished_job(report.finished_jobs()[&dense].clone(), turned.next_mask(dense).as_deref());
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mixed = [lines[0], &first.job_line(dense).unwrap(), lines[2], lines[3], lines[4]].concat();
    let said = ExperimentReport::from_file_text(&mixed).unwrap_err().to_string();
    assert!(said.starts_with("line 3: ") && said.contains("masks are not the same everywhere"), "{said}");
}

#[test]
fn settings_come_one_by_one_and_known() {
    let head_with = |version: u32, change: &dyn Fn(&mut Value)| {
        let text = with_line(&text(), 0, |head| {
            head["version"] = json!(version);
            if version == 1 {
                head["config"]["seed"] = json!("1");
                head["config"]["trials"] = json!("1");
            }
            change(&mut head["config"]);
        });
        ExperimentReport::from_file_text(&text).map(|report| report.config().clone())
    };
    for version in [1, 2] {
        assert_eq!(head_with(version, &|_| {}), Ok(config(TINY)), "version {version}");
        for (name, value) in [
            ("rounds", "2&arms=dense,ticket,late"),
            ("rounds", "2&seed=7"),
            ("batch", "10&rounds=2"),
            ("hidden", "3,2#preset=paper"),
            ("draws", "%31"),
            ("data", "cifar"),
            ("preset", "paper"),
            ("workers", "2"),
            ("autoplay", "1"),
            ("turns", "2"),
            ("seeds", "1"),
        ] {
            let read = head_with(version, &|settings| settings[name] = json!(value));
            let refused = matches!(read, Err(ReportFileError::InvalidHead(_)));
            // In version 1 `seeds` stands beside `seed`, which is refused too.
            assert!(refused, "version {version}, {name}={value}: {read:?}");
        }
        let numbers = head_with(version, &|settings| settings["rounds"] = json!(2));
        assert!(matches!(numbers, Err(ReportFileError::InvalidHead(_))), "{numbers:?}");
    }
    for (seed, trials) in
        [("1&rounds=3", "1"), ("1", "1&rounds=3"), ("4294967295", "2"), ("1", "0"), ("-1", "1")]
    {
        let read = head_with(1, &|settings| {
            settings["seed"] = json!(seed);
            settings["trials"] = json!(trials);
        });
        assert!(matches!(read, Err(ReportFileError::InvalidHead(_))), "{seed}, {trials}: {read:?}");
        // Version 2 has its seeds elsewhere.
        let read = head_with(2, &|settings| settings["seed"] = json!(seed));
        assert!(matches!(read, Err(ReportFileError::InvalidHead(_))), "{seed}: {read:?}");
    }
    let (_, rejected) = crate::settings::Settings::from_fragment("seed=4294967295&trials=2");
    assert_eq!(rejected.len(), 1);
    assert_eq!(rejected[0].field, "trials");
}

#[test]
fn seeds_and_data_of_the_head_are_checked() {
    let with_head = |change: &dyn Fn(&mut Value)| {
        ExperimentReport::from_file_text(&with_line(&text(), 0, |head| change(head)))
    };
    for seeds in [json!(null), json!([]), json!([1, 1]), json!([-1]), json!([4_294_967_296_u64]), json!("1")]
    {
        let read = with_head(&|head| head["seeds"] = seeds.clone());
        assert!(matches!(read, Err(ReportFileError::InvalidHead(_))), "{seeds}: {read:?}");
    }
    let said = with_head(&|head| head["data"]["sha256"] = json!("0".repeat(64))).unwrap_err().to_string();
    assert!(said.contains("its images are those of mnist with the SHA-256 000"), "{said}");
    let said = with_head(&|head| head["data"]["name"] = json!("fashion")).unwrap_err().to_string();
    assert!(said.contains("those of fashion"), "{said}");
    let said = with_head(&|head| head["data"] = json!(null)).unwrap_err().to_string();
    assert!(said.contains("names no data"), "{said}");
}

#[test]
fn what_a_later_version_adds_is_ignored() {
    let mut added = text();
    for line in 0..added.lines().count() {
        added = with_line(&added, line, |value| value["added"] = json!({"later": [1, "2"]}));
    }
    assert_eq!(ExperimentReport::from_file_text(&added), ExperimentReport::from_file_text(&text()));
}

/// The places of the numbers of a line that stand outside of its strings.
fn numbers(line: &str) -> Vec<std::ops::Range<usize>> {
    let (mut found, mut start, mut in_string) = (vec![], None, false);
    for (place, byte) in line.bytes().enumerate() {
        in_string ^= byte == b'"';
        let of_number = !in_string && (byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        match (of_number, start) {
            (true, None) if byte.is_ascii_digit() || byte == b'-' => start = Some(place),
            (false, Some(first)) => {
                found.push(first..place);
                start = None;
            }
            _ => {}
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_changed_number_is_refused_or_reads_back(
        line in 1usize..6,
        place in any::<prop::sample::Index>(),
        number in prop_oneof![
            (0u32..12).prop_map(|n| n.to_string()),
            (0u32..60_000).prop_map(|n| n.to_string()),
            any::<u32>().prop_map(|n| n.to_string()),
            any::<i64>().prop_map(|n| n.to_string()),
            any::<u64>().prop_map(|n| n.to_string()),
            any::<f32>().prop_filter("JSON has no other", |x| x.is_finite()).prop_map(|x| format!("{x:e}")),
            (0.0f32..3.0).prop_map(|x| x.to_string()),
            Just("-0.0".to_string()),
            Just("1e300".to_string()),
            Just("1e999".to_string()),
            Just("null".to_string()),
        ],
    ) {
        let text = text();
        let mut lines: Vec<String> = text.lines().map(String::from).collect();
        let numbers = numbers(&lines[line]);
        lines[line].replace_range(numbers[place.index(numbers.len())].clone(), &number);
        if let Ok(report) = ExperimentReport::from_file_text(&lines.join("\n")) {
            let written = report.to_file_text();
            let back = ExperimentReport::from_file_text(&written);
            prop_assert_eq!(back.as_ref().map(ExperimentReport::to_file_text), Ok(written));
            // Only seconds are rounded when they are written.
            let results = |report: &ExperimentReport| {
                let results = report.finished_jobs().values().map(|done| (done.report.clone(), done.digest.clone()));
                results.collect::<Vec<_>>()
            };
            prop_assert_eq!(results(&back.unwrap()), results(&report));
        }
    }
}
