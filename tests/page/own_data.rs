//! Tests of data sets of the user on the page: what is read is entered or lets a waiting run go on, and what is refused
//! changes nothing.

use crate::page_harness::{PageHarness, SMALL};
use experiment::settings::Settings;
use page::{state::UserAction, status::PageStatus};
use protocol::payload::PayloadItem;

/// An IDX file of bytes with these dimensions, with these values over and over.
fn idx(dimensions: &[u32], values: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, dimensions.len() as u8];
    file.extend(dimensions.iter().flat_map(|size| size.to_be_bytes()));
    let count = dimensions.iter().product::<u32>() as usize;
    file.extend(values.iter().cycle().take(count));
    file
}

/// 210 images of 3 × 5 pixels of 3 values, of four classes: a seventh of them becomes the test set.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let images = idx(&[210, 3, 5, 3], &(0..=250).collect::<Vec<u8>>());
    vec![("images.idx", images), ("labels.idx", idx(&[210], &[0, 1, 2, 3]))]
}

/// Opens files with the settings of the run in the fields.
fn open(bench: &mut PageHarness, files: Vec<(&str, Vec<u8>)>) {
    let mut arrays = vec![];
    let bytes = files.iter().map(|(_, file)| file.len() as f64).sum();
    let names = files.iter().map(|(name, _)| (*name).to_owned()).collect();
    for (_, file) in files {
        let mut item = PayloadItem::Bytes(file);
        bench.keep(&mut item);
        arrays.extend(item.kept());
    }
    let settings = Box::new(bench.state.settings().clone());
    bench.act(UserAction::OpenData { names, files: arrays, bytes, settings });
    bench.deliver_events();
}

fn run_with_data(bench: &mut PageHarness) {
    bench.load();
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
}

#[test]
fn a_data_set_that_is_opened_is_entered_and_a_run_is_trained_on_it() {
    let mut bench = PageHarness::loaded(SMALL);
    open(&mut bench, files());
    assert_eq!(bench.request_errors(), [""; 0]);
    let [name] = &bench.entered_data.clone()[..] else { panic!("{:?}", bench.entered_data) };
    assert!(name.ends_with(".3x5x3.4.180.30"), "{name}");
    assert!(
        bench.state.take_announcement().unwrap().contains("180 images for training and validation and 30")
    );
    let (settings, rejected) = Settings::from_fragment(&format!("{SMALL}&data={name}"));
    assert_eq!(rejected, []);
    let before = bench.fetches;
    bench.act(UserAction::Reset(Box::new(settings)));
    assert_eq!((bench.fetches, bench.state.status()), (before + 1, PageStatus::Loading));
    // It is not fetched from anywhere: the page has its four files, whose images and labels are those of the user.
    let own = bench.own_data.expect("the files of the data set");
    let length = |at: usize| match &bench.arrays[&own[at]] {
        PayloadItem::Bytes(bytes) => bytes.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!([0, 1, 2, 3].map(length), [20 + 180 * 45, 8 + 180, 20 + 30 * 45, 8 + 30]);
    // The files as they came have gone.
    let of_user: Vec<Vec<u8>> = files().into_iter().map(|(_, file)| file).collect();
    let is_of_user =
        |item: &PayloadItem| matches!(item, PayloadItem::Bytes(bytes) if of_user.contains(bytes));
    assert!(!bench.arrays.values().any(is_of_user));
    run_with_data(&mut bench);
    assert_eq!(bench.state.config().model.input.values(), 45);
    let dense = bench.table().into_iter().next().expect("a row");
    assert!(dense.data_attributes.iter().any(|(key, value)| *key == "data" && value == name));
}

/// The name of the data set of [`files`].
fn name() -> String {
    let mut bench = PageHarness::loaded(SMALL);
    open(&mut bench, files());
    bench.entered_data.remove(0)
}

#[test]
fn a_link_waits_for_its_data_and_then_goes_on() {
    let name = name();
    // A link may say the shape or leave it to the files.
    for data in [name.clone(), name[..64].to_owned()] {
        let mut bench = PageHarness::new(&format!("{SMALL}&data={data}&autoplay=1"));
        bench.deliver_events();
        assert_eq!((bench.fetches, bench.state.status()), (0, PageStatus::Ready));
        assert_eq!(bench.state.missing_data().map(|hash| hash.to_string()), Some(name[..64].to_owned()));
        bench.act(UserAction::Play);
        let said = bench.request_errors();
        assert!(said[0].contains(&format!("(SHA-256 {}…)", &name[..8])), "{said:?}");
        assert!(bench.state.nothing_started());
        // Other files are refused by name, and the run waits on.
        let other = vec![("a.idx", idx(&[210, 3, 5, 3], &[7])), ("b.idx", idx(&[210], &[0, 1, 2, 3]))];
        open(&mut bench, other);
        let said = bench.request_errors();
        assert!(said[0].starts_with("a.idx: the data set of these files has the SHA-256"), "{said:?}");
        assert!(bench.state.missing_data().is_some() && bench.entered_data.is_empty());
        open(&mut bench, files());
        assert_eq!(bench.request_errors(), [""; 0]);
        assert_eq!((bench.state.missing_data(), bench.fetches), (None, 1));
        assert_eq!(bench.state.config().data.name, name);
        bench.load();
        bench.run_until(PageStatus::Done);
    }
}

#[test]
fn what_does_not_go_with_the_data_is_said_when_its_shape_is_known() {
    let data = &name()[..64];
    let mut bench = PageHarness::new(&format!("{SMALL}&net=lenet5&batch=1000&data={data}"));
    bench.deliver_events();
    open(&mut bench, files());
    let said = bench.request_errors().join(" ");
    assert!(said.contains("net=lenet5 was not used") && said.contains("batch=1000 was not used"), "{said}");
    let config = bench.state.config();
    assert_eq!((config.batch, config.model.hidden_units()), (165, vec![300, 100]));
}

#[test]
fn malformed_files_are_refused_by_name_and_the_run_goes_on() {
    let mut bench = PageHarness::loaded(SMALL);
    let readers = bench.readers_started;
    bench.act(UserAction::Play);
    let mut broken = files();
    broken[1].1.pop();
    open(&mut bench, broken);
    let said = bench.request_errors();
    assert_eq!(
        said[0],
        "labels.idx: the header promises another size than the file has, in bytes: 218, not 217."
    );
    assert!(bench.entered_data.is_empty());
    // What reading took, a module's memory would keep.
    assert_eq!(bench.readers_started, readers + 1);
    bench.run_until(PageStatus::Done);
}
