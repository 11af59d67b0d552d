//! The messages of the benchmark's worker. `["commands", network, iterations]` asks for the commands that `bench.js` sends
//! to the shipped worker. `["load", file × 4]` provides the data. `["round", network, mask or null]` measures a round.
//! `["product", seconds]` then times only the product's kernels with the mask of that round. `["peak"]` measures the
//! peak performance.

use crate::measure::{StepBenchmark, measure};
use experiment::{arm::Arm, config::ExperimentConfig, job::JobId, preset::Preset};
use js_sys::{Array, Uint8Array};
use model::{Model, data_set::DataSet};
use protocol::{RunUntil, WorkerCommand, codec};
use std::cell::RefCell;
use training::data::LoadedData;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

pub(crate) fn start() {
    std::panic::set_hook(Box::new(|info| post("error", &JsValue::from_str(&info.to_string()))));
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(|message: MessageEvent| {
        let parts: Array = message.data().unchecked_into();
        match parts.get(0).as_string().as_deref() {
            Some("commands") => {
                let iterations = parts.get(2).as_f64().unwrap_or(0.0) as u32;
                post("commands", &commands(config(&parts), iterations));
            }
            Some("load") => load(&parts),
            Some("round") => round(&parts),
            Some("product") => {
                let ms = with_bench(|bench| bench.time_fast_path(parts.get(1).as_f64().unwrap_or(0.0)));
                post("product", &ms.expect("candle runs").into());
            }
            Some("peak") => post("peak", &with_bench(|bench| bench.peak_gflops()).into()),
            _ => post("error", &JsValue::from_str("an unknown message")),
        }
    });
    scope().set_onmessage(Some(listen.as_ref().unchecked_ref()));
    listen.forget();
    post("ready", &JsValue::NULL);
}

/// The experiment whose rounds are measured for the network that a message names: that of the paper for LeNet-300-100, and
/// the quick look at LeNet-5.
fn config(parts: &Array) -> ExperimentConfig {
    match parts.get(1).as_string().as_deref() {
        Some("lenet5") => ExperimentConfig { model: Model::lenet_5(), ..Preset::Quick.config() },
        _ => Preset::Paper.config(),
    }
}

/// The commands that run an experiment's rounds on the shipped worker with fewer iterations: `Load`, then one `Start` for
/// each round.
fn commands(config: ExperimentConfig, iterations: u32) -> JsValue {
    let config = ExperimentConfig { iterations, eval_every: iterations, ..config };
    let starts = (0..=config.rounds).map(|round| WorkerCommand::Start {
        run: 1,
        job: JobId { trial: config.seeds.first(), arm: Arm::Ticket, round, draw: 0, twin: false },
        config: Box::new(config.clone()),
        until: RunUntil::End,
        robust: false,
    });
    let all = std::iter::once(WorkerCommand::Load { data: vec![DataSet::mnist()] }).chain(starts);
    all.map(|command| codec::to_value(&command).expect("plain data")).collect::<Array>().into()
}

thread_local! {
    static BENCH: RefCell<Option<StepBenchmark>> = const { RefCell::new(None) };
}

fn bytes(value: JsValue) -> Option<Vec<u8>> {
    value.dyn_ref().map(Uint8Array::to_vec)
}

fn load(parts: &Array) {
    let files: Vec<Vec<u8>> = parts.iter().filter_map(bytes).collect();
    let files = std::array::from_fn(|i| &files[i][..]);
    let mnist = LoadedData::from_files(&DataSet::mnist(), files).expect("the real MNIST");
    BENCH.set(Some(StepBenchmark::new(mnist, seconds)));
    post("loaded", &JsValue::NULL);
}

fn with_bench<T>(work: impl FnOnce(&mut StepBenchmark) -> T) -> T {
    BENCH.with_borrow_mut(|bench| work(bench.as_mut().expect("loaded before")))
}

fn round(parts: &Array) {
    let model = config(parts).model;
    let measured = with_bench(|bench| measure(bench, &model, bytes(parts.get(2)))).expect("candle runs");
    let row = [measured.weights, measured.oracle_ms, measured.product_ms, measured.eval_ms];
    post("round", &row.iter().map(|x| JsValue::from_f64(*x)).collect::<Array>());
}

fn post(what: &str, value: &JsValue) {
    let message = Array::of2(&JsValue::from_str(what), value);
    scope().post_message(&message).expect("plain data can be sent");
}

fn seconds() -> f64 {
    scope().performance().map_or(0.0, |clock| clock.now() / 1e3)
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
