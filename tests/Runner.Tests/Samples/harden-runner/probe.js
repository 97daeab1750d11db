'use strict'
// The same as probe.sh for a JavaScript action, from inside: its environment and arguments as the kernel has them.
const fs = require('node:fs')
module.exports = (name) => {
  const folder = `${process.env.PROBES}/${name}`
  fs.mkdirSync(folder, { recursive: true })
  for (const file of ['environ', 'cmdline']) {
    fs.writeFileSync(`${folder}/${file}`, fs.readFileSync(`/proc/self/${file}`, 'utf8').replaceAll('\0', '\n'))
  }
}
