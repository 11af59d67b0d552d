// Runs the paper's rounds with fewer iterations on the shipped worker, to get a mask for each round, then those of the quick
// look at LeNet-5. For each mask, the
// benchmark's worker then times the oracle and the product's kernels, alternating. After that, the product's kernels
// and the shipped worker are timed, also alternating. The result is stored in window.bench, or an error in
// window.benchError.
const FILES = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];
const ITERATIONS = 300;
// The number of times that the shipped worker is timed in a round, and the seconds that each time takes.
const TURNS = 5;
const TURN = 0.4;
// The number of further rounds in which the memory of the worker must not grow. The fragment #short skips them, and
// #only=lenet5 skips LeNet-300-100.
const ROUNDS_FOR_MEMORY = location.hash === "#short" ? 0 : 200;

function log(text) {
  document.getElementById("log").textContent += text + "\n";
}

// Starts a worker whose messages can be read one at a time.
function listen(url) {
  const worker = new Worker(url, { type: "module" });
  const waiting = [], inbox = [];
  const take = (message) => (waiting.length ? waiting.shift()(message) : inbox.push(message));
  worker.onmessage = (event) => take(event.data);
  worker.onerror = (event) => take(["error", event.message]);
  const next = () => (inbox.length ? Promise.resolve(inbox.shift()) : new Promise((r) => waiting.push(r)));
  return { worker, next };
}

// Waits for the next event with this name. Throws if the worker reports an error.
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

// Returns the masks of the paper's rounds, and the worker's memory in bytes before and after many more rounds.
async function prune(ship, commands, furtherRounds) {
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
  for (let k = 0; k < furtherRounds; k++) {
    // Mostly sparse rounds, because they are short, and in one of twenty the nearly dense round 1.
    const round = k % 20 === 0 ? 1 : 8 + (k % 13);
    const start = structuredClone(commands[1 + round]);
    start.Start.config.iterations = start.Start.config.eval_every = 5;
    ship.worker.postMessage([start, masks[round]]);
    memory = (await event(ship, "Finished"))[0].Finished.memory;
  }
  return { masks, worker_memory_bytes: before, worker_memory_bytes_after_200_rounds: memory };
}

// Returns the milliseconds of a training step in the shipped worker: the median over the progress events of a run of
// TURN seconds. Its first third is ignored.
async function shippedStep(ship, command, mask, expected) {
  const start = structuredClone(command);
  const iterations = Math.ceil((1e3 * TURN) / expected);
  start.Start.config.iterations = start.Start.config.eval_every = iterations;
  start.Start.run = ++runs;
  ship.worker.postMessage(mask ? [start, mask] : [start]);
  const told = [];
  await event(ship, "Evaluated", ([control]) => {
    const p = control.Progress;
    // After its last step the worker validates, which must not count as training.
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

// Times the shipped worker and the product's kernels in the benchmark's worker, alternating. Returns the worker's
// milliseconds for a step and its ratio to the kernels' milliseconds, as medians over the turns.
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

// Measures every round of a network's experiment.
async function measure(network, ship, bench, files, furtherRounds) {
  bench.worker.postMessage(["commands", network, ITERATIONS]);
  const commands = (await event(bench, "commands"))[1];
  if (files) {
    ship.worker.postMessage([commands[0], ...files]);
    await event(ship, "Loaded");
  }
  const { masks, ...memory } = await prune(ship, commands, furtherRounds);
  // This is the best value of all rounds, because a machine may be slow for a while.
  let peak_gflops = 0;
  const rounds = [];
  for (const [round, start] of commands.slice(1).entries()) {
    bench.worker.postMessage(["round", network, masks[round]]);
    const [weights, oracle_ms, product_ms, eval_ms] = (await event(bench, "round"))[1];
    const { worker_ms, worker_ratio } = await shipped(ship, bench, start, masks[round], product_ms);
    rounds.push({ round, weights, oracle_ms, product_ms, eval_ms, worker_ms, worker_ratio });
    bench.worker.postMessage(["peak"]);
    peak_gflops = Math.max(peak_gflops, (await event(bench, "peak"))[1]);
    log(`${network}, round ${round}: ${weights} weights, oracle ${oracle_ms.toFixed(2)} ms, product ${product_ms.toFixed(3)} ms, shipped ${worker_ms.toFixed(3)} ms, validation ${eval_ms.toFixed(1)} ms`);
  }
  const sum = (key) => rounds.reduce((total, r) => total + r[key], 0);
  return { rounds, oracle_chain_ms: sum("oracle_ms"), product_chain_ms: sum("product_ms"), peak_gflops, ...memory };
}

async function main() {
  const fetched = await Promise.all(FILES.map((name) => fetch(`assets/mnist/${name}-ubyte.gz`)));
  const files = await Promise.all(fetched.map(async (file) => new Uint8Array(await file.arrayBuffer())));
  const [ship, bench] = [listen("www/worker.js"), listen("bench_worker.js")];
  await Promise.all([event(ship, "Ready"), event(bench, "ready")]);
  bench.worker.postMessage(["load", ...files]);
  await event(bench, "loaded");
  const only = new URLSearchParams(location.hash.slice(1)).get("only");
  const lenet300 = only === "lenet5" ? null : await measure("lenet300", ship, bench, files, ROUNDS_FOR_MEMORY);
  const { rounds, oracle_chain_ms, product_chain_ms } = await measure("lenet5", ship, bench, lenet300 ? null : files, 0);
  return { ...lenet300, lenet5: { rounds, oracle_chain_ms, product_chain_ms } };
}

main().then(
  (result) => { window.bench = result; document.body.dataset.state = "done"; },
  (error) => { window.benchError = String(error); log(error); document.body.dataset.state = "failed"; },
);
