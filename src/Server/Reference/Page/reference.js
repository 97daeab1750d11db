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
  const target = query.size ? `${place}?${query}` : place;
  const began = performance.now();
  const response = await fetch(target, { method: method.toUpperCase(), headers, body: body?.read() });
  const text = await response.text();
  const took = Math.round(performance.now() - began);
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // It is no JSON, and is shown as it is.
  }
  const status = make("b", `${response.status} ${response.statusText}`);
  status.className = response.ok ? "good" : "bad";
  answer.replaceChildren(
    make("p", "", status, ` in ${took} ms · `, make("code", `${method.toUpperCase()} ${target}`)),
    make("details", "", make("summary", "headers"),
      make("table", "", ...[...response.headers].map(([name, value]) => make("tr", "", make("th", name), make("td", value))))),
    make("pre", `${shown.slice(0, longest)}${shown.length > longest ? "\n…" : ""}` || "(no body)"));
};

const draw = (description, path, method, operation) => {
  const parameters = (operation.parameters ?? []).map(given => ({ of: resolve(description, given), input: make("input") }));
  const body = bodyOf(description, operation);
  const answer = make("div");
  answer.className = "answer";
  answer.setAttribute("aria-live", "polite");
  const form = make("form", "",
    ...parameters.map(({ of, input }) => {
      input.required = Boolean(of.required);
      return field(`${of.name} (${of.in}${of.required ? ", needed" : ""}) ${of.description ?? ""}`.trimEnd(), input);
    }),
    ...(body ? [field(body.type, body.element)] : []),
    make("button", "Send"));
  form.addEventListener("submit", event => {
    event.preventDefault();
    answer.textContent = "…";
    send(method, path, parameters, body, answer).catch(mistake => { answer.textContent = String(mistake); });
  });
  const responses = make("table", "", ...Object.entries(operation.responses ?? {}).map(([status, of]) =>
    make("tr", "", make("td", status), make("td", resolve(description, of).description ?? ""))));
  return make("details", "",
    make("summary", "", make("b", method.toUpperCase()), make("code", path), make("span", operation.summary ?? "")),
    make("p", operation.description ?? ""), form, answer, responses);
};

const show = async () => {
  const target = document.querySelector("#operations");
  const description = await (await fetch("/api/v1/openapi.json")).json();
  const token = make("input");
  token.id = "token";
  token.type = "password";
  token.autocomplete = "off";
  target.replaceChildren(field("API key, job token or uploadToken; without one, your session is used", token));
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
