//! Tests of files of first weights and masks on the page: what is exported can come back, a run waits for the files that its
//! link names, and a file that is refused changes nothing.

use crate::{
    page_harness::{PageHarness, SMALL, settings},
    reports::import,
};
use experiment::{
    arm::Arm,
    job::JobId,
    network_file::{FileHash, FilePurpose, NeededFile},
    settings::Settings,
};
use page::{exports::ExportRequest, network_files::missing_note, state::UserAction, status::PageStatus};
use protocol::payload::PayloadItem;

const TICKET: JobId = JobId { trial: 3, arm: Arm::Ticket, round: 1, draw: 0, twin: false };

/// The file of the fake ticket of round 1, whose first weights are all a half.
fn exported() -> Vec<u8> {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    bench.act(UserAction::ExportFiles(ExportRequest::Network(TICKET)));
    bench.deliver_events();
    bench.saved_bytes.remove(0).1
}

fn own_row(bench: &PageHarness) -> Option<(String, String)> {
    let attribute = |row: &page::table::TableRow, name: &str| {
        row.data_attributes.iter().find(|(found, _)| *found == name).unwrap().1.clone()
    };
    let table = bench.table();
    let row = table.iter().find(|row| row.job.arm == Arm::Own)?;
    Some((attribute(row, "round"), attribute(row, "weights")))
}

/// Starts a run with these settings, as the fields do.
fn reset(bench: &mut PageHarness, settings: Settings) {
    bench.act(UserAction::Reset(Box::new(settings)));
    bench.deliver_events();
}

#[test]
fn a_file_that_is_opened_is_entered_and_its_run_has_a_row() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.open_network_file(&exported(), FilePurpose::OwnMask);
    assert_eq!(bench.request_errors(), [""; 0]);
    let [(file, weights)] = bench.entered[..] else { panic!("{:?}", bench.entered) };
    assert_eq!((file.purpose, weights), (FilePurpose::OwnMask, 133_350));
    assert!(bench.state.take_announcement().unwrap().contains("a mask of 133,350 weights, 50.1%"));
    let now = bench.state.settings().clone();
    reset(&mut bench, Settings { config: now.config.with_file(file, weights), ..now });
    assert_eq!((bench.state.status(), bench.state.missing_files()), (PageStatus::Ready, vec![]));
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    assert_eq!(own_row(&bench), Some(("1".into(), "133350".into())));
    // The bytes that were read have gone; what was in them has not.
    assert!(
        bench.arrays.values().any(|item| matches!(item, PayloadItem::Bytes(mask) if mask.len() == 266_200))
    );
    // Reset and another seed keep it.
    let mut other = bench.state.settings().clone();
    other.config.seeds = other.config.seeds.next();
    reset(&mut bench, other);
    assert_eq!(bench.state.missing_files(), []);
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    assert_eq!(own_row(&bench), Some(("1".into(), "133350".into())));
}

#[test]
fn first_weights_go_to_every_job() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.open_network_file(&exported(), FilePurpose::FirstWeights);
    let [(file, weights)] = bench.entered[..] else { panic!("{:?}", bench.entered) };
    assert_eq!(weights, 133_350);
    let said = bench.state.take_announcement().unwrap();
    assert!(said.contains("132,850 of these 266,200 are zero"), "{said}");
    let now = bench.state.settings().clone();
    reset(&mut bench, Settings { config: now.config.with_file(file, weights), ..now });
    bench.act(UserAction::Play);
    // The harness checks the inputs of every job that is started.
    bench.run_until(PageStatus::Done);
    assert_eq!(bench.started.len(), 5);
}

/// The fragment of a run with the exported mask.
fn with_mask(hash: FileHash) -> String {
    format!("{SMALL}&arms=ticket,own&own={hash}")
}

fn hash_of(file: &[u8]) -> FileHash {
    let mut bench = PageHarness::loaded(SMALL);
    bench.open_network_file(file, FilePurpose::OwnMask);
    bench.entered[0].0.hash
}

