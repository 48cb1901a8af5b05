/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Vulkan whose calls fail when a test wants it. Linked into a test, it stands before the real
 * functions that the engine calls.
 */
#pragma once

#include <glib.h>
#include <vulkan/vulkan.h>

G_BEGIN_DECLS

/* How a function may fail. */
typedef enum
{
  FAILING_MEMORY = 1 << 0,     /* of host or device */
  FAILING_LOST = 1 << 1,       /* the device */
  FAILING_START = 1 << 2,      /* cannot be initialised */
  FAILING_MAP = 1 << 3,        /* cannot be mapped */
  FAILING_INCOMPLETE = 1 << 4, /* there are more */
  FAILING_TIMEOUT = 1 << 5,
  FAILING_NOT_READY = 1 << 6,
} FailingKinds;

#define FAILING_MAX_RESULTS 6

/* No failure: a list without items. */
#define FAILING_EMPTY VK_RESULT_MAX_ENUM

typedef struct
{
  const char *name;
  FailingKinds kinds;
} FailingFunction;

extern const FailingFunction failing_functions[];
extern const guint n_failing_functions;

/* The results that a function may fail with; returns how many. */
guint failing_get_results (const FailingFunction *function, VkResult *results);

/* Shared by all processes that are forked after failing_init(). */
void failing_init (void);

/* Forgets all counts and plans. */
void failing_reset (void);

/* Makes the @n-th call of the function fail, counted from 1; and all after it. Two functions may be
 * planned for. */
void failing_plan (const char *name, guint n, VkResult result, gboolean for_good);

/* As that, once, by losing the device: whatever can say so does from then on, until it is opened
 * anew. */
void failing_plan_loss (const char *name, guint n);

/* Whether a call that is going to fail waits before it does. */
void failing_hold (gboolean is_held);

guint failing_get_n_calls (const char *name);
guint failing_get_n_failed (void);

G_END_DECLS
