/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/application-private.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>

#include "app/base/data-dir.h"
#include "app/models/open.h"
#include "app/models/report.h"
#include "app/document/work.h"
#include "app/json/rescue.h"
#include "ui/ask-option.h"
#include "ui/dialogs.h"
#include "ui/keys.h"
#include "ui/language-chooser.h"
#include "ui/open-again.h"
#include "ui/preferences.h"
#include "ui/window.h"

/* The exit status, as monocle-cli has it. */
#define WRONG_USAGE 2

struct _MonocleApplication
{
  AdwApplication parent_instance;

  GSettings *settings;
  MonocleRunner *runner;
  MonocleThreshold *threshold;
  MonocleFinder *finder;
  MonocleAskAll *ask_all;
  MonocleTutor *tutor;
  MonocleModelJobs *model_jobs; /* (nullable) */
  GPtrArray *interrupted;       /* (nullable): files that were open when the last run broke off */
};

G_DEFINE_FINAL_TYPE (MonocleApplication, monocle_application, ADW_TYPE_APPLICATION)

/* --- Actions --- */

static void
new_window (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  gtk_window_present (GTK_WINDOW (monocle_window_new (self)));
}

static void
show_preferences (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  GtkWindow *parent = gtk_application_get_active_window (self);

  monocle_dialogs_present (monocle_preferences_new (self), parent);
}

static void
show_help (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  GtkWindow *window = gtk_application_get_active_window (self);

  if (window)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.show-help-overlay", NULL);
}

static void
quit (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  GList *window;

  /* One after the other, so that each can save what it has to. */
  while ((window = gtk_application_get_windows (self)))
    {
      GtkWindow *first = window->data;

      gtk_window_close (first);
      if (gtk_application_get_windows (self) && gtk_application_get_windows (self)->data == first)
        break;
    }
}

static void
quit_soon (gpointer self)
{
  g_action_group_activate_action (G_ACTION_GROUP (self), "quit", NULL);
}

/* GTK lets go of a dialog that has its event in hand only after the window that it belongs to. */
static gboolean
on_quit_key (GtkWidget *window, GVariant *arguments, gpointer self)
{
  g_idle_add_once (quit_soon, self);
  return TRUE;
}

/* Dialogs are none of the application's windows, each of which is there for pictures; so its keys
 * pass them by, and one has to work everywhere. */
static void
on_toplevels_changed (
    GListModel *toplevels, guint position, guint n_removed, guint n_added, MonocleApplication *self)
{
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);
      GtkEventController *controller = gtk_shortcut_controller_new ();

      gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (controller),
                                         GTK_SHORTCUT_SCOPE_GLOBAL);
      gtk_shortcut_controller_add_shortcut (
          GTK_SHORTCUT_CONTROLLER (controller),
          gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_q, GDK_CONTROL_MASK),
                            gtk_callback_action_new (on_quit_key, self, NULL)));
      gtk_widget_add_controller (window, controller);
    }
}

/* What somebody who helps would ask first. */
static char *
describe_system (MonocleApplication *self, const char *report)
{
  GString *text = g_string_new (report);
  MonocleModel *model = monocle_runner_get_model (self->runner);

  g_string_append_printf (text, "GTK %u.%u.%u, libadwaita %u.%u.%u\n", gtk_get_major_version (),
                          gtk_get_minor_version (), gtk_get_micro_version (),
                          adw_get_major_version (), adw_get_minor_version (),
                          adw_get_micro_version ());
  if (model)
    g_string_append_printf (
        text, "In use: a model of %" G_GUINT64_FORMAT " parameters, %s, on %s, %.0f MiB\n",
        monocle_model_get_n_parameters (model), monocle_model_get_precision_name (model),
        monocle_device_get_name (monocle_model_get_device (model)),
        (double) monocle_model_get_used_bytes (model) / 1048576);
  return g_string_free (text, FALSE);
}

