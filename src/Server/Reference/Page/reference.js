// Draws /api/v1 from its description and sends what is filled in. Text is set as text: nothing of an answer becomes markup.
const methods = ["get", "post", "put", "patch", "delete"];
const longest = 200_000;

const make = (name, text, ...children) => {
  const element = document.createElement(name);
  if (text) element.textContent = text;
  element.append(...children);
  return element;
};

const field = (text, element) => make("label", text, element);

// What $ref points at, within this document.
const resolve = (description, schema) => {
  if (!schema?.$ref) return schema ?? {};
  return schema.$ref.slice(2).split("/").reduce((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], description) ?? {};
};

const typeOf = schema => {
  const types = [schema.type ?? []].flat().filter(type => type !== "null");
  return types.includes("integer") ? "integer" : types[0];
};

// A body to begin with: the names that the schema has, with a value of each type.
const example = (description, given, depth = 0) => {
  const schema = resolve(description, given.oneOf?.find(one => one.type !== "null") ?? given);
  if (depth > 4) return null;
  switch (typeOf(schema)) {
    case "object":
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, of]) => [name, example(description, of, depth + 1)]));
    case "array":
      return [];
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    default:
      return "";
  }
};

const bodyOf = (description, operation) => {
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (!type) return null;
  if (!type.includes("json")) {
    const file = make("input");
    file.type = "file";
    return { type, element: file, read: () => file.files[0] };
  }
  const area = make("textarea");
  area.value = JSON.stringify(example(description, media.schema ?? {}), null, 2);
  return { type, element: area, read: () => area.value };
};

const send = async (method, path, parameters, body, answer) => {
  const query = new URLSearchParams();
  const headers = {};
  let place = path;
  for (const { of, input } of parameters) {
    if (of.in === "path") place = place.replace(`{${of.name}}`, encodeURIComponent(input.value));
    else if (input.value && of.in === "query") query.set(of.name, input.value);
    else if (input.value && of.in === "header") headers[of.name] = input.value;
  }
  const token = document.querySelector("#token").value.trim();
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = body.type;
  const response = await fetch(query.size ? `${place}?${query}` : place, { method: method.toUpperCase(), headers, body: body?.read() });
  const text = await response.text();
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // It is no JSON, and is shown as it is.
  }
  answer.textContent = `${response.status} ${response.statusText}\n\n${shown.slice(0, longest)}${shown.length > longest ? "\n…" : ""}`;
};

const draw = (description, path, method, operation) => {
  const parameters = (operation.parameters ?? []).map(given => ({ of: resolve(description, given), input: make("input") }));
  const body = bodyOf(description, operation);
  const answer = make("pre");
  answer.setAttribute("aria-live", "polite");
  const button = make("button", "Send");
  button.type = "button";
  button.addEventListener("click", () => {
    answer.textContent = "…";
    send(method, path, parameters, body, answer).catch(mistake => { answer.textContent = String(mistake); });
  });
  const responses = make("table", "", ...Object.entries(operation.responses ?? {}).map(([status, of]) =>
    make("tr", "", make("td", status), make("td", resolve(description, of).description ?? ""))));
  return make("details", "",
    make("summary", "", make("b", method.toUpperCase()), make("code", path), ` ${operation.summary ?? ""}`),
    make("p", operation.description ?? ""),
    ...parameters.map(({ of, input }) => field(`${of.name} (${of.in}${of.required ? ", needed" : ""})`, input)),
    ...(body ? [field(body.type, body.element)] : []),
    button, answer, responses);
};

const show = async () => {
  const target = document.querySelector("#operations");
  const description = await (await fetch("/api/v1/openapi.json")).json();
  const token = make("input");
  token.id = "token";
  token.type = "password";
  token.autocomplete = "off";
  target.replaceChildren(field("Bearer token; without one, your session is used", token));
  const byTag = new Map();
  for (const [path, item] of Object.entries(description.paths ?? {})) {
    for (const method of methods.filter(name => item[name])) {
      const tag = item[method].tags?.[0] ?? "";
      byTag.set(tag, [...(byTag.get(tag) ?? []), draw(description, path, method, item[method])]);
    }
  }
  for (const [tag, drawn] of byTag) target.append(make("h2", tag), ...drawn);
};

show().catch(mistake => { document.querySelector("#operations").textContent = `The description cannot be read: ${mistake}`; });
