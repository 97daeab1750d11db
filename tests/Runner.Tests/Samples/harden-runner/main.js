'use strict'
require('./probe.js')('hr-main')
require('node:fs').appendFileSync(process.env.GITHUB_STATE, `s=from_main\n`)
console.log(`main ${process.env['INPUT_EGRESS-POLICY']} ${process.env.STATE_s}`)
