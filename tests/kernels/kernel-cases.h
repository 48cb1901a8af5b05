/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One case for each row of kernels.def.
 */
#pragma once

#include "kernel-test.h"

G_BEGIN_DECLS

typedef enum
{
  KERNEL_CASE_BLOCK = 1 << 0, /* runs on software devices */
  KERNEL_CASE_GPU = 1 << 1,   /* runs elsewhere */
} KernelCaseDevices;

typedef struct
{
  MonocleKernelId kernel;
  KernelCaseDevices devices;
  void (*run) (KernelTest *t);
} KernelCase;

extern const KernelCase kernel_cases[];
extern const guint n_kernel_cases;

/* As devices without room for texel views do it: GPUs, and software devices that fall back. */
void kernel_case_run_unviewed (KernelTest *t, void (*run) (KernelTest *t));

/* In cases-products.c, cases-rows.c, cases-images.c, cases-attention.c and cases-backward.c. */
void kernel_case_run_matmul_block (KernelTest *t);
void kernel_case_run_matmul_straight (KernelTest *t);
void kernel_case_run_matmul_coop (KernelTest *t);
void kernel_case_run_matmul_tile (KernelTest *t);
void kernel_case_run_matvec_straight (KernelTest *t);
void kernel_case_run_few_rows (KernelTest *t);
void kernel_case_run_layer_norm (KernelTest *t);
void kernel_case_run_rms_norm (KernelTest *t);
void kernel_case_run_group_norm (KernelTest *t);
void kernel_case_run_rotary_angles (KernelTest *t);
void kernel_case_run_rotary (KernelTest *t);
void kernel_case_run_gate (KernelTest *t);
void kernel_case_run_soft_cap (KernelTest *t);
void kernel_case_run_window_attention (KernelTest *t);
void kernel_case_run_window_attention_straight (KernelTest *t);
void kernel_case_run_channel_attention (KernelTest *t);
void kernel_case_run_max_pool (KernelTest *t);
void kernel_case_run_convolve (KernelTest *t);
void kernel_case_run_channel_attention_unviewed (KernelTest *t);
void kernel_case_run_attention (KernelTest *t);
void kernel_case_run_attention_block (KernelTest *t);
void kernel_case_run_attention_straight (KernelTest *t);
void kernel_case_run_attention_tile (KernelTest *t);
void kernel_case_run_attention_group (KernelTest *t);
void kernel_case_run_cached_attention (KernelTest *t);
void kernel_case_run_head_scores (KernelTest *t);
void kernel_case_run_relative_bias (KernelTest *t);
void kernel_case_run_matmul_back (KernelTest *t);
void kernel_case_run_matmul_back_block (KernelTest *t);
void kernel_case_run_matmul_outer (KernelTest *t);
void kernel_case_run_gelu (KernelTest *t);
void kernel_case_run_gelu_back (KernelTest *t);
void kernel_case_run_add (KernelTest *t);
void kernel_case_run_layer_norm_back (KernelTest *t);
void kernel_case_run_attention_weights (KernelTest *t);
void kernel_case_run_attention_weights_back (KernelTest *t);
void kernel_case_run_attention_mix (KernelTest *t);
void kernel_case_run_cross_entropy (KernelTest *t);
void kernel_case_run_cross_entropy_back (KernelTest *t);
void kernel_case_run_sum_squares (KernelTest *t);
void kernel_case_run_adamw (KernelTest *t);

G_END_DECLS
