//! Writes the files that the user takes away. They are written here and not on the page, so that the page's wasm module does
//! not need the code for them.

use base64::{Engine, engine::general_purpose::STANDARD};
use experiment::{experiment_report::ExperimentReport, job::JobId, refusals::Refusal};
use model::{
    Model,
    packed::{mask_from_bits, unpack_parameters},
};
use protocol::{
    files_question::{FilesQuestion, WantedFile},
    payload::{Payload, PayloadItem},
    question::Answer,
    report_payload,
};
use safetensors::tensor::{Dtype, TensorView, serialize};
use std::{
    collections::HashMap,
    io::{Cursor, Write},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// What a picture in base64 begins with.
const PNG_ADDRESS: &str = "data:image/png;base64,";

/// The only key of the metadata in a safetensors file. One key, because the order of several is that of a hash map.
const NOTE_KEY: &str = "ticket_lab";

/// A network as it comes with the question.
struct PackedNetwork {
    mask: Vec<u8>,
    first: Vec<f32>,
    last: Vec<f32>,
}

/// What comes with the question for a file.
enum Brought {
    Nothing,
    Network(PackedNetwork),
    Picture(String),
}

/// Writes the files. The error says what has not come.
pub(super) fn write_files(question: FilesQuestion, payload: Payload) -> Result<(Answer, Payload), Refusal> {
    let FilesQuestion { stem, experiment_report, files, archive } = question;
    let mut items = payload.0.into_iter();
    let brought = files.iter().map(|file| bring(file, &mut items)).collect::<Option<Vec<_>>>();
    let brought = brought.ok_or(Refusal::NetworksNotWhole)?;
    let report = report_payload::read_report(*experiment_report, Payload(items.collect()));
    let report = report.ok_or(Refusal::ReportNotWhole)?;
    let named = files.into_iter().zip(brought).map(|(file, brought)| {
        let name = format!("{stem}{}", ending(&file, &report));
        Ok((name, write_file(&file, brought, &report)?))
    });
    let (names, files) = match archive {
        Some(name) => (vec![name], vec![pack(named)?]),
        None => named.collect::<Result<Vec<_>, Refusal>>()?.into_iter().unzip(),
    };
    Ok((Answer::FilesWritten { names }, Payload::from_byte_arrays(files)))
}

fn bring(file: &WantedFile, items: &mut impl Iterator<Item = PayloadItem>) -> Option<Brought> {
    Some(match file {
        WantedFile::Report | WantedFile::Rounds | WantedFile::Curves | WantedFile::Robustness => {
            Brought::Nothing
        }
        WantedFile::Network(_) => Brought::Network(PackedNetwork {
            mask: items.next()?.into_bytes()?,
            first: items.next()?.into_floats()?,
            last: items.next()?.into_floats()?,
        }),
        WantedFile::Picture { .. } => match items.next()? {
            PayloadItem::Text(text) => Brought::Picture(text),
            _ => return None,
        },
    })
}

/// What the name of a file ends with.
fn ending(file: &WantedFile, report: &ExperimentReport) -> String {
    match file {
        WantedFile::Report => ".jsonl".into(),
        WantedFile::Rounds => "-rounds.csv".into(),
        WantedFile::Curves => "-curves.csv".into(),
        WantedFile::Robustness => "-robustness.csv".into(),
        WantedFile::Network(JobId { trial, arm, round, draw, twin }) => {
            let trial =
                if report.config().seeds.count() > 1 { format!("-trial{trial}") } else { String::new() };
            let draw = if *draw > 0 { format!("-draw{draw}") } else { String::new() };
            let twin = if *twin { "-twin" } else { "" };
            format!("{trial}-{}-round{round}{draw}{twin}.safetensors", arm.name())
        }
        WantedFile::Picture { name } => format!("-{name}"),
    }
}

fn write_file(file: &WantedFile, brought: Brought, report: &ExperimentReport) -> Result<Vec<u8>, Refusal> {
    Ok(match (file, brought) {
        (WantedFile::Report, _) => report.to_file_text().into_bytes(),
        (WantedFile::Rounds, _) => report.rounds_csv().into_bytes(),
        (WantedFile::Curves, _) => report.curves_csv().into_bytes(),
        (WantedFile::Robustness, _) => report.robustness_csv().into_bytes(),
        (WantedFile::Network(job), Brought::Network(network)) => write_network(report, *job, &network)?,
        (WantedFile::Picture { .. }, Brought::Picture(text)) => match text.strip_prefix(PNG_ADDRESS) {
            Some(code) => STANDARD.decode(code).map_err(|error| Refusal::Foreign(error.to_string()))?,
            None => text.into_bytes(),
        },
        (WantedFile::Network(_) | WantedFile::Picture { .. }, _) => return Err(Refusal::NetworksNotWhole),
    })
}

/// A network as safetensors: for each layer `first.N.weight`, `mask.N.weight` and `last.N.weight`, each (out, in), and
/// `first.N.bias` and `last.N.bias`, each (out). Pruned weights are zero in all of them, because only those of survivors
/// are kept.
fn write_network(report: &ExperimentReport, job: JobId, network: &PackedNetwork) -> Result<Vec<u8>, Refusal> {
    let model = &report.config().model;
    let tensors = tensors(model, network).ok_or(Refusal::NetworksNotWhole)?;
    let note = report.network_note(job).ok_or(Refusal::NoSuchNetwork(job))?;
    let views = tensors.iter().map(|Tensor { name, kind, shape, bytes }| {
        Ok((name.as_str(), TensorView::new(*kind, shape.clone(), bytes)?))
    });
    let views: Result<Vec<_>, safetensors::SafeTensorError> = views.collect();
    let written = views.and_then(|views| serialize(views, Some(HashMap::from([(NOTE_KEY.into(), note)]))));
    written.map_err(|error| Refusal::Foreign(error.to_string()))
}

struct Tensor {
    name: String,
    kind: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

/// All tensors of a network, or `None` if it is not one of this model.
fn tensors(model: &Model, network: &PackedNetwork) -> Option<Vec<Tensor>> {
    let mask = mask_from_bits(model, &network.mask)?;
    let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let mut tensors = vec![];
    for (moment, packed) in [("first", &network.first), ("last", &network.last)] {
        let (weights, biases) = unpack_parameters(model, &mask, packed)?;
        for (layer, size) in model.layer_sizes().into_iter().enumerate() {
            let (shape, biases_shape) = (size.shape(), vec![size.biases.len()]);
            let tensor = |what: &str, shape: Vec<usize>, values: &[f32]| Tensor {
                name: format!("{moment}.{layer}.{what}"),
                kind: Dtype::F32,
                shape,
                bytes: bytes(values),
            };
            tensors.push(tensor("weight", shape, &weights[size.weights]));
            tensors.push(tensor("bias", biases_shape, &biases[size.biases]));
        }
    }
    for (layer, size) in model.layer_sizes().into_iter().enumerate() {
        let (name, shape) = (format!("mask.{layer}.weight"), size.shape());
        tensors.push(Tensor { name, kind: Dtype::U8, shape, bytes: mask[size.weights].to_vec() });
    }
    Some(tensors)
}

/// Packs files into a zip file. They have no time, so that the same files give the same bytes.
fn pack(files: impl Iterator<Item = Result<(String, Vec<u8>), Refusal>>) -> Result<Vec<u8>, Refusal> {
    let foreign = |error: &dyn std::fmt::Display| Refusal::Foreign(error.to_string());
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    for file in files {
        let (name, bytes) = file?;
        // The parts of a PNG are compressed already.
        let stored = name.ends_with(".png");
        let method = if stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method);
        archive.start_file(name, options).map_err(|error| foreign(&error))?;
        archive.write_all(&bytes).map_err(|error| foreign(&error))?;
    }
    Ok(archive.finish().map_err(|error| foreign(&error))?.into_inner())
}
