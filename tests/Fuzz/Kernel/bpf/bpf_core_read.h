/* SPDX-License-Identifier: GPL-2.0-only */
/* Decoders read bytes, not the kernel: nothing that is reached asks for these. See decoders.c. */
#pragma once

#define BPF_CORE_READ(source, ...) 0
#define bpf_core_field_exists(field) 0
#define bpf_get_current_task_btf() 0
