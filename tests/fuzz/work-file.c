/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The work of a picture from a file of which every byte may be another one than was written: read,
 * written again, the same.
 */
#include "config.h"

#include "fuzz.h"

#include "app/json/work-file.h"
#include "tests/unit/work-file-fixture.h"

void
fuzz_add_seeds (GPtrArray *seeds)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (MonocleDocument) document = any_document (rand);
      g_autoptr (MonocleWorkFile) file = monocle_work_file_new_of (document);
      g_autofree char *text = monocle_work_file_format (file);

      fuzz_add_seed (seeds, text, strlen (text));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleWorkFile) file
      = monocle_work_file_parse ((const char *) data, size, "a.monocle.json", &error);
  g_autoptr (MonocleWorkFile) back = NULL;
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;

  g_assert_true ((file == NULL) == (error != NULL));
  if (!file)
    return 0;
  text = monocle_work_file_format (file);
  back = monocle_work_file_parse (text, strlen (text), "again", &error);
  g_assert_no_error (error);
  again = monocle_work_file_format (back);
  g_assert_cmpstr (again, ==, text);
  return 0;
}
