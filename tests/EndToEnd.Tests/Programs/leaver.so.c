/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For LD_PRELOAD: in a program of the name that LEAVER_NAME says, calls LEAVER_ADDRESS before the program's own first line, and
 * says in LEAVER_LOG how it went. With LEAVER_SIGN it lets the program begin, and calls once that file is there; with LEAVER_HOST it
 * opens a connection to that name's port 443 as well.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char request[] = "GET /preloaded HTTP/1.1\r\nHost: preloaded.test\r\n\r\n";

/* Gives 0, or errno. */
static int leave(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(80) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error = 0;

	inet_pton(AF_INET, getenv("LEAVER_ADDRESS"), &to.sin_addr);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 || write(fd, request, sizeof(request) - 1) < 0)
		error = errno;
	close(fd);
	return error;
}

/* The same by a name: nothing is sent. */
static int leave_to(const char *host)
{
	struct addrinfo how = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *to;
	int error = 0, fd;

	if (getaddrinfo(host, "443", &how, &to) != 0)
		return EHOSTUNREACH;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, to->ai_addr, to->ai_addrlen) != 0)
		error = errno;
	close(fd);
	freeaddrinfo(to);
	return error;
}

static void say(FILE *log, const char *what, int error)
{
	fprintf(log, "%s %s\n", what, error == 0 ? "through" : error == EPERM ? "refused" : strerror(error));
}

static void call(void)
{
	const char *host = getenv("LEAVER_HOST");
	int error = leave();
	FILE *log = fopen(getenv("LEAVER_LOG"), "ae");

	if (!log)
		_exit(1);
	say(log, "preload", error);
	if (host)
		say(log, "name", leave_to(host));
	fclose(log);
}

static void *wait_for(void *sign)
{
	while (access(sign, F_OK) != 0)
		usleep(50 * 1000);
	call();
	return NULL;
}

__attribute__((constructor)) static void begin(void)
{
	const char *name = getenv("LEAVER_NAME");
	char *sign = getenv("LEAVER_SIGN");
	pthread_t thread;

	if (!name || strcmp(program_invocation_short_name, name) != 0)
		return;
	if (!sign)
		call();
	else if (pthread_create(&thread, NULL, wait_for, sign) != 0)
		_exit(1);
}
