/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of the runner share: a runner of a tiny model, questions, and waiting for them.
 *
 * A device cannot be lost on purpose: monocle_session_run_finish() is wrapped by the linker and
 * says so when told to.
 */
#pragma once

#include "app/runner/runner.h"
#include "model-test.h"

G_BEGIN_DECLS

#define MODEL       "models/native-96"
#define OTHER_MODEL "models/original-64"

/* How many of the next runs lose the device. */
extern guint test_losses;

#define WAIT_UNTIL(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 end = g_get_monotonic_time () + 300 * G_USEC_PER_SEC;                                   \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (!g_main_context_iteration (NULL, FALSE))                                               \
          g_usleep (500);                                                                          \
        if (g_get_monotonic_time () > end)                                                         \
          g_error ("waited too long for " #condition);                                             \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* The model below tests/fixtures, on the device of the tests. */
void test_configure (MonocleRunner *runner, const char *model);
MonocleRunner *test_make_runner (const char *model);

/* @name: below images/ */
MonocleDocument *test_open_document (const char *name);

MonocleQuery *test_ask (MonocleRunner *runner, MonocleDocument *document, const char *task);
void test_assert_state (MonocleQuery *query, MonocleQueryState state);
double test_get_encode_ms (MonocleQuery *query);

/* (transfer full): what the model wrote, of all regions. */
char *test_describe (MonocleQuery *query);

/* The one reference is ours. */
void test_assert_last (gpointer object);

/* Of runner-models.c. */
void test_no_model (void);
void test_device_gone (void);
void test_other_model (void);
void test_supports (void);
void test_lost (void);

/* Of runner-look.c. */
void test_look (void);
void test_look_gives_way (void);
void test_look_other_model (void);
void test_look_stopped (void);

/* Of runner-submit.c. */
void test_submit (void);
void test_submit_order (void);
void test_behind (void);
void test_submit_stop (void);
void test_submit_lost (void);
void test_submit_let_go (void);

G_END_DECLS
