/* SPDX-License-Identifier: GPL-2.0-only */
/* Ways out that are neither a TCP nor a UDP socket. */
#include "attack.h"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <sys/ioctl.h>

static unsigned short checksum(const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	unsigned int sum = 0;

	for (size_t i = 0; i + 1 < length; i += 2)
		sum += (unsigned int)at[i] << 8 | at[i + 1];
	if (length & 1)
		sum += (unsigned int)at[length - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((unsigned short)~sum);
}

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

/* Writes an IPv4 header and a UDP header before the text; returns the length of the packet. */
static size_t udp_packet(unsigned char *packet, const char *from, const char *to, const char *port,
			 const char *text)
{
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

/* udp FROM ADDR PORT TEXT: the whole IPv4 packet is the program's own (IP_HDRINCL). */
static int run_udp(char **a)
{
	struct endpoint to = endpoint(a[1], a[2]);
	int fd = opened(AF_INET, SOCK_RAW, IPPROTO_RAW);
	unsigned char packet[1500];
	size_t length = udp_packet(packet, a[0], a[1], a[2], a[3]);

	if (sendto(fd, packet, length, 0, sockaddr(&to), to.length) < 0)
		refused("sendto");
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

/* open PROTOCOL-FAMILY-NUMBER TYPE PROTOCOL: says whether this kernel has it. */
static int run_open(char **a)
{
	if (socket(atoi(a[0]), atoi(a[1]), atoi(a[2])) < 0)
		missing("socket");
	return EXIT_SENT;
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
 * tun FROM ADDR PORT TEXT: a packet that comes in by a tun device, which this program makes, brings up and writes to at once:
 * to the machine it is one to forward.
 */
static int run_tun(char **a)
{
	int fd = open("/dev/net/tun", O_RDWR);
	int control = opened(AF_INET, SOCK_DGRAM, 0);
	struct ifreq device = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	unsigned char packet[1500];
	size_t length = udp_packet(packet, a[0], a[1], a[2], a[3]);

	if (fd < 0 || ioctl(fd, TUNSETIFF, &device))
		missing("tun");
	device.ifr_flags = IFF_UP;
	if (ioctl(control, SIOCSIFFLAGS, &device))
		refused("up");
	if (write(fd, packet, length) != (ssize_t)length)
		refused("write");
	return EXIT_SENT;
}

int main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[1] : "";

	if (argc == 4 && !strcmp(what, "ping"))
		return run_ping(argv + 2);
	if (argc == 6 && !strcmp(what, "udp"))
		return run_udp(argv + 2);
	if (argc == 6 && !strcmp(what, "tun"))
		return run_tun(argv + 2);
	if (argc == 5 && !strcmp(what, "protocol"))
		return run_protocol(argv + 2);
	if (argc == 5 && !strcmp(what, "open"))
		return run_open(argv + 2);
	if (argc >= 7 && !strcmp(what, "packet"))
		return run_packet(argv + 2, 0, argv[7]);
	if (argc >= 7 && !strcmp(what, "packet-bypass"))
		return run_packet(argv + 2, 1, argv[7]);
	usage("raw ping ADDR TEXT | udp|tun FROM ADDR PORT TEXT | protocol N ADDR TEXT | open FAMILY "
	      "TYPE PROTOCOL"
	      " | packet|packet-bypass INTERFACE FROM ADDR PORT TEXT [MAC]");
}
