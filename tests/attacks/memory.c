/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads a secret out of another process's memory, each way there is.
 *
 *   memory hold TEXT FILE      keeps TEXT in memory and in a memfd; FILE has its pid, the address, the descriptor, the length
 *   memory HOW PID ADDRESS FD LENGTH      by a ring also HOW-warm: it has a worker by then
 *   memory scan PID PREFIX     looks through all of its memory for PREFIX and 32 hexadecimal digits, as UTF-8 or UTF-16
 *
 * The read goes into memory that a second process shares, and that one prints it: whoever kills the reader too late, loses.
 */
#include "memory_ring.h"

#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

static _Noreturn void run_hold(const char *text, const char *path)
{
	char *secret = strdup(text);
	int fd = memfd_create("secret", 0);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		refused("memfd_create");
	FILE *file = fopen(path, "w");

	if (!file)
		refused(path);
	fprintf(file, "%d %lu %d %zu\n", getpid(), (unsigned long)secret, fd, strlen(text));
	fclose(file);
	puts("ready");
	fflush(stdout);
	alarm(120);
	for (;;)
		pause();
}

static void take_read(void)
{
	int fd = opened_file(path_of("mem"));

	lseek(fd, (off_t)address, SEEK_SET);
	if (read(fd, shared, length) < 0)
		refused("read");
}

static void take_pread(void)
{
	take(opened_file(path_of("mem")));
}

static void take_readv(void)
{
	struct iovec to = { shared, length };
	int fd = opened_file(path_of("mem"));

	lseek(fd, (off_t)address, SEEK_SET);
	if (readv(fd, &to, 1) < 0)
		refused("readv");
}

static void take_preadv(void)
{
	struct iovec to = { shared, length };

	if (preadv(opened_file(path_of("mem")), &to, 1, (off_t)address) < 0)
		refused("preadv");
}

static void take_openat2(void)
{
	struct open_how how = { .flags = O_RDONLY };
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, path_of("mem"), &how, sizeof(how));

	if (fd < 0)
		missing("openat2");
	take(fd);
}

static void take_task(void)
{
	char name[64];

	snprintf(name, sizeof(name), "task/%d/mem", target);
	take(opened_file(path_of(name)));
}

static void take_relative(void)
{
	if (chdir(path_of("")))
		refused("chdir");
	take(opened_file("mem"));
}

static void take_link(void)
{
	char link[64];

	snprintf(link, sizeof(link), "link-%d", getpid());
	if (symlink(path_of("mem"), link))
		refused("symlink");
	int fd = opened_file(link);

	unlink(link);
	take(fd);
}

static void take_reopen(void)
{
	char path[64];
	int fd = open(path_of("mem"), O_PATH);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	take(opened_file(path));
}

#ifdef __x86_64__
/* Where the table of 32-bit calls is switched off (since 6.7, also because of the machine that this one is in). */
static void no_table(int signal)
{
	(void)signal;
	missing("int $0x80");
}
#endif

/* The table of 32-bit calls, from a 64-bit program: int $0x80, with addresses below 4 GB. */
static void take_compat(void)
{
#ifdef __x86_64__
	signal(SIGSEGV, no_table);
	char *path = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long fd;

	strcpy(path, path_of("mem"));
	__asm__ volatile("int $0x80" : "=a"(fd) : "0"(5L), "b"(path), "c"(0L), "d"(0L) : "r8", "r9", "r10", "r11", "memory");
	if (fd < 0)
		missing("int $0x80");
	take((int)fd);
#else
	missing("int $0x80");
#endif
}

static void take_vm(void)
{
	struct iovec to = { shared, length }, from = { (void *)address, length };

	if (process_vm_readv(target, &to, 1, &from, 1, 0) < 0)
		refused("process_vm_readv");
}

/* The x32 table of the processor, which most kernels are made without: it is asked for all the same. */
static void take_x32(void)
{
#ifdef __x86_64__
	struct iovec to = { shared, length }, from = { (void *)address, length };

	if (syscall(0x40000000 + 539, target, &to, 1, &from, 1, 0) < 0)
		missing("x32");
#else
	missing("x32");
#endif
}

static void put_vm(void)
{
	struct iovec from = { "", 1 }, to = { (void *)(address + length), 1 };

	if (process_vm_writev(target, &from, 1, &to, 1, 0) < 0)
		refused("process_vm_writev");
	strcpy(shared, "written");
}

/* What it samples is the other's registers and stack (PERF_SAMPLE_STACK_USER). */
static void take_perf(void)
{
	struct perf_event_attr event = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(event),
		.config = PERF_COUNT_SW_CONTEXT_SWITCHES,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_STACK_USER,
		.sample_stack_user = 4096,
		.exclude_kernel = 1,
	};

	if (syscall(SYS_perf_event_open, &event, target, -1, -1, 0) < 0)
		missing("perf_event_open");
	strcpy(shared, "attached");
}

static void peek(void)
{
	for (size_t i = 0; i < length; i += sizeof(long)) {
		errno = 0;
		long word = ptrace(PTRACE_PEEKDATA, target, address + i, 0);

		if (errno)
			refused("PTRACE_PEEKDATA");
		memcpy(shared + i, &word, sizeof(word));
	}
	shared[length] = 0;
	ptrace(PTRACE_DETACH, target, 0, 0);
}

