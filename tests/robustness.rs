//! Corrupted test images and how networks read them: the corruptions by slow plain versions, the gradients of FGSM by plain candle in
//! double precision, and the readings by a plain model.

mod mnist;

use candle_core::{Device, Tensor, Var};
use experiment::{
    arm::Arm,
    config::ExperimentConfig,
    experiment_report::ExperimentReport,
    job::JobId,
    job_data::JobInputs,
    purpose::RandomPurpose,
    robustness::{Corruption, RobustnessReadings},
    settings::Settings,
};
use model::{ImageSize, Model};
use ticket_lab::TrainingInputs;
use training::{
    corruptions,
    data::LabelledImages,
    job_training::{AdvanceOutcome, JobTraining, TrainedJob},
    rng::RandomStream,
    robustness::RobustnessPass,
};

const SIDE: usize = 28;
const PIXELS: usize = SIDE * SIDE;

/// The first test images as pixel values, and as bytes with their labels.
fn test_images(count: usize) -> (Vec<Vec<f32>>, LabelledImages) {
    let test = &mnist::mnist().test;
    let bytes = test.images[..count * PIXELS].to_vec();
    let images =
        bytes.chunks(PIXELS).map(|image| image.iter().map(|&byte| f32::from(byte) / 255.0).collect());
    (images.collect(), LabelledImages { images: bytes, labels: test.labels[..count].to_vec() })
}

fn assert_close(found: &[f32], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len());
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        let difference = (f64::from(*found) - expected).abs();
        assert!(difference < 1e-6, "{what}, pixel {at}: {found} instead of {expected}");
    }
}

/// A corruption by its definition, pixel by pixel and without a thought of time.
fn slow(image: &[f32], image_number: u32, corruption: Corruption, strength: f64) -> Vec<f64> {
    let value = |row: i32, column: i32| {
        let inside = (0..28).contains(&row) && (0..28).contains(&column);
        if inside { f64::from(image[row as usize * SIDE + column as usize]) } else { 0.0 }
    };
    let mut stream = RandomStream::new(3, RandomPurpose::CorruptionNoise, 0, image_number);
    let mut spare: Option<f64> = None;
    let mut normal = || {
        spare.take().unwrap_or_else(|| {
            let (radius, turn) = (stream.uniform(), stream.uniform());
            let radius = (-2.0 * radius.ln()).sqrt();
            spare = Some(radius * (std::f64::consts::TAU * turn).sin());
            radius * (std::f64::consts::TAU * turn).cos()
        })
    };
    let mean = image.iter().map(|value| f64::from(*value)).sum::<f64>() / PIXELS as f64;
    let mut corrupted = vec![];
    for row in 0..28 {
        for column in 0..28 {
            let pixel = match corruption {
                Corruption::Noise => value(row, column) + strength * normal(),
                Corruption::Blur => {
                    let reach = (3.0 * strength).ceil() as i32;
                    let (mut sum, mut weights) = (0.0, 0.0);
                    for down in -reach..=reach {
                        for right in -reach..=reach {
                            let square = f64::from(down * down + right * right);
                            let weight = (-square / (2.0 * strength * strength)).exp();
                            sum += weight * value(row + down, column + right);
                            weights += weight;
                        }
                    }
                    sum / weights
                }
                Corruption::Stripe => {
                    let from_middle = (f64::from(column) - 13.5).abs();
                    if from_middle < strength / 2.0 { 1.0 - value(row, column) } else { value(row, column) }
                }
                Corruption::Rotation => {
                    // Coordinates with the second axis upwards, turned back.
                    let (x, y) = (f64::from(column) - 13.5, 13.5 - f64::from(row));
                    let angle = -strength.to_radians();
                    let (from_x, from_y) =
                        (angle.cos() * x - angle.sin() * y, angle.sin() * x + angle.cos() * y);
                    let hat = |distance: f64| (1.0 - distance.abs()).max(0.0);
                    let mut sum = 0.0;
                    for other_row in 0..28 {
                        for other in 0..28 {
                            let (other_x, other_y) = (f64::from(other) - 13.5, 13.5 - f64::from(other_row));
                            sum += hat(from_x - other_x) * hat(from_y - other_y) * value(other_row, other);
                        }
                    }
                    sum
                }
                Corruption::Shift => value(row - strength as i32, column - strength as i32),
                Corruption::Contrast => mean + strength * (value(row, column) - mean),
                Corruption::Fgsm => unreachable!("it has a gradient"),
            };
            corrupted.push(pixel.clamp(0.0, 1.0));
        }
    }
    corrupted
}

