// Runs the library, compiled from Go to WebAssembly, beside the page. The first message has the compiled module, or null: then it is
// fetched; the answer has it. Each later message is a request.

import "./wasm_exec.js";

onmessage = async ({ data }) => {
  onmessage = answer;
  try {
    const module = data.module ?? (await WebAssembly.compile(await fetched()));
    const go = new globalThis.Go();
    go.run(await WebAssembly.instantiate(module, go.importObject));
    postMessage({ module });
  } catch (error) {
    postMessage({ failed: error.message });
  }
};

function answer({ data: { id, name, request } }) {
  postMessage({ id, reply: JSON.parse(globalThis.descentCall(name, JSON.stringify(request))) });
}

/** @returns {Promise<ArrayBuffer>} The library. Some servers have the browser unpack .gz files, most do not: the first byte tells. */
async function fetched() {
  const file = await fetch("./descent.wasm.gz");
  if (!file.ok) throw new Error(`descent.wasm.gz: ${file.status} ${file.statusText}`);
  const blob = await file.blob();
  const [first] = new Uint8Array(await blob.slice(0, 1).arrayBuffer());
  const stream = first === 0x1f ? blob.stream().pipeThrough(new DecompressionStream("gzip")) : blob.stream();
  return new Response(stream).arrayBuffer();
}
