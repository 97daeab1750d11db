/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads the kernel programs, and prints a line for each: how many instructions the verifier walked, how many there are
 * after it (both of struct bpf_prog_info), its name. When a program is refused, prints what the verifier says, which the
 * agent cuts to one line.
 *
 *   load OBJECT [PROGRAM…]     with those that are loaded only when asked for; exit code 0 when every program was taken
 *
 * on_connect_unix cannot be asked for: it calls functions of the kernel, which the agent alone looks up (functions.h).
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>

#define INSTRUCTION_BYTES 8

static int print(enum libbpf_print_level level, const char *format, va_list values)
{
	return level == LIBBPF_DEBUG ? 0 : vprintf(format, values);
}

static void print_counts(struct bpf_object *object)
{
	struct bpf_program *program;
	unsigned int walked = 0, instructions = 0;

	printf("%10s %12s  %s\n", "verified", "instructions", "program");
	bpf_object__for_each_program(program, object) {
		struct bpf_prog_info info = {};
		__u32 length = sizeof(info);

		if (bpf_program__fd(program) < 0 || bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &length))
			continue;
		walked += info.verified_insns;
		instructions += info.xlated_prog_len / INSTRUCTION_BYTES;
		printf("%10u %12u  %s\n", info.verified_insns, info.xlated_prog_len / INSTRUCTION_BYTES,
		       bpf_program__name(program));
	}
	printf("%10u %12u  all\n", walked, instructions);
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	struct bpf_program *program;

	if (argc < 2) {
		fputs("usage: load OBJECT [PROGRAM…]\n", stderr);
		return 64;
	}
	libbpf_set_print(print);
	object = bpf_object__open_file(argv[1], NULL);
	if (!object)
		return 1;
	for (char **name = argv + 2; *name; name++) {
		program = bpf_object__find_program_by_name(object, *name);
		if (!program || bpf_program__set_autoload(program, true)) {
			fprintf(stderr, "load: no program %s\n", *name);
			return 64;
		}
	}
	if (bpf_object__load(object))
		return 1;
	print_counts(object);
	return 0;
}
