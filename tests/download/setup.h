/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of downloads share: a server with the tiny models in it, a catalogue that names
 * them, a store of their own, and one look at what is in the store afterwards.
 */
#pragma once

#include "app/models/download.h"
#include "server.h"

G_BEGIN_DECLS

typedef struct
{
  char *root;  /* what the server serves */
  char *model; /* root/tiny/MODEL */
  char *name;  /* MODEL */
  Server *server;
  Server *elsewhere; /* with the same in it */
  MonocleCatalogue *catalogue;
} Setup;

/* @fixture: a folder of tests/fixtures/models */
Setup *setup_new (const char *fixture);
void setup_free (Setup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Setup, setup_free)

/* Rows of the catalogue: with hashes and sizes, with sizes alone, or the repository's name alone.
 */
typedef enum
{
  ROW_HASHES,
  ROW_SIZES,
  ROW_NAME,
  N_ROWS,
  ROW_HUGE = N_ROWS, /* with sizes that no disk has room for */
  ROW_ELSEWHERE,     /* config.json is in the row, all else on the other server */
} Row;

/* The row's id is "tiny". */
void setup_set_row (Setup *self, Row row);

/* As often as it has to, without ever waiting long. */
MonocleDownload *setup_make_download (Setup *self, const char *name);
/* Run it to its end. Return (transfer full): the folder of the model. */
char *setup_run_download (MonocleDownload *download, GCancellable *cancellable, GError **error);
char *setup_run (Setup *self, const char *name, GError **error);

/* Every file of the model is there with its bytes, no file else, and nothing half done. @or_other:
 * or with all those of what the server had in its place; only hashes could tell. */
void setup_assert_whole (Setup *self, const char *directory, gboolean or_other);
/* There is no model of that name. */
void setup_assert_no_model (Setup *self, const char *id);
/* Takes everything out of the store. */
void setup_empty_store (void);

G_END_DECLS
