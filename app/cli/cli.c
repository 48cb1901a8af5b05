/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli: finds the verb and calls it.
 */
#include "config.h"

#include "app/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/base/homes.h"
#include "app/cli/model-help.h"
#include "app/cli/out.h"
#include "app/cli/wait.h"

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
      { "next-frames", N_ ("Say what happens next where things move"), monocle_cli_next_frames },
      { "report", N_ ("Write what a bug report needs"), monocle_cli_report_system },
};

/* One line, whatever a message holds. */
static void
print_error (const char *message)
{
  g_autofree char *line = monocle_cli_out_clean_line (message);

  fprintf (stderr, PROGRAM ": error: %s\n", line);
}

MonocleCliStatus
monocle_cli_report (const char *file, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return MONOCLE_CLI_INTERRUPTED;

  if (file)
    {
      g_autofree char *shown = g_filename_display_name (file);
      g_autofree char *start = g_strconcat (shown, ": ", NULL);
      g_autofree char *message = g_strconcat (start, error->message, NULL);

      print_error (g_str_has_prefix (error->message, start) ? error->message : message);
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

/* The status with which to end, once all is printed. */
static MonocleCliStatus
finish (MonocleCliStatus status)
{
  int fault = monocle_cli_out_finish ();

  if (fault == 0)
    return status;
  fprintf (stderr, PROGRAM ": error: %s: %s\n", _ ("standard output"), g_strerror (fault));
  return status == MONOCLE_CLI_DONE ? MONOCLE_CLI_FAILED : status;
}

static gboolean
note_help (const char *name, const char *value, gpointer is_wanted, GError **error)
{
  *(gboolean *) is_wanted = TRUE;
  return TRUE;
}

/* Whether what an option takes is a file or a folder, by what its help calls that. */
static gboolean
takes_path (const GOptionEntry *entry)
{
  static const char *const words[] = { "FILE", "DIR", "OUT", "PATH" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (entry->arg_description && g_str_has_prefix (entry->arg_description, words[i]))
      return TRUE;
  return FALSE;
}

/* No file is called "": a script had no value for it. The default model is, in lists of models. */
static gboolean
has_names (const char *verb, const GOptionEntry *entries)
{
  for (; entries->long_name; entries++)
    {
      const gboolean is_rest = !*entries->long_name;
      const gboolean is_list = entries->arg == G_OPTION_ARG_FILENAME_ARRAY;
      const char *const single[] = { is_list ? NULL : *(char *const *) entries->arg_data, NULL };
      const char *const *given = is_list ? *(const char *const *const *) entries->arg_data : single;

      if ((!is_list && entries->arg != G_OPTION_ARG_FILENAME) || !(is_rest || takes_path (entries))
          || !given || !g_strv_contains (given, ""))
        continue;
      if (is_rest)
        monocle_cli_refuse (verb, "%s", _ ("one of the names is empty"));
      else
        monocle_cli_refuse (verb, _ ("--%s needs a name"), entries->long_name);
      return FALSE;
    }
  return TRUE;
}

gboolean
monocle_cli_parse (const char *verb,
                   const char *parameters,
                   const char *summary,
                   char *(*describe) (const MonocleCliModel *model),
                   const GOptionEntry *entries,
                   MonocleCliModel *model,
                   int *argc,
                   char ***argv)
{
  const gpointer note = (gpointer) (GOptionArgFunc) note_help;
  const GOptionEntry help[] = {
    { "help", 'h', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, note, N_ ("Show this help"), NULL },
    { "help-all", '?', G_OPTION_FLAG_NO_ARG | G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_CALLBACK, note,
      NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  g_autofree char *name = g_strdup_printf (PROGRAM " %s", verb);
  g_autoptr (GError) error = NULL;
  gboolean wants_help = FALSE, is_parsed;

  g_set_prgname (name);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, summary);
  /* GLib's own help does not see whether anybody got it. */
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_main_group (context, g_option_group_new ("", NULL, NULL, &wants_help, NULL));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (model)
    monocle_cli_model_add_options (model, context);
  g_option_context_add_main_entries (context, help, GETTEXT_PACKAGE);

  is_parsed = g_option_context_parse (context, argc, argv, &error);
  /* Whatever else is on the line does not matter, but for the model that is meant. */
  if (wants_help)
    {
      g_autofree char *own = describe ? describe (model) : NULL;
      g_autofree char *tasks = model ? monocle_cli_model_dup_help (model) : NULL;
      g_autofree char *description = g_strconcat (tasks ? tasks : "", own ? own : "", NULL);
      g_autofree char *text = NULL;

      g_option_context_set_description (context, description);
      text = g_option_context_get_help (context, TRUE, NULL);
      monocle_cli_out ("%s", text);
      exit (finish (MONOCLE_CLI_DONE));
    }
  if (is_parsed)
    return has_names (verb, entries);
  monocle_cli_refuse (verb, "%s", error->message);
  return FALSE;
}

gboolean
monocle_cli_parse_count (
    const char *verb, const char *option, const char *text, guint most, guint *count)
{
  guint64 number;

  if (!text)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 1, most, &number, NULL))
    {
      monocle_cli_refuse (verb, _ ("%s must be a whole number from 1 to %u, not '%s'"), option,
                          most, text);
      return FALSE;
    }
  *count = (guint) number;
  return TRUE;
}

gboolean
monocle_cli_read_number (
    const char *text, double least, gboolean inclusive, double most, double *number)
{
  char *end;
  double value;

  if (!text)
    return TRUE;
  errno = 0;
  value = g_ascii_strtod (text, &end);
  /* It knows other ways to write numbers than people expect here. */
  if (end == text || *end || strpbrk (text, "xX") || errno != 0
      || !(value >= least && value <= most) || (!inclusive && !(value > least)))
    return FALSE;
  *number = value;
  return TRUE;
}

char *
monocle_cli_dup_text (const char *argument)
{
  if (g_utf8_validate (argument, -1, NULL))
    return g_strdup (argument);
  return g_get_charset (NULL) ? NULL : g_locale_to_utf8 (argument, -1, NULL, NULL, NULL);
}

gboolean
monocle_cli_has_words (const char *text)
{
  gunichar c;

  /* What is no UTF-8 is something, too. */
  while ((c = g_utf8_get_char_validated (text, -1)) != 0 && g_unichar_isspace (c))
    text = g_utf8_next_char (text);
  return c != 0;
}

/* --- Verbs --- */

static char *
make_usage (void)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s\n  " PROGRAM " %s\n\n%s\n", _ ("Usage:"),
                          _ ("VERB [OPTION...] ..."), _ ("Verbs:"));
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_string_append_printf (text, "  %-11s %s\n", verbs[i].name, _ (verbs[i].summary));
  g_string_append_printf (
      text, "\n%s\n  --help     %s\n  --version  %s\n\n%s\n", _ ("Options:"),
      _ ("Show this help; after a verb, the help of that verb"), _ ("Show the version"),
      _ ("Exit status: 0 done, 1 an input or a run failed, 2 wrong usage, 130 interrupted."));
  return g_string_free (text, FALSE);
}

