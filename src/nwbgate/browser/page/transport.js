// Ways to the data: all answer get(key) with a promise of the same bytes.

// A live server, below the address of the page.
export function httpTransport(base) {
  return {
    live: true,
    address: (key) => new URL(`data/${key}`, base).href,
    async get(key) {
      const answer = await fetch(new URL(`data/${key}`, base));
      if (!answer.ok) throw new Error(await answer.text());
      return answer.arrayBuffer();
    },
  };
}

// Files of a static host: each key a gzip file, inflated here, so that the host needs to know nothing.
export function fileTransport(base) {
  return {
    live: false,
    async get(key) {
      const answer = await fetch(new URL(`data/${key}.gz`, base));
      if (!answer.ok) throw new Error(`not in this export: ${key}`);
      return inflate(answer.body, "gzip");
    },
  };
}

// Keys and gzip files as base64 in an element of the page itself.
export function embeddedTransport(element) {
  const content = JSON.parse(element.textContent);
  return {
    live: false,
    async get(key) {
      if (!Object.hasOwn(content, key)) throw new Error(`not in this file: ${key}`);
      const bytes = Uint8Array.from(atob(content[key]), (letter) => letter.charCodeAt(0));
      return inflate(new Blob([bytes]).stream(), "gzip");
    },
  };
}

// The comm of a notebook: one message asks, one with the same number answers.
export function commTransport(model) {
  const waiting = new Map();
  let last = 0;
  model.on("msg:custom", (message, buffers) => {
    const asked = waiting.get(message.number);
    if (!asked) return;
    waiting.delete(message.number);
    if (message.error) asked.reject(new Error(message.error));
    else asked.resolve(copyOf(buffers[0]));
  });
  return {
    live: true,
    get: (key) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        model.send({ number: last, key });
      }),
  };
}

export function inflate(stream, format) {
  return new Response(stream.pipeThrough(new DecompressionStream(format))).arrayBuffer();
}

// Buffers of a comm are views of a larger buffer, at any offset; typed arrays need their own.
function copyOf(view) {
  if (view instanceof ArrayBuffer) return view;
  return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
}
