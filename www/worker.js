// Loads a worker's WebAssembly. If this fails, the error is reported as uncaught, so that the page gets an error event
// of this worker.
import init from "../wasm/worker.js";
init({ module_or_path: new URL("../wasm/worker_bg.wasm", import.meta.url) }).catch(error => reportError(error));
