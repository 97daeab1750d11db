/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * resolve NAME [PORT TEXT]: asks the C library (built with glibc and with musl), prints the
 * addresses, the time and the error; with PORT and TEXT connects to the first address that takes
 * the text.
 */
#define _GNU_SOURCE
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM },
			*list = NULL;
	struct timespec before, after;

	if (argc != 2 && argc != 4) {
		fprintf(stderr, "usage: resolve NAME [PORT TEXT]\n");
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &before);
	int error = getaddrinfo(argv[1], argc > 2 ? argv[2] : "443", &hints, &list);

	clock_gettime(CLOCK_MONOTONIC, &after);
	for (struct addrinfo *at = list; at; at = at->ai_next) {
		char text[64];

		getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof(text), NULL, 0,
			    NI_NUMERICHOST);
		printf("%s\n", text);
	}
	printf("%ld ms, %s\n",
	       (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000,
	       error ? gai_strerror(error) : "found");
	if (error)
		return 1;
	for (struct addrinfo *at = list; argc > 2 && at; at = at->ai_next) {
		int fd = socket(at->ai_family, SOCK_STREAM, 0);

		if (connect(fd, at->ai_addr, at->ai_addrlen) == 0 &&
		    send(fd, argv[3], strlen(argv[3]), MSG_NOSIGNAL) > 0) {
			char byte;

			shutdown(fd, SHUT_WR);
			while (recv(fd, &byte, 1, 0) > 0)
				;
			return 0;
		}
		close(fd);
	}
	return argc > 2;
}
