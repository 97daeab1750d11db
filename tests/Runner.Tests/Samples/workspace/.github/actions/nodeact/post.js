'use strict'
require('../../../probe.js')(`node-post-${process.env.INPUT_WHO}`)
console.log(`post ${process.env.STATE_s}`)
