/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For LD_PRELOAD: in a program of the name that LEAVER_NAME says, calls LEAVER_ADDRESS before the program's own first line, and
 * says in LEAVER_LOG how it went.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
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

__attribute__((constructor)) static void begin(void)
{
	const char *name = getenv("LEAVER_NAME");
	FILE *log;
	int error;

	if (!name || strcmp(program_invocation_short_name, name) != 0)
		return;
	error = leave();
	log = fopen(getenv("LEAVER_LOG"), "ae");
	if (!log)
		_exit(1);
	fprintf(log, "preload %s\n", error == 0 ? "through" : error == EPERM ? "refused" : strerror(error));
	fclose(log);
}
