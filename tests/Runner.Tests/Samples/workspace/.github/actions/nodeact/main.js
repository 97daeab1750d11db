'use strict'
require('../../../probe.js')(`node-main-${process.env.INPUT_WHO}`)
require('node:fs').appendFileSync(process.env.GITHUB_STATE, `s=from_main_${process.env.INPUT_WHO}\n`)
