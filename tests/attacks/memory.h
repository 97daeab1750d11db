/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose memory is read, and where what was read goes: into memory that a second process shares. */
#pragma once

#include "attack.h"

#include <fcntl.h>

#define SPACE 65536

static char *shared;
static int target;
static unsigned long address;
static int remote_descriptor;
static size_t length;

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "/proc/%d/%s", target, name);
	return path;
}

static int opened_file(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		refused(path);
	return fd;
}

static void take(int fd)
{
	if (pread(fd, shared, length, (off_t)address) < 0)
		refused("pread");
}
