// Text for people. Everything that the job wrote goes through show() and into text nodes: never into markup.

// What a reader cannot see becomes visible: controls, ANSI, bidirectional overrides, zero-width and odd spaces.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\ufe0f\u115f\u1160\u3164\uffa0]|(?! )\p{Zs}|(?<=\p{Mn}{2})\p{Mn}/gu;

function show(text) {
  return String(text ?? '').replace(UNSEEN, c => {
    const code = c.codePointAt(0);
    return code < 0x100 ? '\\x' + code.toString(16).padStart(2, '0')
      : code < 0x10000 ? '\\u' + code.toString(16).padStart(4, '0')
        : '\\U' + code.toString(16).padStart(8, '0');
  });
}

function cut(text, length) {
  const chars = [...text];
  if (chars.length <= length) return text;
  const tail = Math.floor((length - 1) / 2);
  return chars.slice(0, length - 1 - tail).join('') + '…' + chars.slice(chars.length - tail).join('');
}

const number = n => Number(n).toLocaleString('en-US');
const many = (n, one, more) => `${number(n)} ${n === 1 ? one : more}`;

function bytes(n) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  let unit = 0;
  while (n >= 999.5 && unit < units.length - 1) { n /= 1000; unit++; }
  return `${unit > 0 && n < 99.95 ? n.toFixed(1) : Math.round(n)} ${units[unit]}`;
}

function duration(s) {
  if (s > 0 && s < 0.0995) return `${(s * 1000).toFixed(s < 0.00995 ? 1 : 0)} ms`;
  if (s < 59.95) return `${s.toFixed(s < 9.995 ? 2 : 1)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(Math.floor(s % 60)).padStart(2, '0')} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor(s / 60 % 60)).padStart(2, '0')} min`;
}
