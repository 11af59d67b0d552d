//! Everything that reads what comes from outside, each with real inputs and with what holds of every input: nothing panics,
//! and what is taken can be written and read again without a change.

use crate::made::made_report;
use experiment::{
    expected_digest::ExpectedDigest, experiment_report::ExperimentReport, prune_rounds::PruneRounds,
    refusals::RefusalMessage, seeds::Seeds, settings::Settings,
};
use model::{
    Model,
    data_set::{DataFile, DataSet},
};
use page::{
    digit_image::image_of_strokes,
    idx_file, letter_case, recorded_runs, recording,
    saved_runs::{SavedId, SavedRun, evicted},
};
use protocol::{
    WorkerCommand, WorkerEvent,
    payload::{Payload, PayloadItem},
    report_payload,
};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;
use texts::Language;
use training::{
    data::{LoadedData, MaybeGzipDecoder, parse_images, parse_labels},
    network_file::NetworkFile,
    own_data::{NamedFile, OwnData},
};

/// A parser under test.
pub(crate) struct Target {
    /// Its name.
    pub(crate) name: &'static str,
    /// Real inputs.
    pub(crate) inputs: fn() -> Vec<Vec<u8>>,
    /// Reads an input, and panics if anything is not as it should be.
    pub(crate) check: fn(&[u8]),
    /// Its share of all cases: the quick ones get more.
    pub(crate) share: usize,
}

/// All parsers.
pub(crate) const TARGETS: &[Target] = &[
    Target { name: "fragment", inputs: fragments, check: fragment, share: 30 },
    Target { name: "digest", inputs: digests, check: digest, share: 15 },
    Target { name: "seeds", inputs: seed_lists, check: seeds, share: 15 },
    Target { name: "report", inputs: reports, check: report, share: 8 },
    Target { name: "report_parts", inputs: report_numbers, check: report_parts, share: 8 },
    Target { name: "idx", inputs: idx_files, check: idx, share: 8 },
    Target { name: "own_data", inputs: data_files, check: data_file, share: 8 },
    Target { name: "safetensors", inputs: network_files, check: network_file, share: 8 },
    Target { name: "messages", inputs: messages, check: message, share: 10 },
    Target { name: "saved_run", inputs: fragments, check: saved_run, share: 6 },
    Target { name: "strokes", inputs: strokes, check: drawing, share: 2 },
    Target { name: "language", inputs: languages, check: language, share: 4 },
    Target { name: "preview", inputs: previews, check: preview, share: 0 },
];