static void
on_report_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleApplication) self = data;
  g_autofree char *report = monocle_report_write_finish (result);
  g_autofree char *system = self->runner ? describe_system (self, report) : NULL;
  const char *developers[] = { "The Monocle project", NULL };

  monocle_dialogs_show_about (
      gtk_application_get_active_window (GTK_APPLICATION (self)), "application-name", "Monocle",
      "application-icon", MONOCLE_APPLICATION_ID, "version", MONOCLE_VERSION, "developer-name",
      _ ("The Monocle project"), "developers", developers, "comments",
      _ ("Ask your pictures: find, outline, name, read and describe what they show."),
      "license-type", GTK_LICENSE_GPL_3_0, "debug-info", system, "debug-info-filename",
      "monocle-system.txt",
      /* Translators: your names, one a line. */
      "translator-credits", _ ("translator-credits"), NULL);
}

static void
show_about (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_report_write_async (on_report_written, g_object_ref (self));
}

static const GActionEntry actions[] = {
  { .name = "new-window", .activate = new_window },
  { .name = "preferences", .activate = show_preferences },
  { .name = "help", .activate = show_help },
  { .name = "about", .activate = show_about },
  { .name = "quit", .activate = quit },
};

/* --- The runner follows the settings --- */

static void
configure_runner (MonocleApplication *self)
{
  g_autofree char *model = g_settings_get_string (self->settings, "model");
  g_autofree char *device = g_settings_get_string (self->settings, "device");
  g_autofree char *precision_name = g_settings_get_string (self->settings, "precision");
  g_auto (GStrv) trusted = g_settings_get_strv (self->settings, "trusted-devices");
  int beams = g_settings_get_int (self->settings, "beams");
  MonoclePrecision precision = MONOCLE_PRECISION_AUTO;
  gboolean is_in_few_bits;

  monocle_precision_find (precision_name, &precision);
  is_in_few_bits = monocle_precision_get_word_bits (precision) > 0;
  monocle_runner_set_trusted (self->runner,
                              g_strv_contains ((const char *const *) trusted, device));
  monocle_runner_configure (self->runner, *model ? model : NULL, device, precision, (guint) beams);
  /* What makes vectors has no words in few bits. */
  monocle_finder_configure (self->finder, device,
                            is_in_few_bits ? MONOCLE_PRECISION_F16 : precision,
                            g_strv_contains ((const char *const *) trusted, device));
}

static void
on_setting_changed (GSettings *settings, const char *key, MonocleApplication *self)
{
  static const char *const keys[]
      = { "model", "device", "precision", "beams", "trusted-devices", NULL };

  if (g_strv_contains (keys, key))
    {
      configure_runner (self);
      monocle_runner_load (self->runner);
    }
  else if (g_str_equal (key, "reopen") && !g_settings_get_boolean (settings, key))
    g_settings_reset (settings, "last-picture");
}

/* --- Lifecycle --- */

/* As Quit, but asking nobody. The second signal does what it does by itself. */
static gboolean
on_signal (gpointer self)
{
  g_autoptr (GPtrArray) unkept = monocle_work_list_unkept ();

  monocle_rescue_write (unkept);
  quit (NULL, NULL, self);
  g_application_quit (self);
  return G_SOURCE_REMOVE;
}

