/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/base/error.h"

G_DEFINE_QUARK (monocle - app - error - quark, monocle_app_error)
