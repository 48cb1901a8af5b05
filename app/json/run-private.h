/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Members of a run that are read and written by name alone: the same text or number in both forms.
 */
#pragma once

#include "app/document/query-stored.h"
#include "app/json/run.h"

G_BEGIN_DECLS

/**
 * MonocleRunJsonField:
 * @name: in JSON
 * @key: in the dictionary of monocle_query_store()
 * @type: of its value there: "s", "u", "d" or "b"
 * @max: of "u"
 */
typedef struct
{
  const char *name;
  const char *key;
  const char *type;
  guint32 max;
} MonocleRunJsonField;

extern const MonocleRunJsonField monocle_run_json_fields[];
extern const guint monocle_run_json_n_fields;

G_END_DECLS
