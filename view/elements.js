// Elements of the page, made by calls: no markup is ever parsed.

function el(name, attributes, ...children) {
  const node = name.startsWith('svg:')
    ? document.createElementNS('http://www.w3.org/2000/svg', name.slice(4))
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined && child !== ''));
  return node;
}

const text = (value, length) => {
  const shown = show(value);
  return length && [...shown].length > length
    ? el('span', { class: 'data', title: shown }, cut(shown, length))
    : el('span', { class: 'data' }, shown);
};

const badge = verdict => el('span', { class: `badge ${verdict}` }, `${SIGNS[verdict] ?? '•'} ${verdict}`);

function copyButton(label, content) {
  const button = el('button', { type: 'button', onclick: async event => {
    event.stopPropagation();
    try {
      await navigator.clipboard.writeText(content);
      button.textContent = 'copied';
    } catch {
      // No clipboard from a file: page in this browser: select it, so that the usual keys copy it.
      const field = el('textarea', { class: 'offscreen', readonly: true, 'aria-hidden': 'true' });
      field.value = content;
      document.body.append(field);
      field.select();
      button.textContent = document.execCommand('copy') ? 'copied' : 'not allowed to copy';
      field.remove();
    }
  } }, label);
  return button;
}
