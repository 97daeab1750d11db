/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bind mount without mount(2): open_tree(2) makes a copy of a mount that is nowhere, move_mount(2)
 * puts it into its place. Exit code 3 where the kernel has neither (before 5.2).
 */
#include "attack.h"

#include <fcntl.h>
#include <sys/syscall.h>

#define TREE_CLONE 1 /* OPEN_TREE_CLONE */
#define FROM_EMPTY_PATH 4 /* MOVE_MOUNT_F_EMPTY_PATH */

int main(int argc, char **argv)
{
	if (argc != 3)
		usage("movemount FROM PLACE");
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, argv[1], TREE_CLONE | O_CLOEXEC);

	if (tree < 0)
		missing("open_tree");
	if (syscall(SYS_move_mount, tree, "", AT_FDCWD, argv[2], FROM_EMPTY_PATH))
		refused("move_mount");
	return EXIT_SENT;
}
