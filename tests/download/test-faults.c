/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random sequences of faults: whatever a server does, there is a whole, verified model in the end
 * or an error that says why not, and never half of one; and once the server is well again, the
 * model comes.
 *
 *   test-faults [--seed SEED]      MONOCLE_FAULT_SEQUENCES=N
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "app/models/store.h"
#include "setup.h"

#define N_SEQUENCES 40

static guint n_sequences = N_SEQUENCES;

typedef struct
{
  GRand *rand;
  double chance;          /* of a fault, for each request */
  gboolean has_hashes;    /* whether wrong bytes can be told from right ones */
  guint counts[N_FAULTS]; /* of all sequences */
  gboolean stalled;
} Chaos;

/* Without a hash nobody can see that a byte is another one. */
static gboolean
is_invisible (Fault fault)
{
  return fault == FAULT_CORRUPT || fault == FAULT_BLIND_CHANGE || fault == FAULT_OTHER_PART;
}

static Fault
plan_chaos (Server *server, const char *path, gpointer data)
{
  Chaos *chaos = data;
  /* Nobody says the hash of a list. */
  gboolean is_open = !chaos->has_hashes || g_str_has_prefix (path, "/api/");
  Fault fault;

  if (g_rand_double (chaos->rand) >= chaos->chance)
    return FAULT_NONE;
  do
    fault = (Fault) g_rand_int_range (chaos->rand, 1, N_FAULTS);
  /* Refusals end it at once, and silence takes a second: neither of them most of the time. */
  while ((is_open && is_invisible (fault)) || (fault == FAULT_STALL && chaos->stalled)
         || ((fault == FAULT_401 || fault == FAULT_403 || fault == FAULT_404)
             && g_rand_double (chaos->rand) < 0.9));
  chaos->stalled |= fault == FAULT_STALL;
  chaos->counts[fault]++;
  return fault;
}

static void
check_error (const GError *error, guint seed)
{
  g_test_message ("sequence %u: %s", seed, error->message);
  g_assert_cmpuint (strlen (error->message), >, 10);
  g_assert_null (strchr (error->message, '\n'));
  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

/* The server is well again. What came whole of another file before, and had no hash, is of no
 * model: that is found out, and then all of it comes. */
static char *
run_in_peace (Setup *setup, const Chaos *chaos)
{
  g_autoptr (GError) error = NULL;
  char *directory = setup_run (setup, "tiny", &error);

  if (!directory && !chaos->has_hashes)
    {
      g_assert_nonnull (strstr (error->message, "no whole model"));
      g_clear_error (&error);
      directory = setup_run (setup, "tiny", &error);
    }
  g_assert_no_error (error);
  return directory;
}

/* TRUE where it came in spite of all. */
static gboolean
run_sequence (Setup *setup, Chaos *chaos, guint seed)
{
  static const double chances[] = { 0.15, 0.4, 0.7, 0.95 };
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = NULL, *again = NULL;
  Row row;

  g_rand_set_seed (chaos->rand, seed);
  chaos->chance = chances[g_rand_int_range (chaos->rand, 0, G_N_ELEMENTS (chances))];
  row = (Row) g_rand_int_range (chaos->rand, 0, N_ROWS);
  chaos->has_hashes = row == ROW_HASHES || (row == ROW_NAME && g_rand_boolean (chaos->rand));
  chaos->stalled = FALSE;
  setup_set_row (setup, row);
  server_set_hashes (setup->server, chaos->has_hashes);
  server_set_plan (setup->server, plan_chaos, chaos, seed);

  directory = setup_run (setup, "tiny", &error);
  if (directory)
    {
      g_assert_no_error (error);
      setup_assert_whole (setup, directory, !chaos->has_hashes);
    }
  else
    {
      check_error (error, seed);
      setup_assert_no_model (setup, "tiny");
      server_set_plan (setup->server, NULL, NULL, seed);
      again = run_in_peace (setup, chaos);
      setup_assert_whole (setup, again, !chaos->has_hashes);
    }
  setup_empty_store ();
  return directory != NULL;
}

static void
test_sequences (void)
{
  static const char *const fixtures[] = { "original-96", "native-96", "original-64" };
  Chaos chaos = { .rand = g_rand_new () };
  guint32 first = (guint32) g_test_rand_int ();
  guint n_whole = 0, n_faults = 0;

  for (guint f = 0; f < G_N_ELEMENTS (fixtures); f++)
    {
      g_autoptr (Setup) setup = setup_new (fixtures[f]);

      for (guint i = f; i < n_sequences; i += G_N_ELEMENTS (fixtures))
        n_whole += run_sequence (setup, &chaos, first + i);
    }
  for (guint i = 0; i < N_FAULTS; i++)
    n_faults += chaos.counts[i];
  g_test_message ("%u sequences, %u faults: %u models came all the same, %u errors, then a model",
                  n_sequences, n_faults, n_whole, n_sequences - n_whole);
  /* Both ways out were taken. */
  g_assert_cmpuint (n_whole, >, 0);
  g_assert_cmpuint (n_whole, <, n_sequences);
  g_rand_free (chaos.rand);
}

int
main (int argc, char *argv[])
{
  const char *number = g_getenv ("MONOCLE_FAULT_SEQUENCES");

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  if (number)
    n_sequences = (guint) CLAMP (atoi (number), 10, 100000);
  g_test_add_func ("/faults/sequences", test_sequences);
  return g_test_run ();
}