static void
monocle_application_startup (GApplication *application)
{
  MonocleApplication *self = MONOCLE_APPLICATION (application);

  G_APPLICATION_CLASS (monocle_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (MONOCLE_APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  monocle_application_add_models (self);
  monocle_application_add_sketch (self);
  monocle_application_add_world (self);
  monocle_keys_set_accels (GTK_APPLICATION (self));
  monocle_window_set_label_keys (GTK_APPLICATION (self));

  g_signal_connect_object (gtk_window_get_toplevels (), "items-changed",
                           G_CALLBACK (on_toplevels_changed), self, 0);

  g_unix_signal_add (SIGTERM, on_signal, self);
  g_unix_signal_add (SIGINT, on_signal, self);
  g_unix_signal_add (SIGHUP, on_signal, self);

  self->settings = g_settings_new (MONOCLE_APPLICATION_ID);
  self->runner = monocle_runner_new ();
  self->threshold = monocle_threshold_new (self->settings, self->runner);
  self->finder = monocle_finder_new (self->runner);
  g_settings_bind (self->settings, "search-regions", self->finder, "regions",
                   G_SETTINGS_BIND_DEFAULT);
  self->ask_all = monocle_application_make_ask_all (self);
  self->tutor = monocle_application_make_tutor (self);
  configure_runner (self);
  g_signal_connect_object (self->settings, "changed", G_CALLBACK (on_setting_changed), self, 0);
  monocle_ask_all_restore (self->ask_all);
  self->interrupted = monocle_open_again_take ();
  g_signal_connect (self, "window-removed", G_CALLBACK (monocle_open_again_note), NULL);
}

/* Downloads, looking at pictures, questions about many and teaching are gone on with another time.
 */
static void
monocle_application_shutdown (GApplication *application)
{
  MonocleApplication *self = MONOCLE_APPLICATION (application);

  if (self->model_jobs)
    monocle_model_jobs_stop_all (self->model_jobs);
  if (self->finder)
    monocle_finder_shut (self->finder);
  if (self->ask_all)
    monocle_ask_all_shut (self->ask_all);
  if (self->tutor)
    monocle_tutor_shut (self->tutor);
  monocle_open_again_forget ();
  monocle_work_close_all ();
  G_APPLICATION_CLASS (monocle_application_parent_class)->shutdown (application);
}

static gboolean
is_there (GFile *file)
{
  return g_file_is_native (file) && g_file_query_exists (file, NULL);
}

/* What was open when the application ended without being told to, a window each. */
static void
open_interrupted (MonocleApplication *self, MonocleWindow *window)
{
  g_autoptr (GPtrArray) files = g_steal_pointer (&self->interrupted);
  MonocleWindow *next = window;

  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (GPtrArray) one = NULL;

      if (!is_there (files->pdata[i]))
        continue;
      one = g_ptr_array_new_with_free_func (g_object_unref);
      g_ptr_array_add (one, g_object_ref (files->pdata[i]));
      if (!next)
        next = MONOCLE_WINDOW (monocle_window_new (self));
      monocle_window_open_files (next, one);
      gtk_window_present (GTK_WINDOW (next));
      next = NULL;
    }
  if (next != window)
    monocle_window_say (window, _ ("Monocle ended unexpectedly. What was open is open again."),
                        NULL, NULL, NULL);
}

/* The picture that was shown last, where the person wants that and it is still there. */
static void
reopen (MonocleApplication *self, MonocleWindow *window)
{
  g_autofree char *uri = g_settings_get_string (self->settings, "last-picture");
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->interrupted && self->interrupted->len > 0)
    {
      open_interrupted (self, window);
      return;
    }
  if (!*uri || !g_settings_get_boolean (self->settings, "reopen"))
    return;
  g_ptr_array_add (files, g_file_new_for_uri (uri));
  if (is_there (files->pdata[0]))
    monocle_window_open_files (window, files);
}

/* What ended with the program, and is in files. */
static void
say_rescued (MonocleWindow *window)
{
  guint n;
  g_autofree char *folder = monocle_rescue_take (&n);
  g_autofree char *uri = folder ? g_filename_to_uri (folder, NULL, NULL) : NULL;
  g_autofree char *text = NULL;

  if (!folder)
    return;
  text
      = g_strdup_printf (ngettext ("The work on %u picture could not be kept, and was rescued",
                                   "The work on %u pictures could not be kept, and was rescued", n),
                         n);
  monocle_window_say (window, text, _ ("_Show in Folder"), "win.show-in-folder", uri);
}

