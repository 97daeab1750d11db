/* SPDX-License-Identifier: GPL-2.0-only */
/* Ways out that are neither a TCP nor a UDP socket. */
#include "attack.h"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/if_xdp.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

/* ping ADDR TEXT: an echo request with a payload, from a socket that needs no privilege at all. */
static int run_ping(char **a)
{
	struct endpoint to = endpoint(a[0], "0");
	int fd =
		socket(to.family, SOCK_DGRAM, to.family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	unsigned char packet[1024] = { 0 };
	size_t length = strlen(a[1]);

	if (fd < 0)
		missing("socket");
	packet[0] = to.family == AF_INET ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
	memcpy(packet + 8, a[1], length);
	if (sendto(fd, packet, 8 + length, 0, sockaddr(&to), to.length) < 0)
		refused("sendto");
	return EXIT_SENT;
}

/* smc ADDR PORT TEXT: shared memory communications (smc(7)), which begin with a connection of TCP. Protocol 1 is SMC over IPv6. */
static int run_smc(char **a)
{
	struct endpoint to = endpoint(a[0], a[1]);
	int fd = socket(AF_SMC, SOCK_STREAM, to.family == AF_INET6);

	if (fd < 0)
		missing("socket");
	if (connect(fd, sockaddr(&to), to.length))
		refused("connect");
	send_all(fd, a[2], strlen(a[2]));
	return EXIT_SENT;
}

static int is_ip6(const char *address)
{
	return !!strchr(address, ':');
}

/* An IPv6 header and a UDP header; the checksum is not for those who only look on. */
static size_t udp6_packet(unsigned char *packet, const char *from, const char *to, const char *port,
			  const char *text)
{
	struct udphdr udp = { .source = htons(4444), .dest = htons((unsigned short)atoi(port)) };
	size_t length = strlen(text);

	udp.len = htons((unsigned short)(sizeof(udp) + length));
	memset(packet, 0, 40);
	packet[0] = 0x60;
	packet[5] = (unsigned char)(sizeof(udp) + length);
	packet[6] = IPPROTO_UDP;
	packet[7] = 64;
	inet_pton(AF_INET6, from, packet + 8);
	inet_pton(AF_INET6, to, packet + 24);
	memcpy(packet + 40, &udp, sizeof(udp));
	memcpy(packet + 40 + sizeof(udp), text, length);
	return 40 + sizeof(udp) + length;
}

/* Writes an IP header and a UDP header before the text; returns the length of the packet. */
static size_t udp_packet(unsigned char *packet, const char *from, const char *to, const char *port,
			 const char *text)
{
	if (is_ip6(to))
		return udp6_packet(packet, from, to, port, text);

	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP };
	struct udphdr udp = { 0 };
	size_t length = strlen(text);

	ip.tot_len = htons((unsigned short)(sizeof(ip) + sizeof(udp) + length));
	inet_pton(AF_INET, from, &ip.saddr);
	inet_pton(AF_INET, to, &ip.daddr);
	ip.check = checksum(&ip, sizeof(ip));
	udp.source = htons(4444);
	udp.dest = htons((unsigned short)atoi(port));
	udp.len = htons((unsigned short)(sizeof(udp) + length));
	memcpy(packet, &ip, sizeof(ip));
	memcpy(packet + sizeof(ip), &udp, sizeof(udp));
	memcpy(packet + sizeof(ip) + sizeof(udp), text, length);
	return sizeof(ip) + sizeof(udp) + length;
}

/* udp FROM ADDR PORT TEXT: the whole packet is the program's own (IP_HDRINCL). */
static int run_udp(char **a)
{
	/* In IPv6 the port of a raw socket's address is a protocol, if it is anything. */
	struct endpoint to = endpoint(a[1], is_ip6(a[1]) ? "0" : a[2]);
	int fd = opened(to.family, SOCK_RAW, IPPROTO_RAW);
	unsigned char packet[1500];
	size_t length = udp_packet(packet, a[0], a[1], a[2], a[3]);

	if (sendto(fd, packet, length, 0, sockaddr(&to), to.length) < 0)
		refused("sendto");
	return EXIT_SENT;
}

/* open-then PROTOCOL ADDR CMD…: the socket, which knows where it sends, becomes descriptor 9 of CMD. */
static int run_open_then(char **a)
{
	struct endpoint to = endpoint(a[1], "0");
	int fd = opened(to.family, SOCK_RAW, atoi(a[0]));

	if (connect(fd, sockaddr(&to), to.length))
		refused("connect");
	return hand_on(fd, a + 2);
}

static int run_inherited(char **a)
{
	send_all(atoi(a[0]), a[1], strlen(a[1]));
	return EXIT_SENT;
}

/* protocol N ADDR TEXT: an IP protocol of the caller's choice. */
static int run_protocol(char **a)
{
	struct endpoint to = endpoint(a[1], "0");
	int fd = opened(to.family, SOCK_RAW, atoi(a[0]));

	if (sendto(fd, a[2], strlen(a[2]), 0, sockaddr(&to), to.length) < 0)
		refused("sendto");
	return EXIT_SENT;
}

