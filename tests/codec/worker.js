// Repeats the samples in a worker: reads what it receives and writes it again.
import init, { difference, repeated } from "./wasm/codec.js";
onmessage = async ({ data }) => {
  await init({ module_or_path: new URL("./wasm/codec_bg.wasm", import.meta.url) });
  postMessage({ difference: difference(data), values: repeated(data) });
};