#[test]
fn a_link_waits_for_its_file() {
    let file = exported();
    let hash = hash_of(&file);
    let mut bench = PageHarness::loaded(&format!("{}&autoplay=1", with_mask(hash)));
    let missing = [NeededFile { purpose: FilePurpose::OwnMask, hash }];
    assert_eq!((bench.state.status(), &bench.state.missing_files()[..]), (PageStatus::Ready, &missing[..]));
    assert!(missing_note(&missing).contains(&hash.prefix()));
    for action in [UserAction::Play, UserAction::Step, UserAction::Round] {
        bench.act(action);
        assert_eq!(bench.state.status(), PageStatus::Ready);
        assert!(bench.request_errors()[0].contains(&hash.prefix()));
    }
    assert_eq!(bench.started, []);
    // Another file is refused with both beginnings, and changes nothing.
    let mut other = file.clone();
    *other.last_mut().unwrap() ^= 1;
    bench.open_network_file(&other, FilePurpose::OwnMask);
    let said = bench.request_errors().concat();
    assert!(
        said.contains(&hash.prefix()) && said.starts_with("file.safetensors: the SHA-256 begins with"),
        "{said}"
    );
    assert_eq!((bench.state.missing_files(), bench.entered.len()), (missing.to_vec(), 0));
    // The right one lets the run begin by itself, because the link says so.
    bench.open_network_file(&file, FilePurpose::OwnMask);
    assert_eq!((bench.request_errors(), bench.entered.len()), (vec![], 0));
    assert_eq!((bench.state.status(), bench.shown), (PageStatus::Running, 1));
    assert!(bench.state.settings().to_fragment().contains(&format!("own={hash}.133350")));
    bench.run_until(PageStatus::Done);
    assert_eq!(own_row(&bench), Some(("1".into(), "133350".into())));
    // The same link is complete where the file is known already.
    reset(&mut bench, settings(&with_mask(hash)));
    assert_eq!(bench.state.settings().config.own.unwrap().weights, Some(133_350));
}

#[test]
fn a_run_that_waits_for_two_files_begins_when_both_are_there() {
    let file = exported();
    let hash = hash_of(&file);
    let mut bench = PageHarness::loaded(&format!("{}&init=file:{hash}&autoplay=1", with_mask(hash)));
    assert_eq!(bench.state.missing_files().len(), 2);
    bench.open_network_file(&file, FilePurpose::OwnMask);
    assert_eq!((bench.state.status(), bench.state.missing_files().len()), (PageStatus::Ready, 1));
    bench.open_network_file(&file, FilePurpose::FirstWeights);
    assert_eq!(bench.state.status(), PageStatus::Running);
    bench.run_until(PageStatus::Done);
}

#[test]
fn a_report_is_shown_without_its_file_and_goes_on_with_it() {
    let file = exported();
    let hash = hash_of(&file);
    let mut bench = PageHarness::loaded(&with_mask(hash));
    bench.open_network_file(&file, FilePurpose::OwnMask);
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    bench.act(UserAction::Export);
    bench.deliver_events();
    let (_, text) = bench.saved.pop().unwrap();
    let whole = text.clone();
    let part: String = text.split_inclusive('\n').filter(|line| !line.contains("\"arm\":\"own\"")).collect();
    assert_ne!(part, whole);

    let mut bench = PageHarness::loaded(SMALL);
    import(&mut bench, &[&whole]);
    assert_eq!((bench.state.status(), bench.request_errors()), (PageStatus::Done, vec![]));
    assert_eq!(own_row(&bench), Some(("1".into(), "133350".into())));
    // Its networks are not there, and cannot be trained again without the file.
    bench.act(UserAction::TrainAgain(vec![TICKET]));
    assert_eq!(bench.state.status(), PageStatus::Done);
    assert!(bench.request_errors()[0].contains(&hash.prefix()));

    import(&mut bench, &[&part]);
    assert_eq!(bench.state.status(), PageStatus::Paused);
    bench.act(UserAction::Play);
    assert_eq!(bench.state.status(), PageStatus::Paused);
    assert_eq!(bench.request_errors().len(), 1);
    bench.open_network_file(&file, FilePurpose::OwnMask);
    assert_eq!((bench.state.status(), bench.request_errors()), (PageStatus::Paused, vec![]));
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    assert_eq!(bench.started, [JobId { arm: Arm::Own, ..TICKET }]);
}

#[test]
fn a_file_that_is_refused_changes_nothing_and_leaves_nothing() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Round);
    bench.run_until(PageStatus::Paused);
    let (arrays, table) = (bench.arrays.len(), bench.table());
    for purpose in [FilePurpose::FirstWeights, FilePurpose::OwnMask] {
        bench.open_network_file(b"no tensors", purpose);
        assert_eq!(bench.request_errors().len(), 1);
    }
    assert_eq!((bench.arrays.len(), bench.table() == table, bench.entered.len()), (arrays, true, 0));
    assert_eq!(bench.state.status(), PageStatus::Paused);
    // One that is read twice is kept once.
    let file = exported();
    bench.open_network_file(&file, FilePurpose::OwnMask);
    bench.open_network_file(&file, FilePurpose::OwnMask);
    assert_eq!((bench.arrays.len(), bench.entered.len()), (arrays + 1, 2));
}
