// Loads the benchmark's WebAssembly.
import init from "./wasm/bench.js";
init({ module_or_path: new URL("./wasm/bench_bg.wasm", import.meta.url) }).catch((error) => reportError(error));
