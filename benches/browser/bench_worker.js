// Loads the benchmark's WebAssembly.
import init from "./wasm/bench.js";
init();
