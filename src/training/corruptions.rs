//! Corrupts images, given and returned as pixel values in [0, 1], channel after channel and row by row.

use crate::rng::RandomStream;
use experiment::{purpose::RandomPurpose, robustness::Corruption};
use model::ImageSize;

/// The noise of one test image in a trial: a standard normal number for each pixel. All networks of the trial and all strengths have
/// the same.
pub fn noise(trial: u32, image: u32, pixels: usize) -> Vec<f64> {
    let mut stream = RandomStream::new(trial, RandomPurpose::CorruptionNoise, 0, image);
    let mut normals = Vec::with_capacity(pixels + 1);
    while normals.len() < pixels {
        normals.extend(<[f64; 2]>::from(stream.normal_pair()));
    }
    normals.truncate(pixels);
    normals
}

/// An image with noise of this standard deviation, given a standard normal number for each of its pixels.
pub fn noisy(image: &[f32], normals: &[f64], deviation: f64) -> Vec<f32> {
    let pixel = |(value, normal): (&f32, &f64)| clipped(f64::from(*value) + deviation * normal);
    image.iter().zip(normals).map(pixel).collect()
}

/// An image under a corruption that draws nothing and asks no network; under any other one it stays as it is. Each channel is
/// moved, turned and blurred by itself; the contrast is that of the whole image.
pub fn corrupted(image: &[f32], size: ImageSize, corruption: Corruption, strength: f64) -> Vec<f32> {
    match corruption {
        Corruption::Contrast => {
            let mean = image.iter().map(|value| f64::from(*value)).sum::<f64>() / image.len() as f64;
            image.iter().map(|value| clipped(mean + strength * (f64::from(*value) - mean))).collect()
        }
        Corruption::Noise | Corruption::Fgsm => image.to_vec(),
        Corruption::Blur | Corruption::Stripe | Corruption::Rotation | Corruption::Shift => {
            let (width, height) = (size.width as usize, size.height as usize);
            let channels = image.chunks_exact(width * height);
            channels
                .flat_map(|channel| channel_corrupted(channel, (width, height), corruption, strength))
                .collect()
        }
    }
}

fn channel_corrupted(
    image: &[f32],
    (width, height): (usize, usize),
    corruption: Corruption,
    strength: f64,
) -> Vec<f32> {
    match corruption {
        Corruption::Blur => blurred(image, (width, height), strength),
        Corruption::Stripe => {
            let half = (strength / 2.0) as usize;
            let stripe = (width / 2).saturating_sub(half)..width / 2 + half;
            let pixel = |(at, value): (usize, &f32)| {
                if stripe.contains(&(at % width)) { 1.0 - value } else { *value }
            };
            image.iter().enumerate().map(pixel).collect()
        }
        Corruption::Rotation => rotated(image, (width, height), strength),
        Corruption::Shift => {
            let by = strength as usize;
            let pixel = |at: usize| {
                let (row, column) = (at / width, at % width);
                if row < by || column < by { 0.0 } else { image[(row - by) * width + column - by] }
            };
            (0..image.len()).map(pixel).collect()
        }
        Corruption::Contrast | Corruption::Noise | Corruption::Fgsm => image.to_vec(),
    }
}

/// An image whose pixels are moved by `strength` along the signs of its loss's gradient.
pub fn moved_along_gradient(image: &[f32], gradient: &[f32], strength: f64) -> Vec<f32> {
    let pixel = |(value, slope): (&f32, &f32)| {
        // A slope that is not a number has no sign, and zero has none either.
        let sign = f64::from(i8::from(*slope > 0.0) - i8::from(*slope < 0.0));
        clipped(f64::from(*value) + strength * sign)
    };
    image.iter().zip(gradient).map(pixel).collect()
}

fn clipped(value: f64) -> f32 {
    value.clamp(0.0, 1.0) as f32
}

/// Blurs rows, then columns. Outside of the image it is dark. The kernel reaches three standard deviations to each side.
fn blurred(image: &[f32], (width, height): (usize, usize), deviation: f64) -> Vec<f32> {
    let reach = (3.0 * deviation).ceil() as usize;
    let bell = |at: usize| {
        let scaled = (at as f64 - reach as f64) / deviation;
        libm::exp(-0.5 * scaled * scaled)
    };
    let kernel: Vec<f64> = (0..=2 * reach).map(bell).collect();
    let sum: f64 = kernel.iter().sum();
    let kernel: Vec<f64> = kernel.iter().map(|weight| weight / sum).collect();
    let mut values: Vec<f64> = image.iter().map(|value| f64::from(*value)).collect();
    for (lines, start_of_line, step, count) in [(height, width, 1, width), (width, 1, width, height)] {
        let mut padded = vec![0.0; count + 2 * reach];
        for line in 0..lines {
            let place = |at: usize| line * start_of_line + at * step;
            (0..count).for_each(|at| padded[reach + at] = values[place(at)]);
            for (at, near) in padded.windows(kernel.len()).enumerate() {
                values[place(at)] = kernel.iter().zip(near).map(|(weight, value)| weight * value).sum();
            }
        }
    }
    values.into_iter().map(clipped).collect()
}

/// Turns an image about its middle. Between pixels it is interpolated bilinearly, and outside of the image it is dark.
fn rotated(image: &[f32], (width, height): (usize, usize), degrees: f64) -> Vec<f32> {
    let (sin, cos) = libm::sincos(degrees * std::f64::consts::PI / 180.0);
    let (middle_x, middle_y) = ((width as f64 - 1.0) / 2.0, (height as f64 - 1.0) / 2.0);
    let value = |x: i32, y: i32| {
        let inside = (0..width as i32).contains(&x) && (0..height as i32).contains(&y);
        if inside { f64::from(image[y as usize * width + x as usize]) } else { 0.0 }
    };
    let pixel = |at: usize| {
        let (x, y) = ((at % width) as f64 - middle_x, (at / width) as f64 - middle_y);
        // Rows go downwards, so that this is where an anticlockwise turn has come from.
        let (from_x, from_y) = (cos * x - sin * y + middle_x, sin * x + cos * y + middle_y);
        let (left, top) = (from_x.floor(), from_y.floor());
        let (right_share, bottom_share) = (from_x - left, from_y - top);
        let (left, top) = (left as i32, top as i32);
        let upper = value(left, top) * (1.0 - right_share) + value(left + 1, top) * right_share;
        let lower = value(left, top + 1) * (1.0 - right_share) + value(left + 1, top + 1) * right_share;
        clipped(upper * (1.0 - bottom_share) + lower * bottom_share)
    };
    (0..image.len()).map(pixel).collect()
}
