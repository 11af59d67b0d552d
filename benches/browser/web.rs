//! Messages of the benchmark's worker: `["commands", iterations]` asks for what to tell the shipped worker,
//! `["measure", file × 4, mask × 20]` measures.

use crate::measure::{Bench, measure};
use js_sys::{Array, Uint8Array};
use ticket_lab::{
    lab::{
        config::{Config, Preset},
        data::Mnist,
        job::{Arm, JobId},
    },
    protocol::{Command, Until, js},
};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

pub(crate) fn start() {
    std::panic::set_hook(Box::new(|info| post("error", &JsValue::from_str(&info.to_string()))));
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(|message: MessageEvent| {
        let parts: Array = message.data().unchecked_into();
        match parts.get(0).as_string().as_deref() {
            Some("commands") => post("commands", &commands(parts.get(1).as_f64().unwrap_or(0.0) as u32)),
            Some("measure") => run(&parts),
            _ => post("error", &JsValue::from_str("an unknown message")),
        }
    });
    scope().set_onmessage(Some(listen.as_ref().unchecked_ref()));
    listen.forget();
    post("ready", &JsValue::NULL);
}

/// The paper's rounds on the shipped worker, with fewer iterations: `Load`, then one `Start` a round.
fn commands(iterations: u32) -> JsValue {
    let config = Config { iterations, eval_every: iterations, ..Preset::Paper.config() };
    let starts = (0..=config.rounds).map(|round| Command::Start {
        run: 1,
        job: JobId { trial: config.seed, arm: Arm::Ticket, round, draw: 0 },
        config: config.clone(),
        until: Until::End,
    });
    let all = std::iter::once(Command::Load).chain(starts);
    all.map(|command| js::to_value(&command).expect("plain data")).collect::<Array>().into()
}

fn run(parts: &Array) {
    let bytes: Vec<Vec<u8>> =
        parts.iter().skip(1).map(|part| part.unchecked_into::<Uint8Array>().to_vec()).collect();
    let (files, masks) = bytes.split_at(4);
    let mnist = Mnist::from_files(std::array::from_fn(|i| &files[i][..])).expect("the real MNIST");
    let mut bench = Bench::new(mnist, seconds);
    post("peak", &bench.peak_gflops().into());
    for round in 0..=masks.len() {
        let mask = round.checked_sub(1).map(|r| masks[r].clone());
        let measured = measure(&mut bench, mask).expect("candle runs");
        let row = [round as f64, measured.weights, measured.oracle_ms, measured.product_ms, measured.eval_ms];
        post("round", &row.iter().map(|x| JsValue::from_f64(*x)).collect::<Array>());
    }
    post("done", &JsValue::NULL);
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
