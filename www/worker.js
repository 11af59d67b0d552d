// Loads a worker's WebAssembly.
import init from "../wasm/worker.js";
init();
