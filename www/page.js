// Loads the page's WebAssembly. The build puts page.js and page_bg.wasm into wasm/. Failures before Rust runs are shown
// here, in the same element of the page in which Rust shows all others.

import { listen, loadLanguage } from "./language.js";

// The smallest module with a SIMD instruction: i32.const 0, i8x16.splat, i8x16.popcnt, drop.
const simd = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 11, 1, 9, 0, 65, 0, 253, 15, 253, 98, 26, 11);

function hasModuleWorkers() {
  let asked = false;
  try {
    // A browser that supports module workers reads the option before it rejects the address.
    new Worker("http://[", { get type() { asked = true; return "module"; } });
  } catch {
    // Every browser rejects this address.
  }
  return asked;
}

// What has no words of its own here has them in index.html, in the language of the page.
const error = document.getElementById("error");

function fail(title, text, advice) {
  document.body.dataset.state = "failed";
  document.getElementById("where").textContent = error.dataset.where;
  document.getElementById("error-title").textContent = title;
  document.getElementById("error-text").textContent = text;
  document.getElementById("error-advice").textContent = advice;
  document.getElementById("retry").onclick = () => location.reload();
  error.hidden = false;
}

function lacking() {
  if (typeof WebAssembly !== "object") return "WebAssembly";
  if (!WebAssembly.validate(simd)) return "WebAssembly SIMD";
  if (typeof Worker !== "function" || !hasModuleWorkers()) return "module workers";
  return null;
}

const lack = lacking();
if (lack) {
  fail("This browser cannot run Ticket Lab", `It has no ${lack}.`,
    "Chrome or Edge 91, Firefox 114, Safari 16.4 or newer will do. Update this browser or open the page in another.");
} else {
  // After a panic, no Rust code of the page can show the error any more.
  // What a program was told about its own request is for the program.
  const stopped = (fault, from) => {
    if (fault?.name === "TicketLabRequestError") return;
    if (fault instanceof WebAssembly.RuntimeError || String(from).includes("/wasm/page")) {
      fail(error.dataset.stopped, String(fault?.message ?? fault), error.dataset.stoppedAdvice);
    }
  };
  addEventListener("error", event => stopped(event.error, event.filename));
  addEventListener("unhandledrejection", event => stopped(event.reason, event.reason?.stack));
  try {
    // The words come while the WebAssembly does.
    const words = loadLanguage();
    const { default: init, start, logits, activations, pixelGradient, keptNetworks, trainAgain } =
      await import("../wasm/page.js");
    // For programs; the README describes it.
    window.ticketLab = Object.freeze({ logits, activations, pixelGradient, keptNetworks, trainAgain });
    await init({ module_or_path: new URL("../wasm/page_bg.wasm", import.meta.url) });
    const { language, ...spoken } = await words;
    start(spoken);
    listen(language);
    import("./offline.js").catch(() => {}); // Without it, the page works as long as there is a network.
  } catch (fault) {
    fail(error.dataset.notStarted, String(fault?.message ?? fault), error.dataset.notStartedAdvice);
  }
}
