// Loads the page's WebAssembly. The build puts page.js and page_bg.wasm into wasm/.
import init from "../wasm/page.js";
init();
