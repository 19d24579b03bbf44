// The emulator's demo API.

export class ApiError extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

async function call(path, options) {
  const response = await fetch(path, options);
  if (!response.ok) {
    const body = await response.json().catch(() => ({}));
    throw new ApiError(response.status, typeof body.detail === "string" ? body.detail : response.statusText);
  }
  return response.json();
}

const post = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

function formOf(file, fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined && value !== null) form.set(name, value);
  form.set("file", file, file.name || "file");
  return form;
}

export const api = {
  about: () => call("/demo/about"),
  state: (person) => call(`/demo/state?person=${person}`),
  messages(chat, person, { limit = 200, before } = {}) {
    const query = new URLSearchParams({ person, limit });
    if (before) query.set("before", before);
    return call(`/demo/chats/${chat}/messages?${query}`);
  },
  say: (chat, message) => post(`/demo/chats/${chat}/messages`, message),
  edit: (chat, change) => post(`/demo/chats/${chat}/edit`, change),
  press: (chat, tap) => post(`/demo/chats/${chat}/press`, tap),
  stop: (chat, request) => post(`/demo/chats/${chat}/stop`, request),
  sendFile: (chat, file, fields) => call(`/demo/chats/${chat}/files`, { method: "POST", body: formOf(file, fields) }),
  samples: () => call("/demo/samples"),
  sampleUrl: (name) => `/demo/samples/${encodeURIComponent(name)}`,
  speak: (chat, file, fields) => call(`/demo/chats/${chat}/speech`, { method: "POST", body: formOf(file, fields) }),
  fileUrl: (fileId) => `/demo/files/${encodeURIComponent(fileId)}`,
  events: (person) => new EventSource(`/demo/events?person=${person}`),
};
