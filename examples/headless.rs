//! Runs an experiment without a browser.
use std::sync::Arc;
use ticket_lab::lab::{data::Mnist, experiment::*, fragment::Settings, train::*};

fn main() {
    let fragment = std::env::args().nth(1).unwrap_or_default();
    let (settings, refused) = Settings::from_fragment(&fragment);
    for r in refused {
        eprintln!("{r}");
    }
    let read = |name: &str| std::fs::read(format!("assets/mnist/{name}-ubyte.gz")).unwrap();
    let files = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"].map(read);
    let mnist = Arc::new(Mnist::from_files(files.each_ref().map(|f| &f[..])).unwrap());
    let mut schedule = Schedule::new(&settings.config);
    let mut masks = std::collections::BTreeMap::<_, Vec<u8>>::new();
    while let Some(job) = schedule.start(None) {
        let start = std::time::Instant::now();
        let mask = mask_parent(job).map(|p| masks[&p].clone());
        let mut training = Training::new(&settings.config, job, mask, mnist.clone()).unwrap();
        let setup = start.elapsed();
        let mut train = std::time::Duration::ZERO;
        let mut valid = std::time::Duration::ZERO;
        let output = loop {
            let phase = training.is_between_steps();
            let t = std::time::Instant::now();
            let p = training.step().unwrap();
            if phase { train += t.elapsed() } else { valid += t.elapsed() }
            if let Progress::Finished(output) = p {
                break output;
            }
        };
        let r = &output.report;
        println!(
            "{job}: {} weights, early {} test {:.2} / {:.2} train {:.2}; {:.2} s, {:.1} ms setup, {:.3} ms/step, {:.1} ms other",
            r.weights(),
            r.early_stop,
            100.0 * r.test_early.fraction(),
            100.0 * r.test_end.fraction(),
            100.0 * r.train_end.fraction(),
            start.elapsed().as_secs_f64(),
            setup.as_secs_f64() * 1e3,
            train.as_secs_f64() * 1e3 / r.iterations as f64,
            valid.as_secs_f64() * 1e3,
        );
        if let Some(mask) = output.next_mask {
            masks.insert(job, mask);
        }
        schedule.finish(job);
    }
}
