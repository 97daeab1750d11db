/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One workload of the benchmark. Writes nanoseconds (of one operation, or of the whole for throughput and command)
 * as text to RESULT; the start of the agent is outside of what is measured.
 *
 *   driver RESULT exec|connect|open|write|readwrite COUNT
 *   driver RESULT throughput MEGABYTES
 *   driver RESULT cold|warm FOLDER             runs every file of FOLDER once; warm: for the second time
 *   driver RESULT command PROGRAM [ARGUMENT…]
 *   driver RESULT instant                      the clock (CLOCK_MONOTONIC) when the program was let go
 *   driver RESULT peak PROGRAM [ARGUMENT…]     the largest resident set of PROGRAM and of what it waited for, in kB
 *   driver RESULT flood RATE SECONDS DESTINATIONS   datagrams to so many in turn; writes the rate that was reached
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHUNK_BYTES 65536
#define BLOCK_BYTES 4096
#define FLOOD_NETWORK 0xc6336400u /* 198.51.100.0, documentation addresses of RFC 5737 */
#define NS_PER_SECOND 1000000000LL

extern char **environ;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}

static pid_t start(char **arguments)
{
	pid_t child;

	errno = posix_spawnp(&child, arguments[0], NULL, NULL, arguments, environ);
	if (errno)
		die(arguments[0]);
	return child;
}

static void must_succeed(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) < 0 || status != 0) {
		fprintf(stderr, "driver: the child ended with status %d\n", status);
		exit(1);
	}
}

static void run_exec(long count)
{
	char *arguments[] = { "/bin/true", NULL };

	for (long i = 0; i < count; i++)
		must_succeed(start(arguments));
}

/* Each file is a program of its own: whoever wants to know what it is has to read it. Gives how many there are. */
static long run_programs(const char *folder)
{
	DIR *files = opendir(folder);
	struct dirent *entry;
	char path[4096];
	long count = 0;

	if (!files)
		die(folder);
	while ((entry = readdir(files))) {
		char *arguments[] = { path, NULL };

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		must_succeed(start(arguments));
		count++;
	}
	closedir(files);
	return count;
}

static void run_open(const char *path, long count)
{
	for (long i = 0; i < count; i++) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			die(path);
		close(fd);
	}
}

static void run_write(const char *path, long count)
{
	for (long i = 0; i < count; i++) {
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		if (fd < 0 || write(fd, "x", 1) != 1)
			die(path);
		close(fd);
	}
}

static void run_readwrite(const char *path, long count)
{
	char block[BLOCK_BYTES] = { 0 };
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		die(path);
	for (long i = 0; i < count; i++)
		if (pwrite(fd, block, sizeof(block), 0) != BLOCK_BYTES ||
		    pread(fd, block, sizeof(block), 0) != BLOCK_BYTES)
			die(path);
	close(fd);
}

/* A server on a free port of loopback, in a child that ends with this process. */
static struct sockaddr_in serve(int drain)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t bytes = sizeof(here);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	static char chunk[CHUNK_BYTES];

	if (bind(listener, (struct sockaddr *)&here, bytes) < 0 || listen(listener, 1024) < 0)
		die("listen");
	getsockname(listener, (struct sockaddr *)&here, &bytes);
	if (fork() == 0) {
		int fd;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while ((fd = accept(listener, NULL, NULL)) >= 0) {
			while (drain && read(fd, chunk, sizeof(chunk)) > 0)
				;
			close(fd);
		}
		_exit(0);
	}
	close(listener);
	return here;
}

static int connect_to(const struct sockaddr_in *server)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (const struct sockaddr *)server, sizeof(*server)) < 0)
		die("connect");
	return fd;
}

static void run_connect(const struct sockaddr_in *server, long count)
{
	/* Closed with a reset: a TIME_WAIT for each would use up the ports. */
	struct linger reset = { .l_onoff = 1 };

	for (long i = 0; i < count; i++) {
		int fd = connect_to(server);

		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(fd);
	}
}

