// Loads a worker's WebAssembly. What fails before it listens is thrown, so that the page's Worker gets an error event.
import init from "../wasm/worker.js";
init().catch(error => reportError(error));