/*
 * transport TYPE PROTOCOL ADDR PORT TEXT: a connection of a transport that is neither TCP nor UDP
 * (SCTP, DCCP), as far as the peer goes along: the first packet says enough.
 */
static int run_transport(char **a)
{
	struct endpoint to = endpoint(a[2], a[3]);
	int fd = socket(to.family, atoi(a[0]), atoi(a[1]));

	if (fd < 0)
		missing("socket");
	deadline(fd, 1000);
	if (connect(fd, sockaddr(&to), to.length))
		refused("connect");
	send_all(fd, a[4], strlen(a[4]));
	return finish(fd);
}

/*
 * packet|packet-bypass INTERFACE FROM ADDR PORT TEXT [MAC]: a frame that no cgroup hook sees.
 * PACKET_QDISC_BYPASS also jumps over the queueing layer, where tc programs stand.
 */
static int run_packet(char **a, int bypass, const char *mac)
{
	int fd = opened(AF_PACKET, SOCK_RAW, htons(ETH_P_IP));
	unsigned char frame[1600] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 0 };
	size_t length = ETH_HLEN + udp_packet(frame + ETH_HLEN, a[1], a[2], a[3], a[4]);
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = (int)if_nametoindex(a[0]),
		.sll_halen = ETH_ALEN,
	};

	if (is_ip6(a[2]))
		memcpy(frame + ETH_HLEN - 2, "\x86\xdd", 2);
	if (mac && sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", frame, frame + 1, frame + 2,
			  frame + 3, frame + 4, frame + 5) != 6)
		usage("MAC is six hexadecimal bytes");
	if (bypass && setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &(int){ 1 }, sizeof(int)))
		refused("setsockopt");
	if (sendto(fd, frame, length, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		refused("sendto");
	return EXIT_SENT;
}

/*
 * xdp INTERFACE FROM ADDR PORT TEXT: a frame sent by an AF_XDP socket, whose copies go to the driver past the queueing layer.
 */
static int run_xdp(char **a)
{
	enum { CHUNK = 4096, CHUNKS = 4 };
	int fd = opened(AF_XDP, SOCK_RAW, 0);
	unsigned char *memory = mmap(0, CHUNK * CHUNKS, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct xdp_umem_reg chunks = {
		.addr = (unsigned long)memory, .len = CHUNK * CHUNKS, .chunk_size = CHUNK
	};
	struct sockaddr_xdp device = { .sxdp_family = AF_XDP, .sxdp_flags = XDP_COPY,
				       .sxdp_ifindex = if_nametoindex(a[0]) };
	static const int rings[] = { XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_TX_RING };
	struct xdp_mmap_offsets at;
	unsigned char *ring;

	memcpy(memory, "\xff\xff\xff\xff\xff\xff\2\0\0\0\0\1\x8\0", ETH_HLEN);
	if (setsockopt(fd, SOL_XDP, XDP_UMEM_REG, &chunks, sizeof(chunks)))
		refused("setsockopt");
	for (unsigned i = 0; i < sizeof(rings) / sizeof(*rings); i++)
		if (setsockopt(fd, SOL_XDP, rings[i], &(int){ CHUNKS }, sizeof(int)))
			missing("ring");
	if (getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, &at, &(socklen_t){ sizeof(at) }))
		missing("offsets");
	ring = mmap(0, at.tx.desc + CHUNKS * sizeof(struct xdp_desc), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_POPULATE, fd, XDP_PGOFF_TX_RING);
	if (ring == MAP_FAILED || bind(fd, (struct sockaddr *)&device, sizeof(device)))
		missing("bind");
	*(struct xdp_desc *)(ring + at.tx.desc) = (struct xdp_desc){
		.len = (unsigned)(ETH_HLEN + udp_packet(memory + ETH_HLEN, a[1], a[2], a[3], a[4])),
	};
	__atomic_store_n((unsigned *)(ring + at.tx.producer), 1, __ATOMIC_RELEASE);
	if (sendto(fd, 0, 0, MSG_DONTWAIT, 0, 0) < 0)
		refused("sendto");
	return EXIT_SENT;
}

/*
 * Brings up a tun device and writes the packet to it at once: it comes in by that device, and to the machine it is one to
 * forward.
 */
static int come_in_by_tun(const unsigned char *packet, size_t length)
{
	int fd = open("/dev/net/tun", O_RDWR);
	int control = opened(AF_INET, SOCK_DGRAM, 0);
	struct ifreq device = { .ifr_flags = IFF_TUN | IFF_NO_PI };

	if (fd < 0 || ioctl(fd, TUNSETIFF, &device))
		missing("tun");
	device.ifr_flags = IFF_UP;
	if (ioctl(control, SIOCSIFFLAGS, &device))
		refused("up");
	if (write(fd, packet, length) != (ssize_t)length)
		refused("write");
	return EXIT_SENT;
}

/* tun FROM ADDR PORT TEXT */
static int run_tun(char **a)
{
	unsigned char packet[1500];

	return come_in_by_tun(packet, udp_packet(packet, a[0], a[1], a[2], a[3]));
}

/* tun-fragment FROM ADDR PORT TEXT: the second fragment of a packet whose first one never comes. */
static int run_tun_fragment(char **a)
{
	unsigned char packet[1500];
	size_t length = udp_packet(packet, a[0], a[1], a[2], a[3]);
	struct iphdr *ip = (struct iphdr *)packet;

	ip->frag_off = htons(185);
	ip->check = 0;
	ip->check = checksum(ip, sizeof(*ip));
	return come_in_by_tun(packet, length);
}

/* tun-short FROM ADDR TEXT: a packet that says TCP and has four bytes where the header would be. */
static int run_tun_short(char **a)
{
	unsigned char packet[1500];
	struct iphdr *ip = (struct iphdr *)packet;

	udp_packet(packet, a[0], a[1], "0", "");
	memcpy(packet + sizeof(*ip), a[2], 4);
	ip->protocol = IPPROTO_TCP;
	ip->tot_len = htons(sizeof(*ip) + 4);
	ip->check = 0;
	ip->check = checksum(ip, sizeof(*ip));
	return come_in_by_tun(packet, sizeof(*ip) + 4);
}

/*
 * tun-route FROM HOP ADDR PORT TEXT: over IPv6, addressed to HOP with a segment routing header (RFC
 * 8754) that sends it on to ADDR.
 */
static int run_tun_route(char **a)
{
	enum { ROUTE = 40, UDP = ROUTE + 40, TEXT = UDP + 8 };
	unsigned char packet[1500] = { [0] = 0x60, [6] = 43, [7] = 64, [ROUTE] = IPPROTO_UDP,
				       [ROUTE + 1] = 4, [ROUTE + 2] = 4, [ROUTE + 3] = 1,
				       [ROUTE + 4] = 1, [UDP] = 0x11, [UDP + 1] = 0x5c };
	size_t length = strlen(a[4]);
	unsigned int port = (unsigned int)atoi(a[3]);

	packet[5] = (unsigned char)(TEXT - ROUTE + length);
	inet_pton(AF_INET6, a[0], packet + 8);
	inet_pton(AF_INET6, a[1], packet + 24);
	inet_pton(AF_INET6, a[2], packet + ROUTE + 8);
	inet_pton(AF_INET6, a[1], packet + ROUTE + 24);
	packet[UDP + 2] = (unsigned char)(port >> 8);
	packet[UDP + 3] = (unsigned char)port;
	packet[UDP + 5] = (unsigned char)(8 + length);
	memcpy(packet + TEXT, a[4], length);
	return come_in_by_tun(packet, TEXT + length);
}

int main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[1] : "";

	if (argc == 4 && !strcmp(what, "ping"))
		return run_ping(argv + 2);
	if (argc == 5 && !strcmp(what, "smc"))
		return run_smc(argv + 2);
	if (argc >= 5 && !strcmp(what, "open-then"))
		return run_open_then(argv + 2);
	if (argc == 4 && !strcmp(what, "inherited"))
		return run_inherited(argv + 2);
	if (argc == 6 && !strcmp(what, "udp"))
		return run_udp(argv + 2);
	if (argc == 6 && !strcmp(what, "tun"))
		return run_tun(argv + 2);
	if (argc == 6 && !strcmp(what, "tun-fragment"))
		return run_tun_fragment(argv + 2);
	if (argc == 5 && !strcmp(what, "tun-short"))
		return run_tun_short(argv + 2);
	if (argc == 5 && !strcmp(what, "protocol"))
		return run_protocol(argv + 2);
	if (argc == 7 && !strcmp(what, "tun-route"))
		return run_tun_route(argv + 2);
	if (argc == 7 && !strcmp(what, "transport"))
		return run_transport(argv + 2);
	if (argc == 7 && !strcmp(what, "xdp"))
		return run_xdp(argv + 2);
	if (argc >= 7 && !strcmp(what, "packet"))
		return run_packet(argv + 2, 0, argv[7]);
	if (argc >= 7 && !strcmp(what, "packet-bypass"))
		return run_packet(argv + 2, 1, argv[7]);
	usage("raw ping ADDR TEXT | smc ADDR PORT TEXT | udp|tun|tun-fragment FROM ADDR PORT TEXT | tun-short FROM ADDR TEXT | tun-route FROM HOP ADDR PORT TEXT | "
	      "open-then PROTOCOL ADDR CMD… | inherited FD TEXT | protocol N ADDR TEXT | transport TYPE PROTOCOL ADDR PORT TEXT"
	      " | xdp INTERFACE FROM ADDR PORT TEXT | packet|packet-bypass INTERFACE FROM ADDR PORT TEXT [MAC]");
}
