'use strict'
// Fetches one commit of GITHUB_SERVER_URL/<repository> into the workspace with the machine's git. The certificate
// authority of a laboratory comes by git's own variable, GIT_SSL_CAINFO. The token is not sent: laboratories serve
// public repositories.
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const input = (name) => process.env[`INPUT_${name.toUpperCase()}`] ?? ''
const folder = path.resolve(process.env.GITHUB_WORKSPACE, input('path') || '.')

function git (...args) {
  const result = spawnSync('git', ['-C', folder, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0' }
  })
  if (result.status !== 0) {
    console.log(`::error::git ${args.join(' ')} failed with exit code ${result.status}`)
    process.exit(1)
  }
}

// As in actions/checkout one script is main and post, told apart by its state. There are no credentials to take away.
if (process.env.STATE_isPost) {
  console.log(`Nothing to clean up in ${folder}`)
} else {
  fs.appendFileSync(process.env.GITHUB_STATE, 'isPost=true\n')
  fs.mkdirSync(folder, { recursive: true })
  git('init', '--quiet')
  git('-c', 'safe.directory=*', 'fetch', '--no-tags', '--depth=1',
    `${process.env.GITHUB_SERVER_URL}/${input('repository')}`, input('ref') || 'HEAD')
  git('-c', 'safe.directory=*', 'checkout', '--quiet', '--force', '--detach', 'FETCH_HEAD')
}
