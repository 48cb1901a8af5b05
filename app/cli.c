/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli: finds the verb and calls it.
 */
#include "config.h"

#include "app/cli.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "app/cli-wait.h"

#define PROGRAM "monocle-cli"

typedef struct
{
  const char *name;
  const char *summary;
  MonocleCliStatus (*call) (int argc, char **argv);
} Verb;

static const Verb verbs[] = {
#define VERB(name, summary) { #name, summary, monocle_cli_##name },
  MONOCLE_CLI_VERBS (VERB)
#undef VERB
};

/* One line, whatever a message holds. */
static void
print_error (const char *message)
{
  g_autofree char *line = g_strdup (message);

  fprintf (stderr, PROGRAM ": error: %s\n", g_strdelimit (line, "\r\n", ' '));
}

MonocleCliStatus
monocle_cli_report (const char *file, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return MONOCLE_CLI_INTERRUPTED;

  if (file && !g_str_has_prefix (error->message, file))
    {
      g_autofree char *message = g_strdup_printf ("%s: %s", file, error->message);

      print_error (message);
    }
  else
    print_error (error->message);

  return MONOCLE_CLI_FAILED;
}

MonocleCliStatus
monocle_cli_worst (MonocleCliStatus a, MonocleCliStatus b)
{
  return MAX (a, b);
}

MonocleCliStatus
monocle_cli_refuse (const char *verb, const char *format, ...)
{
  g_autofree char *message = NULL, *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  line = g_strdup_printf (_ ("%s (see %s %s --help)"), message, PROGRAM, verb);
  print_error (line);

  return MONOCLE_CLI_USAGE;
}

gboolean
monocle_cli_parse (const char *verb,
                   const char *parameters,
                   const char *summary,
                   const char *description,
                   const GOptionEntry *entries,
                   MonocleCliModel *model,
                   int *argc,
                   char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  g_autofree char *name = g_strdup_printf (PROGRAM " %s", verb);
  g_autoptr (GError) error = NULL;

  g_set_prgname (name);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (model)
    monocle_cli_model_add_options (model, context);

  if (!g_option_context_parse (context, argc, argv, &error))
    {
      monocle_cli_refuse (verb, "%s", error->message);
      return FALSE;
    }
  return TRUE;
}

gboolean
monocle_cli_flush (void)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;

  fprintf (stderr, PROGRAM ": error: %s: %s\n", _ ("standard output"), g_strerror (errno));
  return FALSE;
}

static void
print_usage (FILE *stream)
{
  fprintf (stream, "%s\n  " PROGRAM " %s\n\n%s\n", _ ("Usage:"), _ ("VERB [OPTION...] ..."),
           _ ("Verbs:"));
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    fprintf (stream, "  %-10s %s\n", verbs[i].name, _ (verbs[i].summary));
  fprintf (stream, "\n%s\n  --help     %s\n  --version  %s\n\n%s\n", _ ("Options:"),
           _ ("Show this help; after a verb, the help of that verb"), _ ("Show the version"),
           _ ("Exit status: 0 done, 1 an input or a run failed, 2 wrong usage, 130 interrupted."));
}

int
main (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, MONOCLE_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if (!name)
    {
      print_usage (stderr);
      return MONOCLE_CLI_USAGE;
    }
  if (strcmp (name, "--version") == 0)
    {
      printf ("monocle-cli %s\n", MONOCLE_VERSION);
      return monocle_cli_flush () ? MONOCLE_CLI_DONE : MONOCLE_CLI_FAILED;
    }
  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0 || strcmp (name, "help") == 0)
    {
      print_usage (stdout);
      return monocle_cli_flush () ? MONOCLE_CLI_DONE : MONOCLE_CLI_FAILED;
    }

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (name, verbs[i].name) == 0)
      {
        MonocleCliStatus status = verbs[i].call (argc - 1, argv + 1);

        if (!monocle_cli_flush () && status == MONOCLE_CLI_DONE)
          status = MONOCLE_CLI_FAILED;
        return monocle_cli_wait_for_engine (status);
      }

  fprintf (stderr, PROGRAM ": error: ");
  fprintf (stderr, _ ("there is no verb '%s'"), name);
  fprintf (stderr, " (");
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    fprintf (stderr, "%s%s", i ? ", " : "", verbs[i].name);
  fprintf (stderr, ")\n");
  return MONOCLE_CLI_USAGE;
}
