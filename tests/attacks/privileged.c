/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls that a capability is asked for. Exit code 3 where the kernel has none of them for anybody.
 *
 *   privileged module   init_module(2) with what is no module (CAP_SYS_MODULE)
 *   privileged perf     perf_event_open(2) of everything on one processor (CAP_PERFMON)
 *   privileged handle   open_by_handle_at(2), past the folders above the file (CAP_DAC_READ_SEARCH)
 */
#include "attack.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>

static int tried(const char *call, long result)
{
	if (result < 0 && (errno == EPERM || errno == EACCES))
		refused(call);
	if (result < 0 && (errno == ENOSYS || errno == EOPNOTSUPP || errno == ENOENT))
		missing(call);
	return EXIT_SENT;
}

static int run_perf(void)
{
	struct perf_event_attr what = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(what), .config = PERF_COUNT_SW_CPU_CLOCK,
	};

	return tried("perf_event_open", syscall(SYS_perf_event_open, &what, -1, 0, -1, 0));
}

static int run_handle(void)
{
	char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	struct file_handle *handle = (struct file_handle *)room;
	int mount, folder = open("/etc", O_RDONLY | O_CLOEXEC);

	handle->handle_bytes = MAX_HANDLE_SZ;
	/* Of a folder that has handles, whatever /etc is on. */
	if (name_to_handle_at(folder, "", handle, &mount, AT_EMPTY_PATH)) {
		folder = open("/usr", O_RDONLY | O_CLOEXEC);
		if (name_to_handle_at(folder, "", handle, &mount, AT_EMPTY_PATH))
			missing("name_to_handle_at");
	}
	return tried("open_by_handle_at", open_by_handle_at(folder, handle, O_RDONLY | O_CLOEXEC));
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (!strcmp(what, "module"))
		return tried("init_module", syscall(SYS_init_module, "no module", 9, ""));
	if (!strcmp(what, "perf"))
		return run_perf();
	if (!strcmp(what, "handle"))
		return run_handle();
	usage("privileged module|perf|handle");
}
