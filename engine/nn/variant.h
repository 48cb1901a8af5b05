/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kernels that can do one operation, best first: the first that is built for the formats, that
 * the device can run and that suits the call is recorded.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/**
 * MonocleVariant:
 * @kernel: which must be built for the formats, and whose needs the device must have
 * @suits: (nullable): whether it is a good choice, or possible at all, for this call; %NULL: always
 * @record: records it, and whatever belongs to it
 */
typedef struct
{
  MonocleKernelId kernel;
  gboolean (*suits) (const MonocleVkTraits *traits, gconstpointer call);
  void (*record) (MonocleCommands *commands, gconstpointer call);
} MonocleVariant;

/* A predicate: devices that a processor plays. */
gboolean monocle_variant_for_software (const MonocleVkTraits *traits, gconstpointer call);

/**
 * monocle_variant_choose:
 * @variants: (array length=n): best first
 * @n: how many
 * @traits: of the device
 * @formats: of activations and weights
 * @call: what the operation is called with, for the predicates
 *
 * Returns: (nullable): the first that will do
 */
const MonocleVariant *monocle_variant_choose (const MonocleVariant *variants,
                                              guint n,
                                              const MonocleVkTraits *traits,
                                              MonocleVkFormats formats,
                                              gconstpointer call);

/**
 * monocle_variant_record:
 * @variants: (array length=n): best first; of them one must do on every device
 * @n: how many
 * @commands: a recording
 * @formats: of activations and weights
 * @call: what the operation is called with
 */
void monocle_variant_record (const MonocleVariant *variants,
                             guint n,
                             MonocleCommands *commands,
                             MonocleVkFormats formats,
                             gconstpointer call);

G_END_DECLS
