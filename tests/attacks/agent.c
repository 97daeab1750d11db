/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What only BPF LSM refuses.
 *
 *   agent WAY PID     ends, stops, limits or traces a process, and says whether it came to pass:
 *       kill stop     kill(2): SIGKILL, SIGSTOP
 *       thread        tgkill(2)
 *       queue         rt_sigqueueinfo(2)
 *       pidfd         pidfd_send_signal(2)
 *       owner         fcntl(2), F_SETOWN and F_SETSIG: the kernel sends it
 *       limit         prlimit(2)
 *       trace         ptrace(2)
 *   agent family N    a socket of a family: its errno, or OK
 */
#include "attack.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

static int by_thread(int pid)
{
	return !syscall(SYS_tgkill, pid, pid, SIGKILL);
}

static int by_queue(int pid)
{
	siginfo_t what = { .si_signo = SIGKILL, .si_code = SI_QUEUE };

	what.si_pid = getpid();
	return !syscall(SYS_rt_sigqueueinfo, pid, SIGKILL, &what);
}

static int by_pidfd(int pid)
{
	int process = (int)syscall(SYS_pidfd_open, pid, 0);

	return process >= 0 && !syscall(SYS_pidfd_send_signal, process, SIGKILL, 0, 0);
}

static int by_owner(int pid)
{
	int ends[2];

	return !pipe(ends) && !fcntl(ends[0], F_SETOWN, pid) && !fcntl(ends[0], F_SETSIG, SIGKILL) &&
	       !fcntl(ends[0], F_SETFL, O_ASYNC | O_NONBLOCK) && write(ends[1], "!", 1) == 1;
}

static int by_limit(int pid)
{
	struct rlimit limit = { .rlim_cur = 1, .rlim_max = 1 };

	return !prlimit((pid_t)pid, RLIMIT_CPU, &limit, 0);
}

static int by_trace(int pid)
{
	return !ptrace(PTRACE_SEIZE, pid, 0, 0);
}

static int by_kill(int pid)
{
	return !kill(pid, SIGKILL);
}

static int by_stop(int pid)
{
	return !kill(pid, SIGSTOP);
}

static const struct {
	const char *name;
	int (*run)(int pid);
	int downs; /* what was called is not what counts */
} ways[] = {
	{ "kill", by_kill, 1 },	  { "stop", by_stop, 1 },   { "thread", by_thread, 1 }, { "queue", by_queue, 1 },
	{ "pidfd", by_pidfd, 1 }, { "owner", by_owner, 1 }, { "limit", by_limit, 0 },	{ "trace", by_trace, 0 },
};

/* Ended or stopped, within half a second. */
static int is_down(int pid)
{
	for (int i = 0; i < 50; i++) {
		char path[64], line[512] = "", *state;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		FILE *file = fopen(path, "r");

		if (!file)
			return 1;
		state = fgets(line, sizeof(line), file) ? strrchr(line, ')') : 0;
		fclose(file);
		if (!state || strchr("TtZX", state[2]))
			return 1;
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, 0);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int number = argc == 3 ? atoi(argv[2]) : 0;

	if (argc == 3 && !strcmp(argv[1], "family")) {
		int fd = socket(number, SOCK_RAW, 0);

		if (fd < 0 && errno == ESOCKTNOSUPPORT)
			fd = socket(number, SOCK_STREAM, 0);
		printf("%d %s\n", number, fd < 0 ? strerrorname_np(errno) : "OK");
		return EXIT_SENT;
	}
	for (size_t i = 0; number > 0 && i < sizeof(ways) / sizeof(*ways); i++) {
		if (strcmp(argv[1], ways[i].name))
			continue;
		int done = ways[i].run(number);
		int error = errno;

		if (done && ways[i].downs)
			done = is_down(number);
		printf("%s %s\n", argv[1], done ? "done" : error == EPERM || ways[i].run == by_owner ? "refused" : strerrorname_np(error));
		return EXIT_SENT;
	}
	usage("agent kill|stop|thread|queue|pidfd|owner|limit|trace PID | agent family N");
}
