/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code of the kernel's own, as root of the job can ask for it. What is handed over is no module and no kernel: no machine takes it.
 *
 *   module init       init_module(2)
 *   module file PATH  finit_module(2)
 *   module kernel     kexec_load(2) with nothing to load, which forgets a kernel that was loaded before
 *   module read PATH  the same file, only read
 *
 * Prints the error that came of it; the exit code is 0 in any case.
 */
#include "attack.h"

#include <fcntl.h>
#include <sys/syscall.h>

int main(int argc, char **argv)
{
	char image[64] = "no module";
	long result = -1;
	int fd;

	if (argc == 2 && !strcmp(argv[1], "init")) {
		result = syscall(SYS_init_module, image, sizeof(image), "");
	} else if (argc == 3 && !strcmp(argv[1], "file")) {
		fd = open(argv[2], O_RDONLY | O_CLOEXEC);
		result = syscall(SYS_finit_module, fd, "", 0);
	} else if (argc == 2 && !strcmp(argv[1], "kernel")) {
		result = syscall(SYS_kexec_load, 0, 0, NULL, 0);
	} else if (argc == 3 && !strcmp(argv[1], "read")) {
		fd = open(argv[2], O_RDONLY | O_CLOEXEC);
		result = read(fd, image, sizeof(image));
	} else {
		usage("module init|kernel, module file|read PATH");
	}
	printf("tried: %s\n", result < 0 ? strerrorname_np(errno) : "done");
	return EXIT_SENT;
}
