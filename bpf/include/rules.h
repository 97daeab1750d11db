/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets of rules as bits, one for each rule of the policy. */
#pragma once

#include "maps.h"

/*
 * Branchless, or the verifier walks both sides of every bit. The barrier keeps clang 18 from taking it for a population count,
 * which it has no instruction for.
 */
static __always_inline __u32 trailing_zeros(__u64 value)
{
	__u64 below = (value & -value) - 1;

	below -= (below >> 1) & 0x5555555555555555ULL;
	below = (below & 0x3333333333333333ULL) + ((below >> 2) & 0x3333333333333333ULL);
	asm volatile("" : "+r"(below));
	below = (below + (below >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return (below * 0x0101010101010101ULL) >> 56;
}

/*
 * The functions without `static` are verified once, on their own, instead of once for every path of every caller
 * (global functions with pointers to memory: 5.12).
 */

/* The rule that a report names: the one with the lowest number. */
__global int first_rule(const struct rule_set *set)
{
	__u64 word = 0;
	__u32 at = 0;

	if (!set)
		return SP_NO_RULE;
	for (int i = 0; i < SP_RULE_WORDS && !word; i++) {
		word = set->word[i];
		at = i * 64;
	}
	return word ? at + trailing_zeros(word) : SP_NO_RULE;
}

const struct rule_set no_rules = {};

static __always_inline void narrow(struct rule_set *set, const struct rule_set *by)
{
#pragma unroll
	for (int i = 0; i < SP_RULE_WORDS; i++)
		set->word[i] &= by->word[i];
}
