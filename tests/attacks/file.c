/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ways to put other content into a file than open, write and close. All touch the files on their
 * command line alone. Where the file system lacks one (reflinks), the exit code is 3.
 */
#include "attack.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int open_file(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		refused("open");
	return fd;
}

static void put(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		refused("write");
}

static char *map(const char *path, size_t length)
{
	int fd = open_file(path, O_RDWR);
	char *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		refused("mmap");
	close(fd);
	return at;
}

/* The text over the beginning of the file; nothing is written by a call. */
static int run_mmap(const char *path, const char *text)
{
	char *at = map(path, strlen(text));

	memcpy(at, text, strlen(text));
	munmap(at, strlen(text));
	return EXIT_SENT;
}

/* The same, and back before anybody is told: the command in between reads the other text. */
static int run_mmapback(const char *path, const char *text, const char *command)
{
	char kept[256];
	size_t length = strlen(text) < sizeof(kept) ? strlen(text) : sizeof(kept);
	char *at = map(path, length);

	memcpy(kept, at, length);
	memcpy(at, text, length);
	int status = system(command);

	memcpy(at, kept, length);
	munmap(at, length);
	return status ? EXIT_REFUSED : EXIT_SENT;
}

static int run_exchange(const char *path, const char *other)
{
	if (syscall(SYS_renameat2, AT_FDCWD, other, AT_FDCWD, path, 2)) /* RENAME_EXCHANGE */
		refused("renameat2");
	return EXIT_SENT;
}

/* A file without a name gets the name of the one that was removed. */
static int run_tmpfile(const char *path, const char *folder, const char *text)
{
	char from[64];
	int fd = open(folder, O_TMPFILE | O_RDWR, 0644);

	if (fd < 0)
		missing("O_TMPFILE");
	put(fd, text);
	snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	unlink(path);
	if (linkat(AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW))
		refused("linkat");
	return EXIT_SENT;
}

static int run_copy(const char *path, const char *other, int by_sendfile)
{
	int from = open_file(other, O_RDONLY);
	int to = open_file(path, O_WRONLY | O_TRUNC);
	ssize_t moved = by_sendfile ? sendfile(to, from, NULL, 1 << 16)
				    : copy_file_range(from, NULL, to, NULL, 1 << 16, 0);

	if (moved <= 0)
		refused(by_sendfile ? "sendfile" : "copy_file_range");
	return EXIT_SENT;
}

/* From a pipe, so that the text is never in a call that names the file. */
static int run_splice(const char *path, const char *text)
{
	int through[2], to = open_file(path, O_WRONLY | O_TRUNC);

	if (pipe(through))
		refused("pipe");
	put(through[1], text);
	if (splice(through[0], NULL, to, NULL, strlen(text), 0) < 0)
		refused("splice");
	return EXIT_SENT;
}

static int run_clone(const char *path, const char *other)
{
	int from = open_file(other, O_RDONLY);
	int to = open_file(path, O_WRONLY);

	if (ioctl(to, FICLONE, from))
		missing("FICLONE");
	return EXIT_SENT;
}

static int run_punch(const char *path)
{
	int fd = open_file(path, O_RDWR);

	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 8))
		missing("fallocate");
	return EXIT_SENT;
}

/* A child that is gone, as is its parent, before anybody can look who wrote. */
static int run_gone(const char *path, const char *text)
{
	if (fork() == 0) {
		if (fork() == 0) {
			int fd = open(path, O_WRONLY | O_TRUNC);

			_exit(write(fd, text, strlen(text)) < 0);
		}
		_exit(0);
	}
	wait(NULL);
	usleep(50000);
	return EXIT_SENT;
}

/* Swapped, used and put back by one process, with its clock put back as well. */
static int run_swap(const char *path, const char *text, const char *command)
{
	static char kept[1 << 16];
	struct stat was;
	int fd = open_file(path, O_RDWR);
	ssize_t length = read(fd, kept, sizeof(kept));

	if (length < 0 || fstat(fd, &was))
		refused("read");
	if (ftruncate(fd, 0) || pwrite(fd, text, strlen(text), 0) < 0)
		refused("pwrite");
	int status = system(command);

	if (ftruncate(fd, 0) || pwrite(fd, kept, (size_t)length, 0) < 0)
		refused("pwrite");
	struct timespec times[2] = { was.st_atim, was.st_mtim };

	futimens(fd, times);
	close(fd);
	return status ? EXIT_REFUSED : EXIT_SENT;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	if (argc == 3 && !strcmp(what, "truncate"))
		return truncate(argv[2], 4) ? EXIT_REFUSED : EXIT_SENT;
	if (argc == 3 && !strcmp(what, "punch"))
		return run_punch(argv[2]);
	if (argc == 4 && !strcmp(what, "mmap"))
		return run_mmap(argv[2], argv[3]);
	if (argc == 4 && !strcmp(what, "exchange"))
		return run_exchange(argv[2], argv[3]);
	if (argc == 4 && !strcmp(what, "copy"))
		return run_copy(argv[2], argv[3], 0);
	if (argc == 4 && !strcmp(what, "sendfile"))
		return run_copy(argv[2], argv[3], 1);
	if (argc == 4 && !strcmp(what, "splice"))
		return run_splice(argv[2], argv[3]);
	if (argc == 4 && !strcmp(what, "clone"))
		return run_clone(argv[2], argv[3]);
	if (argc == 4 && !strcmp(what, "gone"))
		return run_gone(argv[2], argv[3]);
	if (argc == 5 && !strcmp(what, "tmpfile"))
		return run_tmpfile(argv[2], argv[3], argv[4]);
	if (argc == 5 && !strcmp(what, "mmapback"))
		return run_mmapback(argv[2], argv[3], argv[4]);
	if (argc == 5 && !strcmp(what, "swap"))
		return run_swap(argv[2], argv[3], argv[4]);
	usage("file truncate|punch|mmap|mmapback|exchange|copy|sendfile|splice|clone|gone|tmpfile|swap PATH …");
}
