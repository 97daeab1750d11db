console.log('a local action has no pre')