#[test]
fn each_channel_is_corrupted_by_itself_and_narrow_images_are_all_stripe() {
    let size = ImageSize { channels: 3, height: 7, width: 5 };
    let image: Vec<f32> = (0..105).map(|at| (at * 31 % 97) as f32 / 96.0).collect();
    let grey = ImageSize { channels: 1, ..size };
    for &corruption in Corruption::ALL {
        for &strength in corruption.strengths() {
            let whole = corruptions::corrupted(&image, size, corruption, strength);
            if corruption == Corruption::Contrast {
                let mean = image.iter().map(|value| f64::from(*value)).sum::<f64>() / 105.0;
                let moved = |value: &f32| mean + strength * (f64::from(*value) - mean);
                let off = image.iter().zip(&whole).map(|(was, is)| (moved(was) - f64::from(*is)).abs());
                assert!(off.fold(0.0, f64::max) < 1e-6);
                continue;
            }
            let channels = image.chunks(35);
            let one_by_one =
                channels.flat_map(|channel| corruptions::corrupted(channel, grey, corruption, strength));
            assert_eq!(whole, one_by_one.collect::<Vec<_>>(), "{corruption:?} {strength}");
        }
    }
    // A stripe of ten columns covers all five.
    let all = corruptions::corrupted(&image, size, Corruption::Stripe, 10.0);
    assert!(image.iter().zip(&all).all(|(was, is)| *is == 1.0 - was));
}

#[test]
fn corruptions_are_those_of_slow_plain_versions() {
    let (images, _) = test_images(6);
    for (number, image) in images.iter().enumerate() {
        for &corruption in Corruption::ALL.iter().filter(|corruption| **corruption != Corruption::Fgsm) {
            for &strength in corruption.strengths() {
                let found = match corruption {
                    Corruption::Noise => {
                        let normals = corruptions::noise(3, number as u32, PIXELS);
                        corruptions::noisy(image, &normals, strength)
                    }
                    _ => corruptions::corrupted(image, ImageSize::MNIST, corruption, strength),
                };
                let expected = slow(image, number as u32, corruption, strength);
                assert_close(&found, &expected, &format!("{} by {strength}", corruption.name()));
                let moved = found.iter().zip(image).filter(|(one, other)| one != other).count();
                assert!(moved > 40, "{} by {strength} moves {moved} pixels", corruption.name());
            }
        }
    }
    // A quarter turn, anticlockwise.
    let turned = corruptions::corrupted(&images[0], ImageSize::MNIST, Corruption::Rotation, 90.0);
    let expected: Vec<f64> =
        (0..PIXELS).map(|at| f64::from(images[0][at % SIDE * SIDE + SIDE - 1 - at / SIDE])).collect();
    assert_close(&turned, &expected, "a quarter turn");
    // Images and trials have noise of their own.
    let noise = |trial, image| corruptions::noise(trial, image, PIXELS);
    assert!(noise(1, 0) == noise(1, 0) && noise(1, 0) != noise(1, 1) && noise(1, 0) != noise(2, 0));
}

