/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads the kernel programs and prints what the verifier of this kernel says, which the agent cuts to one line.
 *
 *   load OBJECT     exit code 0 when every program was taken
 */
#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int print(enum libbpf_print_level level, const char *format, va_list values)
{
	return level == LIBBPF_DEBUG ? 0 : vprintf(format, values);
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	struct bpf_program *program;

	if (argc != 2) {
		fputs("usage: load OBJECT\n", stderr);
		return 64;
	}
	libbpf_set_print(print);
	object = bpf_object__open_file(argv[1], NULL);
	if (!object)
		return 1;
	/* Before Linux 6.7 there is no such hook: the agent leaves it out as well. */
	program = bpf_object__find_program_by_name(object, "on_connect_unix");
	if (program)
		bpf_program__set_autoload(program, false);
	return bpf_object__load(object) ? 1 : 0;
}
