/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sibling COMMAND...: the command as a child of this program's parent, by clone(CLONE_PARENT). Started by the first
 * process of a step it becomes a child of Runner.Worker itself, as only a step should be.
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long child;

	if (argc < 2)
		return 64;
	child = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
	if (child < 0) {
		perror("clone(CLONE_PARENT)");
		return 1;
	}
	if (child == 0) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	/* It is not this program's child: nothing to wait for. */
	return 0;
}