static void
monocle_application_activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (!window)
    {
      window = GTK_WINDOW (monocle_window_new (MONOCLE_APPLICATION (application)));
      reopen (MONOCLE_APPLICATION (application), MONOCLE_WINDOW (window));
      say_rescued (MONOCLE_WINDOW (window));
    }
  gtk_window_present (window);
}

static void
monocle_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);

  /* That is what is wanted now. */
  if (MONOCLE_APPLICATION (application)->interrupted)
    monocle_open_again_forget ();
  g_clear_pointer (&MONOCLE_APPLICATION (application)->interrupted, g_ptr_array_unref);
  for (int i = 0; i < n_files; i++)
    g_ptr_array_add (list, g_object_ref (files[i]));

  /* An empty window is used; one with a picture is left alone. */
  if (!window || monocle_window_has_content (MONOCLE_WINDOW (window)))
    window = GTK_WINDOW (monocle_window_new (MONOCLE_APPLICATION (application)));
  monocle_window_open_files (MONOCLE_WINDOW (window), list);
  say_rescued (MONOCLE_WINDOW (window));
  gtk_window_present (window);
}

/* --- The command line --- */

/* (transfer full) (element-type MonocleQuery) (nullable): what `--ask` says, in its order. */
static GPtrArray *
parse_questions (GVariantDict *options, GError **error)
{
  g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GSettings) settings = NULL;
  g_autoptr (GPtrArray) tasks = NULL;
  g_autofree char *model = NULL, *language = NULL;
  g_autofree const char **asked = NULL;

  if (!g_variant_dict_lookup (options, "ask", "^a&s", &asked))
    return g_steal_pointer (&queries);
  settings = g_settings_new (MONOCLE_APPLICATION_ID);
  model = g_settings_get_string (settings, "model");
  language = g_settings_get_string (settings, "answer-language");
  tasks = monocle_open_list_tasks (*model ? model : NULL);
  for (guint i = 0; asked[i]; i++)
    {
      MonocleQuery *query = monocle_ask_option_parse (tasks, asked[i], error);

      if (!query)
        return NULL;
      monocle_query_set_language (
          query, monocle_language_chooser_find (monocle_query_get_task (query), language));
      g_ptr_array_add (queries, query);
    }
  return g_steal_pointer (&queries);
}

/* Wrong usage is said where it was made, also when Monocle runs already. */
static int
monocle_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  g_autoptr (GPtrArray) queries = NULL;
  g_autoptr (GError) error = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Monocle %s\n", MONOCLE_VERSION);
      return 0;
    }
  queries = parse_questions (options, &error);
  if (!queries)
    {
      g_printerr (_ ("monocle: error: %s (see monocle --help)\n"), error->message);
      return WRONG_USAGE;
    }
  return -1;
}