/// A network in double precision by plain candle: logits of images, (images, classes).
fn logits(model: &Model, (weights, biases): (&[f32], &[f32]), images: &Tensor) -> Tensor {
    let mut values = images.clone();
    let sizes = model.layer_sizes();
    for (layer, size) in sizes.iter().enumerate() {
        let doubles = |floats: &[f32]| floats.iter().map(|&value| f64::from(value)).collect::<Vec<_>>();
        let outputs = size.biases.len();
        let weights =
            Tensor::from_vec(doubles(&weights[size.weights.clone()]), (outputs, size.fan_in), &Device::Cpu)
                .unwrap();
        let biases = Tensor::from_vec(doubles(&biases[size.biases.clone()]), outputs, &Device::Cpu).unwrap();
        values = values.matmul(&weights.t().unwrap()).unwrap().broadcast_add(&biases).unwrap();
        if layer + 1 < sizes.len() {
            values = values.relu().unwrap();
        }
    }
    values
}

fn tensor(images: &[Vec<f64>]) -> Tensor {
    Tensor::from_vec(images.concat(), (images.len(), PIXELS), &Device::Cpu).unwrap()
}

fn right_answers(model: &Model, network: (&[f32], &[f32]), images: &[Vec<f64>], labels: &[u8]) -> u32 {
    let rows = logits(model, network, &tensor(images)).to_vec2::<f64>().unwrap();
    let best = |row: &Vec<f64>| (1..10).fold(0, |best, k| if row[k] > row[best] { k } else { best });
    rows.iter().zip(labels).filter(|(row, label)| best(row) == usize::from(**label)).count() as u32
}

fn config(fragment: &str) -> ExperimentConfig {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, [], "{fragment}");
    settings.config
}

const SMALL: &str = "seed=3&iterations=200&eval_every=50&rounds=1&rate=0.8&hidden=30,20";

/// The trained networks of the ticket's rounds, a dense one and a sparse one.
fn trained(config: &ExperimentConfig, robust: bool) -> Vec<TrainedJob> {
    let mut mask = None;
    let mut train = |round| {
        let job = JobId { trial: 3, arm: Arm::Ticket, round, draw: 0, twin: false };
        let inputs = JobInputs { mask: mask.take(), ..JobInputs::default() };
        let mut training = JobTraining::new(config, job, inputs, mnist::mnist()).unwrap();
        training.read_corrupted_images(robust);
        loop {
            if let AdvanceOutcome::Finished(trained) = training.advance().unwrap() {
                mask.clone_from(&trained.outputs.next_mask);
                return *trained;
            }
        }
    };
    vec![train(0), train(1)]
}

#[test]
fn readings_are_those_of_a_plain_model() {
    let config = config(SMALL);
    let (images, set) = test_images(300);
    for trained in trained(&config, false) {
        let network = (&trained.weights[..], &trained.biases[..]);
        let mut pass = RobustnessPass::new(&config.model, 3, &trained.mask, network);
        let readings = loop {
            if let Some(readings) = pass.advance(&set) {
                break readings;
            }
        };
        // The gradient of each image's loss.
        let clean: Vec<Vec<f64>> =
            images.iter().map(|image| image.iter().map(|&value| f64::from(value)).collect()).collect();
        let variable = Var::from_tensor(&tensor(&clean)).unwrap();
        let labels = Tensor::from_vec(
            set.labels.iter().map(|&label| u32::from(label)).collect::<Vec<_>>(),
            set.labels.len(),
            &Device::Cpu,
        );
        let outputs = logits(&config.model, network, variable.as_tensor());
        let loss = candle_nn::loss::cross_entropy(&outputs, &labels.unwrap()).unwrap();
        let gradient = loss.backward().unwrap().get(&variable).unwrap().to_vec2::<f64>().unwrap();
        for &corruption in Corruption::ALL {
            for (&strength, &found) in corruption.strengths().iter().zip(readings.of(corruption)) {
                let corrupted: Vec<Vec<f64>> = match corruption {
                    Corruption::Fgsm => clean
                        .iter()
                        .zip(&gradient)
                        .map(|(image, slopes)| {
                            let sign = |slope: &f64| if *slope == 0.0 { 0.0 } else { slope.signum() };
                            let moved = image.iter().zip(slopes).map(|(v, slope)| v + strength * sign(slope));
                            moved.map(|value| value.clamp(0.0, 1.0)).collect()
                        })
                        .collect(),
                    // The slow versions are the fast ones, says the test above.
                    Corruption::Noise => (0..300)
                        .map(|image| slow(&images[image], image as u32, corruption, strength))
                        .collect(),
                    _ => images
                        .iter()
                        .map(|image| corruptions::corrupted(image, ImageSize::MNIST, corruption, strength))
                        .map(|image| image.into_iter().map(f64::from).collect())
                        .collect(),
                };
                let expected = right_answers(&config.model, network, &corrupted, &set.labels);
                let what = format!("{} by {strength}, round {}", corruption.name(), trained.report.job.round);
                // Two logits may be equal but for rounding, and a gradient zero but for it.
                assert!(found.abs_diff(expected) <= 1, "{what}: {found} instead of {expected}");
            }
        }
        assert!(readings.noise[0] > 150 && readings.fgsm[2] < readings.fgsm[0], "{readings:?}");
    }
}

