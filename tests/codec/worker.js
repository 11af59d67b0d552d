// Repeats the samples in a worker: what comes is read there and written anew.
import init, { difference, repeated } from "./wasm/codec.js";
onmessage = async ({ data }) => {
  await init({ module_or_path: new URL("./wasm/codec_bg.wasm", import.meta.url) });
  postMessage({ difference: difference(data), values: repeated(data) });
};
