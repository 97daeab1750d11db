'use strict'
require('./probe.js')('hr-post')
console.log(`post ${process.env.STATE_s}`)
