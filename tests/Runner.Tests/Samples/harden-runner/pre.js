'use strict'
require('./probe.js')('hr-pre')
require('node:fs').appendFileSync(process.env.GITHUB_STATE, `s=from_pre\n`)
console.log(`pre ${process.env['INPUT_EGRESS-POLICY']} ${process.env.STATE_s}`)
