/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes that hide behind others, are gone at once, or are too many. */
#include "attack.h"

#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/*
 * storm COUNT CMD…: COUNT orphans, each of which becomes CMD and is gone before anybody can look it
 * up.
 */
static int run_storm(char **a)
{
	for (int i = atoi(a[0]); i > 0; i--) {
		int gone[2];
		char byte;

		if (pipe(gone))
			refused("pipe");
		pid_t child = fork();

		if (child == 0) {
			if (fork() == 0) {
				setsid();
				execvp(a[1], a + 1);
			}
			_exit(0);
		}
		if (child < 0)
			refused("fork");
		waitpid(child, NULL, 0);
		close(gone[1]);
		/* The pipe's last writer is the orphan: end of file is its end. */
		while (read(gone[0], &byte, 1) > 0)
			;
		close(gone[0]);
	}
	return EXIT_SENT;
}

static void *become(void *arguments)
{
	char **a = arguments;

	execvp(a[0], a);
	refused("execvp");
	return NULL;
}

/* thread CMD…: a thread that is not the leader becomes CMD, and takes over the leader's pid. */
static _Noreturn void run_thread(char **a)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, become, a))
		refused("pthread_create");
	for (;;)
		pause();
}

static int child_that_becomes(void *arguments)
{
	become(arguments);
	return EXIT_REFUSED;
}

/* sibling CMD…: a child whose parent is not this process but this process's parent. */
static int run_sibling(char **a)
{
	static char stack[65536];
	int gone[2];
	char byte;

	if (pipe(gone))
		refused("pipe");
	if (clone(child_that_becomes, stack + sizeof(stack), CLONE_PARENT | SIGCHLD, a) < 0)
		refused("clone");
	close(gone[1]);
	while (read(gone[0], &byte, 1) > 0)
		;
	return EXIT_SENT;
}

static int child_that_waits(void *unused)
{
	(void)unused;
	pause();
	return 0;
}

/*
 * crowd COUNT CMD…: COUNT children that stay, then one more that becomes CMD. Says what the signal was that
 * ended that one, and exits as it did.
 */
static int run_crowd(char **a)
{
	static char stack[65536];
	int count = atoi(a[0]), status = 0;
	pid_t crowd[4096];

	for (int i = 0; i < count && i < 4096; i++)
		crowd[i] = clone(child_that_waits, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	pid_t child = fork();

	if (child == 0)
		become(a + 1);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		refused("fork");
	for (int i = 0; i < count && i < 4096; i++) {
		kill(crowd[i], SIGKILL);
		waitpid(crowd[i], NULL, 0);
	}
	printf("ended by signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_REFUSED;
}

static int child_that_ends(void *unused)
{
	(void)unused;
	_exit(0);
}

/* Sends SIGNAL to every ancestor whose executable ends in NAME. */
static int signal_ancestors(const char *name, int signal)
{
	int found = 0;

	for (int pid = getppid(); pid > 1;) {
		char path[64], exe[512] = "", line[512];

		snprintf(path, sizeof(path), "/proc/%d/exe", pid);
		ssize_t n = readlink(path, exe, sizeof(exe) - 1);

		if (n > 0 && (size_t)n >= strlen(name) && !strcmp(exe + n - strlen(name), name))
			found += kill(pid, signal) == 0;
		snprintf(path, sizeof(path), "/proc/%d/status", pid);
		FILE *status = fopen(path, "r");

		pid = 0;
		while (status && fgets(line, sizeof(line), status))
			sscanf(line, "PPid: %d", &pid);
		if (status)
			fclose(status);
	}
	return found;
}

/*
 * flood AGENT COUNT ADDR PORT TEXT: stops the agent, makes COUNT processes that nobody reads about,
 * then connects. What was refused must still be told when the agent goes on.
 */
static int run_flood(char **a)
{
	static char stack[65536];
	struct endpoint to = endpoint(a[2], a[3]);
	int stopped = signal_ancestors(a[0], SIGSTOP);

	for (int i = atoi(a[1]); i > 0; i--) {
		pid_t child = clone(child_that_ends, stack + sizeof(stack),
				    CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);

		if (child < 0)
			refused("clone");
		waitpid(child, NULL, 0);
	}
	int fd = opened(to.family, SOCK_STREAM, 0);
	int result = connect(fd, sockaddr(&to), to.length);
	int error = errno;

	if (result == 0)
		send_all(fd, a[4], strlen(a[4]));
	signal_ancestors(a[0], SIGCONT);
	printf("%d stopped\n", stopped);
	errno = error;
	if (result)
		refused("connect");
	return finish(fd);
}

/* number PID CMD…: a child with that number becomes CMD, as soon as nobody has it any more. */
static int run_number(char **a)
{
	pid_t number = atoi(a[0]);
	struct clone_args how = {
		.exit_signal = SIGCHLD,
		.set_tid = (__u64)(unsigned long)&number,
		.set_tid_size = 1,
	};
	int status = 0;

	for (int tries = 0; tries < 5000; tries++) {
		long child = syscall(SYS_clone3, &how, sizeof(how));

		if (child == 0)
			become(a + 1);
		if (child > 0) {
			waitpid(child, &status, 0);
			return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_REFUSED;
		}
		if (errno != EEXIST)
			break;
		usleep(1000);
	}
	refused("clone3");
	return EXIT_REFUSED;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && !strcmp(argv[1], "storm"))
		return run_storm(argv + 2);
	if (argc >= 3 && !strcmp(argv[1], "thread"))
		run_thread(argv + 2);
	if (argc >= 3 && !strcmp(argv[1], "sibling"))
		return run_sibling(argv + 2);
	if (argc >= 4 && !strcmp(argv[1], "crowd"))
		return run_crowd(argv + 2);
	if (argc >= 4 && !strcmp(argv[1], "number"))
		return run_number(argv + 2);
	if (argc == 7 && !strcmp(argv[1], "flood"))
		return run_flood(argv + 2);
	usage("proc storm|crowd COUNT CMD… | number PID CMD… | thread CMD… | sibling CMD… | flood AGENT COUNT "
	      "ADDR PORT TEXT");
}
