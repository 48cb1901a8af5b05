/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: files that labels are imported from. The first byte says which.
 */
#include "config.h"

#include "fuzz.h"

#include "app/labels/label-import.h"
#include "app/labels/label-set.h"

static const char *const names[] = { "f.txt", "f.yaml", "f.json" };

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) labels = NULL;
  g_autoptr (MonocleLabelSet) set = monocle_label_set_new ();
  const char *name;

  if (size == 0)
    return 0;
  name = names[data[0] % G_N_ELEMENTS (names)];
  labels = monocle_label_import_parse ((const char *) data + 1, size - 1, name, &error);
  if (!labels)
    {
      fuzz_check_error (error, name);
      return 0;
    }
  for (guint i = 0; i < labels->len; i++)
    {
      g_autofree char *clean = monocle_label_clean (monocle_label_item_get_name (labels->pdata[i]));

      g_assert_cmpstr (clean, ==, monocle_label_item_get_name (labels->pdata[i]));
    }
  /* No name twice. */
  g_assert_cmpuint (monocle_label_set_merge (set, labels), ==, labels->len);
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char *const texts[] = {
    /* "f.txt", "f.yaml", "f.json" by what the first letter is modulo three */
    "Ztree\nhut\r\n\n sky \n",
    "Ztree, hut, sky",
    "[path: ../data\nnames:\n  0: tree # one\n  2: 'it''s'\n  1: \"h\\u00fct\"\nnc: 3\n",
    "[names: ['tree', hut,\n  \"sky\"] # all\n",
    "[names: {0: tree, 1: 'hut'}\n",
    "[names:\n- tree\n- 'hut'\n- sky\ntrain: x\n",
    "\\{\"categories\":[{\"id\":1,\"name\":\"tree\",\"color\":[1,2,255]},{\"id\":7,\"name\":"
    "\"hut\"}]}",
    "\\{\"labels\":[{\"name\":\"tree\",\"colour\":\"#00a878\",\"digit\":1,\"attributes\":[{"
    "\"name\":"
    "\"season\",\"kind\":\"choice\",\"choices\":[\"summer\",\"winter\"]},{\"name\":\"age\","
    "\"kind\":"
    "\"number\"}]}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    fuzz_add_seed (seeds, texts[i], strlen (texts[i]));
}