static void take_attach(void)
{
	if (ptrace(PTRACE_ATTACH, target, 0, 0))
		refused("PTRACE_ATTACH");
	waitpid(target, NULL, __WALL);
	peek();
}

static void take_seize(void)
{
	if (ptrace(PTRACE_SEIZE, target, 0, 0) || ptrace(PTRACE_INTERRUPT, target, 0, 0))
		refused("PTRACE_SEIZE");
	waitpid(target, NULL, __WALL);
	peek();
}

static void take_pidfd(void)
{
	int process = (int)syscall(SYS_pidfd_open, target, 0);
	int fd = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, remote_descriptor, 0);

	if (fd < 0)
		missing("pidfd_getfd");
	if (pread(fd, shared, length, 0) < 0)
		refused("pread");
}

static void take_environ(void)
{
	if (read(opened_file(path_of("environ")), shared, SPACE - 1) < 0)
		refused("read");
}

static int open_and_end(void *unused)
{
	(void)unused;
	open(path_of("mem"), O_RDONLY);
	_exit(0);
}

/* The child opens and is killed; this process has the same table of descriptors, and with it the file. */
static void take_shared_table(void)
{
	static char stack[65536];
	int expected = dup(0);

	close(expected);
	if (clone(open_and_end, stack + sizeof(stack), CLONE_FILES | SIGCHLD, NULL) < 0)
		refused("clone");
	wait(NULL);
	take(expected);
}

/* PREFIX and 32 digits at `at`, a byte or two a character; to shared memory. */
static int is_secret(const char *at, int stride, const char *prefix)
{
	size_t fixed = strlen(prefix);

	for (size_t i = 0; i < fixed + 32; i++) {
		char c = at[i * (size_t)stride];

		if (i < fixed ? c != prefix[i] : !strchr("0123456789abcdef", c) || !c)
			return 0;
	}
	for (size_t i = 0; i < fixed + 32; i++)
		shared[i] = at[i * (size_t)stride];
	return 1;
}

static int scan(const char *prefix)
{
	static char window[1 << 20];
	size_t most = 2 * (strlen(prefix) + 32);
	FILE *maps = fopen(path_of("maps"), "r");
	int fd = open(path_of("mem"), O_RDONLY);
	unsigned long from, to;
	char line[512], rights[8];

	if (!maps || fd < 0)
		refused("open");
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || strncmp(rights, "rw", 2))
			continue;
		while (from < to) {
			ssize_t got = pread(fd, window, sizeof(window), (off_t)from);

			if (got <= (ssize_t)most)
				break;
			for (ssize_t i = 0; i < got - (ssize_t)most; i++) {
				if (window[i] == *prefix &&
				    (is_secret(window + i, 1, prefix) || is_secret(window + i, 2, prefix)))
					return EXIT_SENT;
			}
			from += (unsigned long)got - most;
			if (got < (ssize_t)sizeof(window))
				break;
		}
	}
	return EXIT_REFUSED;
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "read", take_read },
	{ "pread", take_pread },
	{ "readv", take_readv },
	{ "preadv", take_preadv },
	{ "openat2", take_openat2 },
	{ "task", take_task },
	{ "relative", take_relative },
	{ "link", take_link },
	{ "reopen", take_reopen },
	{ "compat", take_compat },
	{ "process_vm_readv", take_vm },
	{ "x32", take_x32 },
	{ "process_vm_writev", put_vm },
	{ "perf_event_open", take_perf },
	{ "ptrace-attach", take_attach },
	{ "ptrace-seize", take_seize },
	{ "pidfd_getfd", take_pidfd },
	{ "environ", take_environ },
	{ "ring", take_ring },
	{ "ring-sqpoll", take_ring_sqpoll },
	{ "ring-pread", take_ring_pread },
	{ "ring-registered", take_ring_registered },
	{ "ring-direct", take_ring_direct },
	{ "ring-linked", take_ring_linked },
	{ "ring-many", take_ring_many },
	{ "ring-write", put_ring },
	{ "ring-pwrite", put_ring_pwrite },
	{ "shared-table", take_shared_table },
};

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "hold"))
		run_hold(argv[2], argv[3]);
	int scans = argc == 4 && !strcmp(argv[1], "scan");

	if (argc != 6 && !scans)
		usage("memory hold TEXT FILE | memory HOW PID ADDRESS FD LENGTH | memory scan PID PREFIX");
	target = atoi(argv[2]);
	if (!scans) {
		address = strtoul(argv[3], NULL, 10);
		remote_descriptor = atoi(argv[4]);
		length = strtoul(argv[5], NULL, 10);
	}
	shared = mmap(NULL, SPACE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || length >= SPACE)
		refused("mmap");
	char *end = strstr(argv[1], "-warm");

	warmed = end && !end[5];
	if (warmed)
		*end = 0;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		int status;

		if (!scans && strcmp(ways[i].name, argv[1]))
			continue;
		pid_t child = fork();

		if (!child) {
			if (scans)
				_exit(scan(argv[3]));
			ways[i].run();
			_exit(EXIT_SENT);
		}
		waitpid(child, &status, 0);
		for (size_t at = 0; at < SPACE; at++) {
			if (shared[at])
				putchar(shared[at]);
		}
		if (WIFSIGNALED(status))
			printf("\nkilled by signal %d\n", WTERMSIG(status));
		return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_SENT;
	}
	usage("memory HOW: not a way");
}
