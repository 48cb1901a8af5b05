/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The residual network: He et al. 2015, arXiv 1512.03385, with bottlenecks whose 3x3 convolution
 * has the stride. Its norms are constants of a trained model: they are folded into the convolutions
 * as these are loaded.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/nn/graph.h"
#include "engine/nn/scope.h"

G_BEGIN_DECLS

#define MONOCLE_RESNET_STAGES 4

/**
 * MonocleResnetNames:
 * @MONOCLE_RESNET_NAMES_SHORT: `conv1`, `bn1`, `layer1.0.conv1`, `layer1.0.downsample.0`
 * @MONOCLE_RESNET_NAMES_LONG: `embedder.embedder.convolution`, `encoder.stages.0.layers.0.layer.0`
 *
 * What layers are called: as in the first implementations, or as in the reference's own.
 */
typedef enum
{
  MONOCLE_RESNET_NAMES_SHORT,
  MONOCLE_RESNET_NAMES_LONG,
} MonocleResnetNames;

/**
 * MonocleResnetConfig:
 * @names: of its parameters
 * @first: channels after the first convolution
 * @widths: channels after each stage
 * @depths: bottlenecks of each stage; 0: the network ends before it
 */
typedef struct
{
  MonocleResnetNames names;
  guint first, widths[MONOCLE_RESNET_STAGES], depths[MONOCLE_RESNET_STAGES];
} MonocleResnetConfig;

/* The name below the scope of a network by which a file says that it has @names. */
const char *monocle_resnet_get_first_name (MonocleResnetNames names);

/* What a side of a picture comes to: at least 1. */
guint monocle_resnet_get_side (const MonocleResnetConfig *config, guint side);

/* Pixels [H, W, 3] to [H / 32, W / 32, C], of all stages. Can be stopped after every bottleneck. */
MonocleValue monocle_resnet (MonocleGraph *graph,
                             MonocleScope scope,
                             const MonocleResnetConfig *config,
                             MonocleValue pixels);

/* Once all is declared: folds the norms of the network at @scope.
 * Errors: UNSUPPORTED_MODEL, naming the tensor. */
gboolean monocle_resnet_fold (MonocleWeights *weights, MonocleScope scope, GError **error);

G_END_DECLS
