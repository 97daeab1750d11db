/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cloning-runtime ARGUMENTS...: an OCI runtime that is runc, but for `exec`, where it clones straight into the cgroup of the container
 * (clone3(2), CLONE_INTO_CGROUP; Linux 5.7), as runc 1.4 and crun do with cgroup v2. The container's id is the last argument.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *id;
static char folder[PATH_MAX];

static int find(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status;
	if (type != FTW_D || strcmp(path + at->base, id))
		return 0;
	snprintf(folder, sizeof(folder), "%s", path);
	return 1;
}

/* Where cgroup v2 is mounted: by itself, or beside the hierarchies of v1. */
static const char *hierarchy(void)
{
	return access("/sys/fs/cgroup/cgroup.controllers", F_OK) ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
}

static void become_runc(char **argv)
{
	argv[0] = "runc";
	execvp("runc", argv);
	perror("runc");
	_exit(127);
}

int main(int argc, char **argv)
{
	struct clone_args how = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD };
	int executes = 0, status, group;
	long child;

	for (int i = 1; i < argc; i++)
		executes |= !strcmp(argv[i], "exec");
	if (!executes)
		become_runc(argv);
	id = argv[argc - 1];
	if (nftw(hierarchy(), find, 16, FTW_PHYS) != 1 || (group = open(folder, O_DIRECTORY | O_CLOEXEC)) < 0) {
		fprintf(stderr, "cloning-runtime: %s has no cgroup below %s\n", id, hierarchy());
		return 1;
	}
	how.cgroup = group;
	child = syscall(SYS_clone3, &how, sizeof(how));
	if (child < 0) {
		perror("clone3");
		return 1;
	}
	if (!child)
		become_runc(argv);
	if (waitpid(child, &status, 0) != child)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
