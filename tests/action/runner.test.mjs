import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { annotate, escapeData, escapeProperty, printable, say, summarise, write } from '../../action/runner.mjs';
import { folder, printed, readCommands } from './lab.mjs';

test('data of a command escapes percent signs and line ends', () => {
  for (const [text, expected] of [
    ['plain', 'plain'], ['100%', '100%25'], ['a\nb', 'a%0Ab'], ['a\r\nb', 'a%0D%0Ab'], ['%0A', '%250A'],
    ['a:b,c', 'a:b,c'], ['::error::x', '::error::x'], ['$(id) `id` "\'', '$(id) `id` "\''], ['ü😀', 'ü😀'],
  ]) {
    assert.equal(escapeData(text), expected);
  }
});

test('a property of a command escapes colons and commas too', () => {
  for (const [text, expected] of [
    ['a:b', 'a%3Ab'], ['a,file=/etc/passwd', 'a%2Cfile=/etc/passwd'], ['::', '%3A%3A'], ['%3A', '%253A'], ['\n', '%0A'],
  ]) {
    assert.equal(escapeProperty(text), expected);
  }
});

test('control characters, those that turn the direction, and the older command prefix are shown, not obeyed', () => {
  for (const [text, expected] of [
    ['\u001b[31m', '\\u{1b}[31m'], ['a\u202eb', 'a\\u{202e}b'], ['\u2028', '\\u{2028}'], ['\ud800', '\\u{d800}'],
    ['\u0000', '\\u{0}'], ['##[set-env name=A]b', '# #[set-env name=A]b'], ['a\nb', 'a\nb'], ['é😀', 'é😀'],
  ]) {
    assert.equal(printable(text), expected);
  }
});

test('no text becomes a command of its own', async () => {
  const hostile = '\n::error::forged\n##[add-mask]x\r::set-output name=a::b';
  const { lines } = await printed(() => {
    say(hostile);
    annotate([{ level: 'warning', title: `t${hostile}`, message: `m${hostile}` }]);
  });
  assert.equal(lines.length, 2);
  assert.match(lines[0], /^sallyport  /);
  assert.match(lines[1], /^::warning title=t%0A%3A%3Aerror%3A%3Aforged/);
  assert.ok(lines.every((line) => !line.includes('##[') && !line.includes('\r')));
});

test('of a level ten annotations are printed, the rest of them in the tenth', async () => {
  const many = Array.from({ length: 25 }, (_, i) => ({ level: 'error', title: `t${i}`, message: `m${i}` }));
  const ten = many.slice(0, 10).map((one) => ({ ...one, level: 'notice' }));
  const { lines } = await printed(() => annotate([...many, ...ten, { level: 'unheard of', message: 'x' }]));
  const errors = lines.filter((line) => line.startsWith('::error'));
  assert.equal(errors.length, 10);
  assert.match(errors[9], /^::error title=16 more::t9: m9%0At10: m10/);
  assert.match(errors[9], /t24: m24$/);
  assert.equal(lines.filter((line) => line.startsWith('::notice')).length, 10);
  assert.deepEqual(lines.filter((line) => line.startsWith('::warning')), ['::warning::x']);
});

test('a message of a mebibyte is cut', async () => {
  const { lines } = await printed(() => annotate([{ level: 'error', message: 'x'.repeat(1 << 20) }]));
  assert.ok(lines[0].length < 4096);
});

test('a value cannot end itself and set another output', (t) => {
  const file = join(folder(t), 'output');
  writeFileSync(file, '');
  write(file, 'report', 'a\nsallyport_0\nEOF\nrefused=0\nrefused<<EOF\n0\nEOF');
  write(file, 'refused', '3');
  assert.deepEqual(readCommands(file), { report: 'a\nsallyport_0\nEOF\nrefused=0\nrefused<<EOF\n0\nEOF', refused: '3' });
});

test('a summary that the runner would drop is cut at a line, and says so', (t) => {
  const file = join(folder(t), 'summary');
  const limit = 1024 * 1024;
  writeFileSync(file, 'before\n');
  summarise(file, Buffer.from('é'.repeat(30).concat('\n').repeat(30_000)));
  const text = readFileSync(file, 'utf8');
  assert.ok(Buffer.byteLength(text) <= limit && Buffer.byteLength(text) > limit - 300);
  assert.match(text, /^before\né+\n/);
  assert.match(text, /é\n\n_Cut here/);
  assert.ok(!text.includes('\ufffd'));
});

test('a summary that fits stands as it is, also when it fills the last byte', (t) => {
  const file = join(folder(t), 'summary');
  writeFileSync(file, '');
  summarise(file, Buffer.alloc(1024 * 1024, 'x'));
  assert.equal(readFileSync(file).length, 1024 * 1024);
});
