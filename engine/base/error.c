/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/base/error.h"

G_DEFINE_QUARK (monocle-engine-error-quark, monocle_engine_error)
