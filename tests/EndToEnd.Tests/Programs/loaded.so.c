/* SPDX-License-Identifier: GPL-2.0-only */
/* For LD_PRELOAD: writes the path of every program that loads it to the file that LOADED_LOG names. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void say(void)
{
	const char *log = getenv("LOADED_LOG");
	char path[4097];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	int fd = log ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;

	if (fd < 0 || length < 0)
		return;
	path[length] = '\n';
	if (write(fd, path, (size_t)length + 1) < 0)
		_exit(1);
	close(fd);
}
