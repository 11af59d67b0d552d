// Runs the paper's rounds, shortened, on the worker that ships; then, at the masks that came out, has the benchmark's
// worker time the oracle and the product's path in turns, and then the product's path and the worker that ships in turns,
// round by round. The result is left in window.bench, an error in window.benchError.
const FILES = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];
const ITERATIONS = 300;
// How often the worker that ships is timed in a round, and for how many seconds each time.
const TURNS = 5;
const TURN = 0.4;
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

// The masks of the paper's rounds, and the worker's memory before and after many more.
async function prune(ship, commands, files) {
  ship.worker.postMessage([commands[0], ...files]);
  await event(ship, "Loaded");
  const masks = [null];
  let memory = 0;
  for (const [round, start] of commands.slice(1).entries()) {
    ship.worker.postMessage(masks[round] ? [start, masks[round]] : [start]);
    const done = await event(ship, "Finished");
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
    ship.worker.postMessage([start, masks[round]]);
    memory = (await event(ship, "Finished"))[0].Finished.memory;
  }
  return { masks, worker_memory_bytes: before, worker_memory_bytes_after_200_rounds: memory };
}

// Milliseconds of a training step in the worker that ships: the median over what it tells of its progress in TURN, the
// first third not counted.
async function shippedStep(ship, command, mask, expected) {
  const start = structuredClone(command);
  const iterations = Math.ceil((1e3 * TURN) / expected);
  start.Start.config.iterations = start.Start.config.eval_every = iterations;
  start.Start.run = ++runs;
  ship.worker.postMessage(mask ? [start, mask] : [start]);
  const told = [];
  await event(ship, "Evaluated", ([control]) => {
    const p = control.Progress;
    // After its last step it validates.
    const training = p && p.run === runs && p.iteration < iterations;
    if (training && p.iteration > iterations / 3) told.push([p.seconds, p.iteration]);
  });
  ship.worker.postMessage(["Cancel"]);
  const steps = told.slice(1).map(([seconds, iteration], k) => (1e3 * (seconds - told[k][0])) / (iteration - told[k][1]));
  if (!steps.some(Number.isFinite)) throw new Error("the worker that ships told nothing of its progress");
  return median(steps.filter(Number.isFinite));
}
let runs = 1;

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

// The worker that ships beside the product's path in the benchmark's worker: its milliseconds, and how many times the
// other's they are, by medians of the turns.
async function shipped(ship, bench, command, mask, expected) {
  const worker = [], ratios = [];
  for (let turn = 0; turn < TURNS; turn++) {
    bench.worker.postMessage(["product", TURN]);
    const product = (await event(bench, "product"))[1];
    worker.push(await shippedStep(ship, command, mask, expected));
    ratios.push(worker[turn] / product);
  }
  return { worker_ms: median(worker), worker_ratio: median(ratios) };
}

async function main() {
  const fetched = await Promise.all(FILES.map((name) => fetch(`assets/mnist/${name}-ubyte.gz`)));
  const files = await Promise.all(fetched.map(async (file) => new Uint8Array(await file.arrayBuffer())));
  const [ship, bench] = [listen("www/worker.js"), listen("bench_worker.js")];
  await Promise.all([event(ship, "Ready"), event(bench, "ready")]);
  bench.worker.postMessage(["commands", ITERATIONS]);
  const commands = (await event(bench, "commands"))[1];
  const { masks, ...memory } = await prune(ship, commands, files);
  bench.worker.postMessage(["load", ...files]);
  await event(bench, "loaded");
  // The best of all rounds, for a machine may be slow for a while.
  let peak_gflops = 0;
  const rounds = [];
  for (const [round, start] of commands.slice(1).entries()) {
    bench.worker.postMessage(["round", round, masks[round]]);
    const [weights, oracle_ms, product_ms, eval_ms] = (await event(bench, "round"))[1];
    const { worker_ms, worker_ratio } = await shipped(ship, bench, start, masks[round], product_ms);
    rounds.push({ round, weights, oracle_ms, product_ms, eval_ms, worker_ms, worker_ratio });
    bench.worker.postMessage(["peak"]);
    peak_gflops = Math.max(peak_gflops, (await event(bench, "peak"))[1]);
    log(`round ${round}: ${weights} weights, oracle ${oracle_ms.toFixed(2)} ms, product ${product_ms.toFixed(3)} ms, shipped ${worker_ms.toFixed(3)} ms, validation ${eval_ms.toFixed(1)} ms`);
  }
  const sum = (key) => rounds.reduce((total, r) => total + r[key], 0);
  return { rounds, oracle_chain_ms: sum("oracle_ms"), product_chain_ms: sum("product_ms"), peak_gflops, ...memory };
}

main().then(
  (result) => { window.bench = result; document.body.dataset.state = "done"; },
  (error) => { window.benchError = String(error); log(error); document.body.dataset.state = "failed"; },
);