/* In the instance that runs, whichever was started. */
static int
monocle_application_command_line (GApplication *application, GApplicationCommandLine *line)
{
  GVariantDict *options = g_application_command_line_get_options_dict (line);
  g_autoptr (GPtrArray) queries = parse_questions (options, NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree const char **paths = NULL;
  gboolean is_first = gtk_application_get_windows (GTK_APPLICATION (application)) == NULL;

  g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&ay", &paths);
  for (guint i = 0; paths && paths[i]; i++)
    g_ptr_array_add (files, g_application_command_line_create_file_for_arg (line, paths[i]));
  /* The first one opens a window anyway. */
  if (g_variant_dict_contains (options, "new-window") && !is_first)
    g_action_group_activate_action (G_ACTION_GROUP (application), "new-window", NULL);
  else if (files->len == 0)
    g_application_activate (application);
  if (files->len > 0)
    g_application_open (application, (GFile **) files->pdata, (int) files->len, "");
  if (queries && queries->len > 0)
    {
      GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

      if (!monocle_window_ask (MONOCLE_WINDOW (window), queries))
        {
          g_application_command_line_printerr (
              line, _ ("monocle: error: no picture is open to ask about: name a file\n"));
          return 1;
        }
    }
  return 0;
}

static void
monocle_application_dispose (GObject *object)
{
  MonocleApplication *self = MONOCLE_APPLICATION (object);

  g_clear_pointer (&self->interrupted, g_ptr_array_unref);
  g_clear_object (&self->model_jobs);
  g_clear_object (&self->ask_all);
  g_clear_object (&self->tutor);
  g_clear_object (&self->threshold);
  g_clear_object (&self->finder);
  g_clear_object (&self->runner);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (monocle_application_parent_class)->dispose (object);
}

static void
monocle_application_class_init (MonocleApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_application_dispose;
  application_class->startup = monocle_application_startup;
  application_class->shutdown = monocle_application_shutdown;
  application_class->activate = monocle_application_activate;
  application_class->open = monocle_application_open;
  application_class->handle_local_options = monocle_application_handle_local_options;
  application_class->command_line = monocle_application_command_line;
}

static void
monocle_application_init (MonocleApplication *self)
{
  static const GOptionEntry options[] = {
    { "ask", 'a', 0, G_OPTION_ARG_STRING_ARRAY, NULL,
      N_ ("Ask about the picture, as monocle-cli run --task does; may be given several times"),
      N_ ("TASK[=TEXT]") },
    { "new-window", 'n', 0, G_OPTION_ARG_NONE, NULL, N_ ("Open a new window"), NULL },
    { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self),
                                                     _ ("[IMAGE OR FOLDER...]"));
}

/* Not installed, it finds translations and settings where they were built. */
static void
find_data (void)
{
  gboolean in_build = monocle_data_dir_is_in_build ();

  if (in_build)
    g_setenv ("GSETTINGS_SCHEMA_DIR", MONOCLE_BUILD_DIR "/data", FALSE);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, in_build ? MONOCLE_BUILD_DIR "/po" : MONOCLE_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

MonocleApplication *
monocle_application_new (void)
{
  find_data ();
  g_set_application_name ("Monocle");
  return g_object_new (MONOCLE_TYPE_APPLICATION, "application-id", MONOCLE_APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN | G_APPLICATION_HANDLES_COMMAND_LINE,
                       "resource-base-path", "/org/monocle/Monocle", NULL);
}

MonocleRunner *
monocle_application_get_runner (MonocleApplication *self)
{
  g_return_val_if_fail (MONOCLE_IS_APPLICATION (self), NULL);
  return self->runner;
}

GSettings *
monocle_application_get_settings (MonocleApplication *self)
{
  g_return_val_if_fail (MONOCLE_IS_APPLICATION (self), NULL);
  return self->settings;
}

MonocleThreshold *
monocle_application_get_threshold (MonocleApplication *self)
{
  g_return_val_if_fail (MONOCLE_IS_APPLICATION (self), NULL);
  return self->threshold;
}

MonocleFinder *
monocle_application_get_finder (MonocleApplication *self)
{
  g_return_val_if_fail (MONOCLE_IS_APPLICATION (self), NULL);
  return self->finder;
}

MonocleAskAll *
monocle_application_get_ask_all (MonocleApplication *self)
{
  g_return_val_if_fail (MONOCLE_IS_APPLICATION (self), NULL);
  return self->ask_all;
}

MonocleTutor *
monocle_application_get_tutor (MonocleApplication *self)
{
  g_return_val_if_fail (MONOCLE_IS_APPLICATION (self), NULL);
  return self->tutor;
}

MonocleModelJobs *
monocle_application_get_model_jobs (MonocleApplication *self)
{
  g_return_val_if_fail (MONOCLE_IS_APPLICATION (self), NULL);
  if (!self->model_jobs)
    self->model_jobs = monocle_application_make_model_jobs (self);
  return self->model_jobs;
}
