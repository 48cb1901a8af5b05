/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of models share: the engine's asynchronous calls made to wait, model directories
 * that are copied and changed, and how far two arrays are apart.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* The device that MONOCLE_DEVICE selects, or the one to prefer; the same object every time. */
MonocleDevice *test_get_device (void);

/* Runs the main context until *@result is there; test_take_result() as callback stores it. */
void test_take_result (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *test_wait (GAsyncResult **result);

/* The public calls, waited for. */
MonocleModel *test_load (const char *directory, MonoclePrecision precision, GError **error);
MonocleRun *test_run (MonocleSession *session, const MonocleRequest *request, GError **error);
gboolean test_inspect (MonocleSession *session,
                       const char *prompt,
                       const guint32 *ids,
                       guint n_ids,
                       const char *directory,
                       GError **error);

/* test_load(), which must succeed. */
MonocleModel *test_load_or_die (const char *directory, MonoclePrecision precision);
MonocleImage *test_read_image (const char *path);
MonocleSession *test_open_image (MonocleModel *model, const char *path);
MonocleRun *test_run_or_die (MonocleSession *session, const MonocleRequest *request);

/* What the session's model can be asked, by its id, which must be there. */
const MonocleTask *test_find_task (MonocleSession *session, const char *id);
/* The same of those of a family. */
const MonocleTask *test_find_family_task (void (*list_tasks) (GPtrArray *tasks), const char *id);

/* That a question is refused with words about it. */
void
test_check_bad_request (MonocleSession *session, const MonocleRequest *request, const char *words);
/* Likewise a text for a task. */
void test_check_bad_text (MonocleSession *session,
                          const char *task,
                          const char *text,
                          const char *words);

/* That regions of a picture of 131 x 97 are answered side by side as they are alone. */
void test_check_side_by_side (MonocleSession *session, const MonocleTask *task);

/* The same for a model and a picture of tests/fixtures. */
MonocleModel *test_load_fixture (const char *name, MonoclePrecision precision);
MonocleSession *test_open_fixture (MonocleModel *model, const char *name);

/* A path below tests/fixtures. */
char *test_fixture (const char *path);

/* A fresh folder; freeing removes it with all that is in it. */
char *test_folder_new (void);
void test_folder_free (char *folder);
typedef char TestFolder;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestFolder, test_folder_free)

/* The JSON file of a folder, which must hold an object. */
JsonObject *test_read_json (const char *folder, const char *name);
JsonNode *test_read_json_node (const char *folder, const char *name);
void test_write_json (const char *folder, const char *name, JsonObject *object);

/* A model directory with the files of another one, as links. */
void test_link_model (const char *source, const char *folder);

/* A copy of a fixture with one thing changed in one of its files is refused with words about it. */
void test_check_refused (
    const char *model, const char *file, const char *from, const char *to, const char *words);

/* ||a - b|| / ||b||; infinite where a number is none. */
double test_relative_error (const float *a, const float *b, gsize n);

/* Whether both say the same; numbers by value, whatever their type. */
gboolean test_json_equal (JsonNode *a, JsonNode *b);

/* Counters of the device's memory, read on the worker. */
typedef struct
{
  guint64 n_allocations;
  guint64 used_bytes;
  guint64 peak_bytes;
} TestMemory;

TestMemory test_get_memory (MonocleModel *model);

/* The last thing in main: the devices are closed. Passes @status on. */
int test_end (int status);

/* Where MONOCLE_DEBUG asks for validation: that there was nothing to complain about. */
void test_check_validation (void);

G_END_DECLS