fn bytes(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn fragments() -> Vec<Vec<u8>> {
    bytes(&[
        "",
        "#preset=paper&seed=7&iterations=20000&rounds=3",
        "preset=quick&seeds=1,5,9-12&arms=dense,ticket,norewind,late,oneshot&draws=3&rate=0.25&output_rate=0.1234567890123456\
         &criterion=movement&eval_every=7&rewind_to=0&batch=64&optimizer=momentum&learning_rate=0.0001&momentum=0.5&warmup=30\
         &dropout=0.25&init=he_normal&hidden=20,10&workers=2&autoplay=1",
        "init=file:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f&arms=ticket,own&own=000102030405060708090a0b0c\
         0d0e0f101112131415161718191a1b1c1d1e1f.133100",
        "speed=slow&view=masks&at=4.250.train&present=1&reach=97.5&embed=curves&lesson=3&lang=de&data=fashion&hidden=none",
        "recorded=paper&at=20.50000.prune&digest=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f.41",
        "recorded=quick&%73eed=%31",
        "data=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f.12x9x3.26.500.100&net=conv2s&batch=400&rounds=2",
    ])
}

fn fragment(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let (settings, rejected) = Settings::from_fragment(&text);
    rejected.iter().for_each(|rejected| assert!(rejected.to_string().len() < 2_000));
    let written = settings.to_fragment();
    let (again, rejected) = Settings::from_fragment(&written);
    assert_eq!((again.to_fragment(), rejected), (written, vec![]));
    assert_eq!(again.config, settings.config);
    let link = settings.to_link();
    assert_eq!(Settings::from_fragment(&link).0.to_link(), link);
    if let Some(Ok(_)) = recorded_runs::from_fragment(&text) {
        let _ = recorded_runs::settings_beside(&text);
    }
}

fn saved_run(input: &[u8]) {
    let fragment = String::from_utf8_lossy(input).into_owned();
    let number = |at: usize| {
        f64::from_bits(u64::from_le_bytes(std::array::from_fn(|byte| *input.get(at + byte).unwrap_or(&0))))
    };
    let run = |at: usize| SavedRun {
        id: SavedId(format!("{at}")),
        schema: at as u32 % 3,
        name: fragment.clone(),
        fragment: fragment.clone(),
        begun: number(at),
        written: number(at + 1),
        done: at as u32,
        total: 3,
        bytes: number(at + 2),
        seconds: number(at + 3),
        deleted: at.is_multiple_of(2),
    };
    let runs: Vec<SavedRun> = (0..4).map(run).collect();
    runs.iter().for_each(|run| {
        if let Some(settings) = run.settings() {
            assert_eq!(Settings::from_fragment(&settings.to_link()).1, vec![]);
        }
    });
    let gone = evicted(&runs, &[SavedId("1".into())]);
    assert!(!gone.contains(&SavedId("1".into())), "a run in use would go");
}

fn digests() -> Vec<Vec<u8>> {
    let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    bytes(&[&format!("{hex}.1"), &format!("{hex}.4294967295"), hex, ""])
}

fn digest(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Ok(read) = text.parse::<ExpectedDigest>() {
        assert_eq!(read.to_string().parse(), Ok(read));
        assert!(read.jobs > 0);
    }
}

fn seed_lists() -> Vec<Vec<u8>> {
    bytes(&["1", "1,5,9-12", "4294967290-4294967295", "0-999", ""])
}

fn seeds(input: &[u8]) {
    if let Some(seeds) = Seeds::parse(&String::from_utf8_lossy(input)) {
        assert!((1..=1_000).contains(&seeds.count()));
        assert_eq!(Seeds::parse(&seeds.to_string()).as_ref(), Some(&seeds));
        let all: Vec<u32> = seeds.iter().collect();
        assert!(all.is_sorted_by(|one, other| one < other));
    }
}

fn reports() -> Vec<Vec<u8>> {
    let golden = include_str!("../golden/report_v1.jsonl").lines().next().unwrap_or_default();
    vec![made_report().to_file_text().into_bytes(), golden.as_bytes().to_vec()]
}

fn report(input: &[u8]) {
    let read = match ExperimentReport::from_file_bytes(input) {
        Ok(read) => read,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let written = read.to_file_text();
    let again = ExperimentReport::from_file_text(&written).map(|report| report.to_file_text());
    assert_eq!(again.as_ref(), Ok(&written));
    let merged = ExperimentReport::merge(vec![read.clone(), read]);
    assert_eq!(merged.map(|report| report.to_file_text()), Ok(written));
}

/// The bytes of the numbers and of the prune rounds that go beside a report.
fn report_numbers() -> Vec<Vec<u8>> {
    let (_, payload) = report_payload::write_report(made_report());
    let mut all = vec![];
    for item in payload.0 {
        match item {
            PayloadItem::Floats(numbers) => {
                all.push(numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
            }
            PayloadItem::Bytes(bytes) => all.push(bytes),
            PayloadItem::Absent | PayloadItem::Text(_) | PayloadItem::Kept(_) => {}
        }
    }
    all
}

fn report_parts(input: &[u8]) {
    let (parts, payload) = report_payload::write_report(made_report());
    let numbers = input.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let mut items = payload.0;
    match input.first() {
        // One chain of masks is another, or the curves are.
        Some(byte) if byte % 2 == 0 && items.len() > 1 => items[1] = PayloadItem::Bytes(input.to_vec()),
        _ => items[0] = PayloadItem::Floats(numbers),
    }
    if let Some(read) = report_payload::read_report(*parts, Payload(items.clone())) {
        assert_eq!(read.finished_jobs().len(), made_report().finished_jobs().len());
        let _ = (read.run_digest(), read.is_complete());
    }
    let _ = (Payload(items.clone()).into_job_inputs(), Payload(items).into_job_outputs());
    if !input.is_empty() {
        let _ = PruneRounds::from_bytes(input.to_vec(), 2);
    }
}

fn idx_files() -> Vec<Vec<u8>> {
    let header =
        |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>();
    let images = [header(&[0x803, 2, 28, 28]), vec![5; 2 * 784]].concat();
    let labels = [header(&[0x801, 3]), vec![7, 0, 9]].concat();
    let packed = [&images, &labels].map(|file| gzip(file));
    let mnist = header(&[0x803, 10_000, 28, 28]);
    [vec![images, labels, mnist], packed.into()].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![];
    let mut encoder = flate2::read::GzEncoder::new(bytes, flate2::Compression::fast());
    std::io::Read::read_to_end(&mut encoder, &mut packed).expect("memory can be read");
    packed
}

fn idx(input: &[u8]) {
    let data = DataSet::mnist();
    for file in [DataFile::TestImages, DataFile::TestLabels] {
        let mut decoder = MaybeGzipDecoder::new(&data, file, Sha256::default());
        let (one, other) = input.split_at(input.len() / 2);
        let Ok((unpacked, _)) =
            decoder.push(one).and_then(|()| decoder.push(other)).and_then(|()| decoder.finish())
        else {
            continue;
        };
        assert!(unpacked.len() as u64 <= data.file_bytes(file) + (1 << 20));
        if let Ok(images) = parse_images(&data, unpacked.clone()) {
            assert_eq!(images.len() % 784, 0);
        }
        if let Ok(labels) = parse_labels(&data, unpacked) {
            assert!(labels.iter().all(|label| *label < 10));
        }
        let start = &input[..input.len().min(idx_file::HEADER_BYTES)];
        for length in [input.len() as u64, data.file_bytes(file)] {
            let taken = idx_file::check(&data, file, start, length);
            assert!(taken.is_err() || length == data.file_bytes(file));
        }
        let _ = idx_file::is_gzip(start);
    }
}

fn header(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// The labels that go with each of [`data_files`].
fn labels_of_data() -> NamedFile {
    let labels = (0..120).map(|image| image % 3).collect();
    NamedFile { name: "l".into(), bytes: [header(&[0x801, 120]), labels].concat() }
}

fn data_files() -> Vec<Vec<u8>> {
    let grey = [header(&[0x803, 120, 2, 3]), vec![7; 720]].concat();
    let planes = [header(&[0x804, 120, 3, 2, 1]), vec![9; 720]].concat();
    let side_by_side = [header(&[0x804, 120, 1, 2, 3]), vec![9; 720]].concat();
    let packed = gzip(&grey);
    vec![grey, planes, side_by_side, packed, vec![1; 3073 * 110], vec![1; 3073]]
}

fn data_file(input: &[u8]) {
    let file = || NamedFile { name: "i".into(), bytes: input.to_vec() };
    for files in [vec![file(), labels_of_data()], vec![file()]] {
        match OwnData::read(files, None) {
            Ok(OwnData { data, files }) => {
                let loaded = LoadedData::from_files(&data, files.each_ref().map(|file| &file[..]));
                let loaded = loaded.expect("what is made can be loaded");
                let (images, labels) = (loaded.train.images.len(), loaded.train.labels.len());
                assert_eq!(images, labels * data.image.values());
                assert_eq!(DataSet::from_name(&data.name), Some(data));
            }
            Err(fault) => assert!(fault.error.to_string().len() < 2_000),
        }
    }
}

/// A network of 784 inputs, one unit and ten outputs.
fn small_model() -> Model {
    Settings::from_fragment("hidden=1").0.config.model
}

fn network_files() -> Vec<Vec<u8>> {
    use safetensors::{Dtype, serialize, tensor::TensorView};
    let file = |prefix: &str, value: f32| {
        let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = small_model()
            .layer_sizes()
            .iter()
            .enumerate()
            .flat_map(|(layer, size)| {
                let (outputs, inputs) = size.matrix();
                let numbers = |count: usize| value.to_le_bytes().repeat(count);
                [
                    (format!("{prefix}{layer}.weight"), vec![outputs, inputs], numbers(outputs * inputs)),
                    (format!("{prefix}{layer}.bias"), vec![outputs], numbers(outputs)),
                ]
            })
            .collect();
        let views = tensors.iter().map(|(name, shape, bytes)| {
            (name, TensorView::new(Dtype::F32, shape.clone(), bytes).expect("bytes of this shape"))
        });
        serialize(views, None).expect("tensors can be written")
    };
    vec![file("first.", 0.5), file("mask.", 1.0), file("", 1.0)]
}

/// The inputs that most others are made from are taken as they are.
pub(crate) fn take_real_inputs() {
    assert_eq!(ExperimentReport::from_file_bytes(&reports()[0]).as_ref(), Ok(made_report()));
    let (parts, payload) = report_payload::write_report(made_report());
    assert_eq!(report_payload::read_report(*parts, payload).as_ref(), Some(made_report()));
    let [first, mask, plain] = &network_files()[..] else { panic!("three files") };
    for file in [first, plain] {
        assert!(NetworkFile::open(file, None).unwrap().first_parameters(&small_model()).is_ok());
    }
    assert!(NetworkFile::open(mask, None).unwrap().mask(&small_model(), None).is_ok());
    assert!(recording::read(&previews()[0]).is_some());
}

fn network_file(input: &[u8]) {
    let model = small_model();
    let file = match NetworkFile::open(input, None) {
        Ok(file) => file,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    if let Ok(parameters) = file.first_parameters(&model) {
        assert_eq!(parameters.len(), model.weight_count() + model.bias_count());
        assert!(parameters.iter().all(|number| number.is_finite()));
    }
    if let Ok(mask) = file.mask(&model, None) {
        assert_eq!(mask.len(), model.weight_count());
        let left = mask.iter().map(|byte| u32::from(*byte)).sum();
        assert!(left > 0 && mask.iter().all(|byte| *byte < 2));
        assert!(file.mask(&model, Some(left)).is_ok() && file.mask(&model, Some(left + 1)).is_err());
    }
    assert!(NetworkFile::open(input, Some(file.hash())).is_ok());
}

fn messages() -> Vec<Vec<u8>> {
    let report = made_report();
    let finished = report.finished_jobs().values().next().expect("there are jobs");
    let job = finished.report.job;
    let events = [
        WorkerEvent::Ready,
        WorkerEvent::Paused { run: 1, job, iteration: 4 },
        WorkerEvent::Finished {
            run: 1,
            report: Box::new(finished.report.clone()),
            seconds: 0.5,
            memory: 1,
            digest: "0".repeat(16),
        },
    ];
    let commands = [
        WorkerCommand::Pause { run: 1 },
        WorkerCommand::Start {
            run: 1,
            job,
            config: Box::new(report.config().clone()),
            until: protocol::RunUntil::End,
            robust: true,
        },
    ];
    let json = |value: &dyn erased::Json| value.json();
    let refused = Settings::from_fragment("rate=2&seed=-1").1;
    let mut all: Vec<Vec<u8>> = events.iter().map(|event| json(event)).collect();
    all.extend(commands.iter().map(|command| json(command)));
    all.extend(refused.iter().map(|rejected| json(&RefusalMessage::from(rejected))));
    all
}

/// Values of several types as JSON.
mod erased {
    /// Can be written as JSON.
    pub(crate) trait Json {
        /// The JSON.
        fn json(&self) -> Vec<u8>;
    }

    impl<T: serde::Serialize> Json for T {
        fn json(&self) -> Vec<u8> {
            serde_json::to_vec(self).expect("plain data")
        }
    }
}

/// Messages go through the codec of wasm-bindgen, which reads them with the same code of their types as JSON does. The browser
/// test of the codec holds that they come through as they are: JSON rounds some numbers when it reads them.
fn message(input: &[u8]) {
    fn read<T: Serialize + DeserializeOwned>(input: &[u8]) -> Option<T> {
        let read: T = serde_json::from_slice(input).ok()?;
        assert!(serde_json::to_string(&read).is_ok());
        Some(read)
    }
    read::<WorkerEvent>(input);
    read::<WorkerCommand>(input);
    if let Some(refusal) = read::<RefusalMessage>(input) {
        let _ = refusal.to_string();
    }
}

fn strokes() -> Vec<Vec<u8>> {
    let numbers: [&[f32]; 4] = [
        &[0.1, 0.2, 0.5, 0.9, 0.3, 0.3],
        &[0.5, 0.5],
        &[-3.0, 4.0, 2.0, 2.0],
        &[0.0, 0.0, 1.0, 1.0, f32::NAN, 0.5],
    ];
    numbers.map(|points| points.iter().flat_map(|number| number.to_le_bytes()).collect()).into()
}

/// A pointer leaves the canvas by some screens at most.
fn drawing(input: &[u8]) {
    let numbers: Vec<f64> =
        input.as_chunks().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect();
    let points: Vec<(f64, f64)> =
        numbers.as_chunks().0.iter().map(|&[x, y]| (x.clamp(-50.0, 50.0), y.clamp(-50.0, 50.0))).collect();
    let strokes: Vec<_> = points.chunks(5).take(8).map(<[_]>::to_vec).collect();
    if let Some(image) = image_of_strokes(&strokes, model::ImageSize::MNIST) {
        assert_eq!(image.len(), 784);
        let finite = points.iter().all(|(x, y)| x.is_finite() && y.is_finite());
        assert!(!finite || image.iter().all(|pixel| (0.0..=1.0).contains(pixel)), "{strokes:?}");
    }
}

fn languages() -> Vec<Vec<u8>> {
    bytes(&[
        r#"{"round": {"done": "Round {round} of {rounds} done.", "left#one": "{left} weight", "left#other": "{left} weights"}}"#,
        r#"{"step": {"1_text": "<b>{Network}</b> [trials|trial] {{left}}, {"}, "list": {"and": "{items} and {last}"}}"#,
    ])
}

fn language(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let filled = texts::fill_places(&text, &[("round", &3), ("rounds", &6), ("items", &"{items}")]);
    assert!(filled.len() <= text.len() * 7 + 16);
    assert_eq!(
        letter_case::upper_first(&letter_case::lower_first(&text)).chars().count() > 0,
        !text.is_empty()
    );
    if let Ok(language) = Language::from_json(&text) {
        language.texts().for_each(|(_, text)| drop(texts::fill_places(text, &[("left", &1)])));
    }
}

fn previews() -> Vec<Vec<u8>> {
    let packed = include_bytes!("../../assets/recorded/preview.gz");
    let mut file = vec![];
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut file)
        .expect("the file of the site");
    vec![file]
}

fn preview(input: &[u8]) {
    if let Some(recording) = recording::read(input) {
        assert!(recording.report.is_complete());
    }
}
