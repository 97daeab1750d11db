/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bpf(2) as root of the job can call it.
 *
 *   bpf load          a program that does nothing; it is never attached
 *   bpf take NAME     descriptors of the tables of the ancestor whose executable ends in NAME
 *   bpf look          the ids of what is loaded, and a table of its own
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

/* Nobody else's are touched: the ids of its own tables stand in the agent's fdinfo. */
static int run_take(const char *name)
{
	char path[512], line[256];
	int pid = ancestor(name), taken = 0;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", pid);
	DIR *folder = opendir(path);

	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		unsigned int id = 0;

		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.32s", pid, entry->d_name);
		FILE *file = fopen(path, "r");

		while (file && fgets(line, sizeof(line), file))
			sscanf(line, "map_id: %u", &id);
		if (file)
			fclose(file);
		union bpf_attr a = { .map_id = id };

		taken += id && call(BPF_MAP_GET_FD_BY_ID, &a) >= 0;
	}
	printf("%s\n", taken ? "taken" : "nothing to take");
	return EXIT_SENT;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "load"))
		return run_load();
	if (argc == 2 && !strcmp(argv[1], "look"))
		return run_look();
	if (argc == 3 && !strcmp(argv[1], "take"))
		return run_take(argv[2]);
	usage("bpf load | bpf look | bpf take NAME");
}