static void run_throughput(const struct sockaddr_in *server, long megabytes)
{
	static char chunk[CHUNK_BYTES];
	int fd = connect_to(server);
	char end;

	for (long long left = megabytes * 1000000LL; left > 0; left -= CHUNK_BYTES)
		if (send(fd, chunk, sizeof(chunk), MSG_NOSIGNAL) < 0)
			die("send");
	/* The server's end of the connection says that all was read. */
	shutdown(fd, SHUT_WR);
	if (read(fd, &end, 1) < 0)
		die("read");
	close(fd);
}

/* Datagrams at a steady rate, each to another destination than the one before: every one is judged and told. */
static double run_flood(long rate, long seconds, long destinations)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	long long begin = now_ns(), end = begin + seconds * NS_PER_SECOND;
	long sent = 0;

	for (long long now = begin; now < end; now = now_ns()) {
		long due = (now - begin) / 1000 * rate / 1000000;

		/* The clock is read again after a few: it costs as much as a datagram. */
		for (int burst = 0; burst < 64 && sent < due; burst++, sent++) {
			struct sockaddr_in to = { .sin_family = AF_INET };

			to.sin_port = htons(1024 + sent % destinations / 200 % 60000);
			to.sin_addr.s_addr = htonl(FLOOD_NETWORK + 10 + sent % destinations % 200);
			sendto(fd, "", 0, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to));
		}
	}
	return (double)sent * NS_PER_SECOND / (now_ns() - begin);
}

static void write_result(const char *path, double value)
{
	FILE *file = fopen(path, "w");

	if (!file || fprintf(file, "%.3f\n", value) < 0 || fclose(file) != 0)
		die(path);
}

int main(int argc, char **argv)
{
	const char *result = argc > 2 ? argv[1] : "", *what = argc > 2 ? argv[2] : "";
	long count = argc > 3 ? atol(argv[3]) : 0;
	struct sockaddr_in server;
	char file[4096];
	long long begin;
	double divisor = count > 0 ? count : 1;

	snprintf(file, sizeof(file), "%s.file", result);
	if (strcmp(what, "instant") == 0) {
		write_result(result, now_ns());
		return 0;
	}
	if (strcmp(what, "peak") == 0 && argc > 3) {
		struct rusage usage;

		must_succeed(start(argv + 3));
		getrusage(RUSAGE_CHILDREN, &usage);
		write_result(result, usage.ru_maxrss);
		return 0;
	}
	if (strcmp(what, "flood") == 0 && argc == 6 && atol(argv[5]) > 0) {
		write_result(result, run_flood(count, atol(argv[4]), atol(argv[5])));
		return 0;
	}
	if (strcmp(what, "connect") == 0 || strcmp(what, "throughput") == 0)
		server = serve(what[0] == 't');
	if (strcmp(what, "open") == 0)
		run_write(file, 1);
	if (strcmp(what, "warm") == 0 && argc > 3)
		run_programs(argv[3]);

	begin = now_ns();
	if (strcmp(what, "exec") == 0) {
		run_exec(count);
	} else if (strcmp(what, "open") == 0) {
		run_open(file, count);
	} else if (strcmp(what, "write") == 0) {
		run_write(file, count);
	} else if (strcmp(what, "readwrite") == 0) {
		run_readwrite(file, count);
	} else if (strcmp(what, "connect") == 0) {
		run_connect(&server, count);
	} else if (strcmp(what, "throughput") == 0) {
		run_throughput(&server, count);
		divisor = 1;
	} else if ((strcmp(what, "cold") == 0 || strcmp(what, "warm") == 0) && argc > 3) {
		divisor = run_programs(argv[3]);
		if (divisor < 1)
			die(argv[3]);
	} else if (strcmp(what, "command") == 0 && argc > 3) {
		must_succeed(start(argv + 3));
		divisor = 1;
	} else {
		fputs("usage: driver RESULT WHAT …, see driver.c\n", stderr);
		return 64;
	}
	write_result(result, (now_ns() - begin) / divisor);
	unlink(file);
	return 0;
}