static MonocleCliStatus
refuse_verb (const char *name)
{
  g_autoptr (GString) message = g_string_new (NULL);

  g_string_append_printf (message, _ ("there is no verb '%s'"), name);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_string_append_printf (message, "%s%s", i ? ", " : " (", verbs[i].name);
  g_string_append_c (message, ')');
  print_error (message->str);
  return MONOCLE_CLI_USAGE;
}

/* A file that is opened must not become what is printed to. What is closed stays of no use. */
static void
fill_streams (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) < 0 && open ("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
      _exit (MONOCLE_CLI_FAILED);
}

static MonocleCliStatus
call_verb (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : NULL;
  g_autofree char *usage = make_usage ();

  if (!name)
    {
      fputs (usage, stderr);
      return MONOCLE_CLI_USAGE;
    }
  if (strcmp (name, "--version") == 0)
    {
      monocle_cli_out ("monocle-cli %s\n", MONOCLE_VERSION);
      return MONOCLE_CLI_DONE;
    }
  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0 || strcmp (name, "help") == 0)
    {
      monocle_cli_out ("%s", usage);
      return MONOCLE_CLI_DONE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (name, verbs[i].name) == 0)
      return verbs[i].call (argc - 1, argv + 1);
  return refuse_verb (name);
}

int
main (int argc, char **argv)
{
  fill_streams ();
  monocle_homes_ignore_relative ();
  /* A limit on the size of files is an error like a full disk: nothing half done stays behind. */
  signal (SIGXFSZ, SIG_IGN);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, MONOCLE_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  return monocle_cli_wait_for_engine (finish (call_verb (argc, argv)));
}