#[test]
fn readings_on_request_change_nothing_else() {
    let config = config(&SMALL.replace("iterations=200&eval_every=50", "iterations=20&eval_every=10"));
    let (plain, robust) = (trained(&config, false), trained(&config, true));
    for (mut plain, robust) in plain.into_iter().zip(robust) {
        let readings = robust.report.robustness.expect("readings");
        assert!(readings.noise[4] > 500 && plain.report.robustness.is_none(), "{readings:?}");
        assert_eq!(plain.digest(), robust.digest());
        plain.report.robustness = Some(readings);
        assert_eq!(plain, robust);
    }
}

#[test]
fn reports_keep_readings_and_are_the_same_without_them() {
    let config = config(&SMALL.replace("iterations=200&eval_every=50", "iterations=10&eval_every=5"));
    let run = |robust, workers| {
        let mut report = ExperimentReport::new(&config);
        let inputs = TrainingInputs { robust, ..(&mnist::mnist()).into() };
        ticket_lab::run(&mut report, inputs, workers, &mut |_| Ok(())).unwrap();
        report
    };
    let (robust, plain) = (run(true, 2), run(false, 1));
    assert_eq!(robust.run_digest(), plain.run_digest());
    let text = robust.to_file_text();
    assert_eq!(text.matches(r#""robustness":{"noise":["#).count(), robust.finished_jobs().len());
    assert!(!plain.to_file_text().contains("robust"));
    let readings = |report: &ExperimentReport| -> Vec<Option<RobustnessReadings>> {
        report.finished_jobs().values().map(|finished| finished.report.robustness).collect()
    };
    let read = ExperimentReport::from_file_text(&text).unwrap();
    assert_eq!(readings(&read), readings(&robust));
    assert_eq!(readings(&run(true, 1)), readings(&robust));
    // Either may lack them when they are merged.
    for both in [[robust.clone(), plain.clone()], [plain.clone(), robust.clone()]] {
        assert_eq!(readings(&ExperimentReport::merge(both.into()).unwrap()), readings(&robust));
    }
    // More than there are images cannot be.
    let first = readings(&robust)[0].unwrap().noise[0];
    let forged = text.replacen(&format!(r#""noise":[{first},"#), r#""noise":[10001,"#, 1);
    assert!(ExperimentReport::from_file_text(&forged).is_err());
    let table = robust.robustness_csv();
    let rows = robust.finished_jobs().len();
    assert_eq!(table.lines().count(), 1 + rows * 33);
    let line = table.lines().nth(1).unwrap();
    assert!(line.starts_with("3,ticket,0,0,") && line.contains(",noise,0.1,"), "{line}");
    assert_eq!(plain.robustness_csv().lines().count(), 1);
}
