// Loads a worker's WebAssembly. What fails before it listens is thrown, so that the page's Worker gets an error event.
import init from "../wasm/worker.js";
init({ module_or_path: new URL("../wasm/worker_bg.wasm", import.meta.url) }).catch(error => reportError(error));
