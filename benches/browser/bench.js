// Runs the paper's rounds, shortened, on the worker that ships; then has the benchmark's worker time the oracle and the
// product's path at the masks that came out. The result is left in window.bench, an error in window.benchError.
const FILES = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];
const ITERATIONS = 300;
// Further rounds in which the worker's memory must not grow; none with the fragment #short.
const ROUNDS_FOR_MEMORY = location.hash === "#short" ? 0 : 200;

function log(text) {
  document.getElementById("log").textContent += text + "\n";
}

// A worker whose messages are taken one at a time.
function listen(url) {
  const worker = new Worker(url, { type: "module" });
  const waiting = [], inbox = [];
  const take = (message) => (waiting.length ? waiting.shift()(message) : inbox.push(message));
  worker.onmessage = (event) => take(event.data);
  worker.onerror = (event) => take(["error", event.message]);
  const next = () => (inbox.length ? Promise.resolve(inbox.shift()) : new Promise((r) => waiting.push(r)));
  return { worker, next };
}

// The next event of that name, or an error.
async function event(from, name, seen = () => {}) {
  for (;;) {
    const message = await from.next();
    const control = message[0];
    if (control === "error") throw new Error(message[1]);
    if (control?.Failed) throw new Error(control.Failed.failure.message);
    if (control === name || control?.[name]) return message;
    seen(message);
  }
}

async function shipped(commands, files, masks) {
  const ship = listen("www/worker.js");
  await event(ship, "Ready");
  ship.worker.postMessage([commands[0], ...files]);
  await event(ship, "Loaded");
  const steps = [];
  let memory = 0;
  for (const [round, start] of commands.slice(1).entries()) {
    let first, last;
    const mask = masks[round - 1];
    ship.worker.postMessage(mask ? [start, mask] : [start]);
    const done = await event(ship, "Finished", ([control]) => {
      const p = control.Progress;
      if (p && p.phase === "Train" && p.iteration < ITERATIONS) first ? (last = p) : (first = p);
    });
    steps.push(last ? ((last.seconds - first.seconds) * 1e3) / (last.iteration - first.iteration) : null);
    memory = done[0].Finished.memory;
    if (done[1]) masks.push(done[1]);
    log(`shipped worker, round ${round}: ${done[0].Finished.seconds.toFixed(2)} s`);
  }
  const before = memory;
  for (let k = 0; k < ROUNDS_FOR_MEMORY; k++) {
    // Sparse rounds, for they are short, and a dense one among twenty.
    const round = k % 20 === 0 ? 1 : 8 + (k % 13);
    const start = structuredClone(commands[1 + round]);
    start.Start.config.iterations = start.Start.config.eval_every = 5;
    ship.worker.postMessage([start, masks[round - 1]]);
    memory = (await event(ship, "Finished"))[0].Finished.memory;
  }
  ship.worker.terminate();
  return { worker_step_ms: steps, worker_memory_bytes: before, worker_memory_bytes_after_200_rounds: memory };
}

async function main() {
  const fetched = await Promise.all(FILES.map((name) => fetch(`assets/mnist/${name}-ubyte.gz`)));
  const files = await Promise.all(fetched.map(async (file) => new Uint8Array(await file.arrayBuffer())));
  const bench = listen("bench_worker.js");
  await event(bench, "ready");
  bench.worker.postMessage(["commands", ITERATIONS]);
  const commands = (await event(bench, "commands"))[1];
  const masks = [];
  const result = await shipped(commands, files, masks);
  bench.worker.postMessage(["measure", ...files, ...masks]);
  result.peak_gflops = (await event(bench, "peak"))[1];
  const rounds = [];
  await event(bench, "done", ([what, row]) => {
    if (what !== "round") return;
    const [round, weights, oracle_ms, product_ms, eval_ms] = row;
    rounds.push({ round, weights, oracle_ms, product_ms, eval_ms, worker_ms: result.worker_step_ms[round] });
    log(`round ${round}: ${weights} weights, oracle ${oracle_ms.toFixed(2)} ms, product ${product_ms.toFixed(3)} ms, validation ${eval_ms.toFixed(1)} ms`);
  });
  delete result.worker_step_ms;
  const sum = (key) => rounds.reduce((total, r) => total + r[key], 0);
  return { rounds, oracle_chain_ms: sum("oracle_ms"), product_chain_ms: sum("product_ms"), ...result };
}

main().then(
  (result) => { window.bench = result; document.body.dataset.state = "done"; },
  (error) => { window.benchError = String(error); log(error); document.body.dataset.state = "failed"; },
);
