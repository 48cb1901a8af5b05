/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli models list, info: what is here, what is on its way, and what the catalogue has.
 */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "app/cli/format.h"
#include "app/cli/models-memory.h"
#include "app/cli/models.h"
#include "app/cli/out.h"
#include "app/models/catalogue.h"
#include "app/models/shipped.h"
#include "app/models/store.h"

/* What stands for the name of the default model, which has none. */
#define NO_NAME "-"

/* Of what memory is planned for. */
#define MAX_REGIONS  1000
#define MAX_PICTURES 1000
#define MAX_TOKENS   100000

/* One line of the list: any of the four, the others are NULL. */
typedef struct
{
  const MonocleStoredModel *model;
  const MonocleStoredPart *part;
  const char *damaged;              /* its id */
  const MonocleCatalogueModel *row; /* also of a model or a part that it knows */
} Line;

typedef struct
{
  MonocleCatalogue *catalogue;
  GPtrArray *models;
  GPtrArray *parts;
  GPtrArray *damaged;
  GArray *lines; /* (element-type Line) */
} List;

static void
list_clear (List *list)
{
  g_clear_pointer (&list->catalogue, monocle_catalogue_free);
  g_clear_pointer (&list->models, g_ptr_array_unref);
  g_clear_pointer (&list->parts, g_ptr_array_unref);
  g_clear_pointer (&list->damaged, g_ptr_array_unref);
  g_clear_pointer (&list->lines, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (List, list_clear)

static const char *
get_id (const Line *line)
{
  return line->model     ? line->model->id
         : line->part    ? line->part->id
         : line->damaged ? line->damaged
                         : line->row->manifest->id;
}

static gboolean
is_listed (const List *list, const char *id)
{
  for (guint i = 0; i < list->lines->len; i++)
    if (g_str_equal (get_id (&g_array_index (list->lines, Line, i)), id))
      return TRUE;
  return FALSE;
}

/* A model that is there comes once, also when another one of it is on its way. */
static void
add_line (List *list, Line line)
{
  const char *id = get_id (&line);

  if (is_listed (list, id))
    return;
  if (!line.row)
    line.row = monocle_catalogue_find (list->catalogue, id);
  g_array_append_val (list->lines, line);
}

static gboolean
load_list (List *list, GError **error)
{
  list->catalogue = monocle_catalogue_load (error);
  if (!list->catalogue)
    return FALSE;
  list->models = monocle_model_store_list ();
  list->parts = monocle_model_store_list_parts ();
  list->damaged = monocle_model_store_list_damaged ();
  list->lines = g_array_new (FALSE, FALSE, sizeof (Line));
  for (guint i = 0; i < list->models->len; i++)
    add_line (list, (Line){ .model = list->models->pdata[i] });
  for (guint i = 0; i < list->parts->len; i++)
    add_line (list, (Line){ .part = list->parts->pdata[i] });
  for (guint i = 0; i < list->damaged->len; i++)
    add_line (list, (Line){ .damaged = list->damaged->pdata[i] });
  for (guint i = 0; i < monocle_catalogue_get_n (list->catalogue); i++)
    add_line (list, (Line){ .row = monocle_catalogue_get (list->catalogue, i) });
  return TRUE;
}

static const MonocleManifest *
get_manifest (const Line *line)
{
  if (line->model && line->model->manifest)
    return line->model->manifest;
  if (line->part)
    return line->part->manifest;
  return line->row ? line->row->manifest : NULL;
}

/* For programs. */
static const char *
get_state (const Line *line)
{
  if (line->part)
    return line->part->is_busy ? "downloading" : "partial";
  if (!line->model)
    return line->damaged ? "damaged" : "available";
  return line->model->shipped        ? (*line->model->id ? "included" : "default")
         : line->model->is_reference ? "reference"
                                     : "installed";
}

/* (transfer full): for people */
static char *
describe_state (const Line *line)
{
  guint percent;

  if (line->model)
    return g_strdup (line->model->shipped        ? _ ("comes along")
                     : line->model->is_reference ? _ ("here, by name")
                                                 : _ ("here"));
  if (!line->part)
    return g_strdup (line->damaged ? _ ("damaged") : _ ("to be got"));
  percent = line->part->total_bytes
                ? (guint) MIN (100 * line->part->received_bytes / line->part->total_bytes, 99)
                : 0;
  return g_strdup_printf (line->part->is_busy ? _ ("on its way, %u %%") : _ ("half here, %u %%"),
                          percent);
}

static guint64
get_size (const Line *line)
{
  const MonocleManifest *manifest = get_manifest (line);

  return line->model ? line->model->size_bytes
         : manifest  ? monocle_manifest_get_size (manifest)
                     : 0;
}

static const char *
get_title (const Line *line)
{
  return line->model  ? line->model->title
         : line->part ? line->part->title
         : line->row  ? line->row->manifest->title
                      : line->damaged;
}

/* --- Text --- */

static void
print_line (const Line *line)
{
  g_autofree char *size = get_size (line) ? g_format_size (get_size (line)) : g_strdup ("?");
  g_autofree char *state = describe_state (line);
  g_autofree char *id = monocle_cli_out_clean_line (*get_id (line) ? get_id (line) : NO_NAME);
  g_autofree char *title = monocle_cli_out_clean_line (get_title (line));

  monocle_cli_out ("%-26s %9s  %-16s %s\n", id, size, state, title);
}

static void
print_word (const char *name, const char *value)
{
  g_autofree char *clean = value ? monocle_cli_out_clean_line (value) : NULL;

  if (clean && *clean)
    monocle_cli_out ("  %-12s %s\n", name, clean);
}

static void
print_size (const char *name, guint64 bytes)
{
  g_autofree char *size = g_format_size (bytes);

  print_word (name, size);
}

/* Whose memory is spoken of, and what a model is asked then. */
typedef struct
{
  MonocleDevice *device; /* (nullable) */
  MonocleMemoryQuestion question;
} Room;

static void
room_clear (Room *room)
{
  g_clear_object (&room->device);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Room, room_clear)

static void
print_info (const Line *line, const Room *room)
{
  const MonocleManifest *manifest = get_manifest (line);
  g_autofree char *state = describe_state (line);
  g_autofree char *title = monocle_cli_out_clean_line (get_title (line));

  monocle_cli_out ("%s\n", title);
  print_word (_ ("name"), get_id (line));
  print_word (_ ("state"), state);
  if (line->row)
    {
      g_autofree char *languages = g_strjoinv (", ", line->row->languages);

      print_word (_ ("good at"), line->row->about);
      print_word (_ ("languages"), languages);
    }
  /* Roughly, where nothing can be planned. */
  if (line->row && !(line->model && room->device))
    {
      print_size (_ ("memory, f32"), line->row->f32_bytes);
      print_size (_ ("memory, f16"), line->row->f16_bytes);
    }
  if (line->model)
    monocle_cli_memory_print (room->device, &room->question, line->model->directory, NULL);
  if (get_size (line))
    print_size (_ ("files"), get_size (line));
  print_word (_ ("folder"), line->model ? line->model->directory : NULL);
  if (!manifest)
    return;
  print_word (_ ("repository"), manifest->repository);
  print_word (_ ("revision"), manifest->revision);
  print_word (_ ("licence"), manifest->licence);
  print_word ("", manifest->licence_url);
  for (guint i = 0; i < manifest->files->len; i++)
    {
      const MonocleManifestFile *file = manifest->files->pdata[i];
      g_autofree char *size = file->size ? g_format_size (file->size) : g_strdup ("?");

      monocle_cli_out ("  %9s  %s\n             %s\n", size, file->name,
                       file->sha256 ? file->sha256 : _ ("no hash is known"));
      /* Who is asked for it, if not the repository. */
      if (file->address)
        monocle_cli_out ("             %s\n", file->address);
    }
}

/* --- JSON --- */

static void
add_text (JsonBuilder *builder, const char *key, const char *text)
{
  if (!text)
    return;
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, text);
}

static void
add_number (JsonBuilder *builder, const char *key, guint64 number)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, (gint64) number);
}

static void
add_row (JsonBuilder *builder, const MonocleCatalogueModel *row)
{
  add_text (builder, "about", row->about);
  add_number (builder, "parameters", row->n_parameters);
  json_builder_set_member_name (builder, "languages");
  json_builder_begin_array (builder);
  for (guint i = 0; row->languages[i]; i++)
    json_builder_add_string_value (builder, row->languages[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "memory_bytes");
  json_builder_begin_object (builder);
  add_number (builder, "f32", row->f32_bytes);
  add_number (builder, "f16", row->f16_bytes);
  json_builder_end_object (builder);
}

/* @room: (nullable): where it is told */
static void
print_json (const Line *line, const Room *room)
{
  const MonocleManifest *manifest = get_manifest (line);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_text (builder, "id", get_id (line));
  add_text (builder, "title", get_title (line));
  add_text (builder, "state", get_state (line));
  add_text (builder, "directory", line->model ? line->model->directory : NULL);
  add_number (builder, "size_bytes", get_size (line));
  if (line->part)
    add_number (builder, "received_bytes", line->part->received_bytes);
  if (manifest)
    {
      add_text (builder, "repository", manifest->repository);
      add_text (builder, "revision", manifest->revision);
      add_text (builder, "licence", manifest->licence);
      add_text (builder, "licence_url", manifest->licence_url);
      add_number (builder, "files", manifest->files->len);
      add_number (builder, "hashes", monocle_manifest_count_hashes (manifest));
    }
  if (line->row)
    add_row (builder, line->row);
  if (line->model && room)
    monocle_cli_memory_print (room->device, &room->question, line->model->directory, builder);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

/* --- The two parts --- */

MonocleCliStatus
monocle_cli_models_list (int argc, char **argv)
{
  g_autofree char *format = NULL;
  const GOptionEntry entries[] = {
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { NULL },
  };
  g_auto (List) list = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean json;

  if (!monocle_cli_parse ("models list", NULL,
                          _ ("Lists the models that are here, and those that can be got."), NULL,
                          entries, NULL, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc > 1)
    return monocle_cli_refuse ("models list", _ ("there is nothing to do with '%s'"), argv[1]);
  if (!monocle_cli_format_read ("models list", format, &json))
    return MONOCLE_CLI_USAGE;
  if (!load_list (&list, &error))
    return monocle_cli_report (NULL, error);

  for (guint i = 0; i < list.lines->len; i++)
    if (json)
      print_json (&g_array_index (list.lines, Line, i), NULL);
    else
      print_line (&g_array_index (list.lines, Line, i));
  return MONOCLE_CLI_DONE;
}

static const Line *
find_line (const List *list, const char *called)
{
  /* As the list has it. */
  const char *name = g_str_equal (called, NO_NAME) ? MONOCLE_SHIPPED_DEFAULT : called;
  const MonocleCatalogueModel *row = monocle_catalogue_find (list->catalogue, name);
  g_autofree char *id = monocle_model_store_dup_id (name);

  for (guint i = 0; i < list->lines->len; i++)
    {
      const Line *line = &g_array_index (list->lines, Line, i);

      if (g_str_equal (get_id (line), id ? id : name) || (row && line->row == row))
        return line;
    }
  return NULL;
}

MonocleCliStatus
monocle_cli_models_info (int argc, char **argv)
{
  g_autofree char *format = NULL, *device = NULL, *pictures = NULL, *regions = NULL, *beams = NULL,
                  *tokens = NULL;
  const GOptionEntry entries[] = {
    { "device", 'd', 0, G_OPTION_ARG_FILENAME, &device, N_ ("Of which device memory is told"),
      N_ ("DEVICE") },
    { "pictures", 0, 0, G_OPTION_ARG_FILENAME, &pictures,
      N_ ("Memory for so many pictures side by side, as batch looks at them"), "N" },
    { "regions", 'r', 0, G_OPTION_ARG_FILENAME, &regions,
      N_ ("Memory for so many regions asked about at once"), "N" },
    { "beams", 'b', 0, G_OPTION_ARG_FILENAME, &beams, N_ ("Memory for so many beams"), "N" },
    { "tokens", 0, 0, G_OPTION_ARG_FILENAME, &tokens,
      N_ ("Memory for answers of so many tokens (default: 128)"), "N" },
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { NULL },
  };
  MonocleCliStatus status = MONOCLE_CLI_DONE;
  g_auto (List) list = { 0 };
  g_auto (Room) room = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean json;

  if (!monocle_cli_parse ("models info", _ ("NAME..."), _ ("Says what is known of a model."), NULL,
                          entries, NULL, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc < 2)
    return monocle_cli_refuse ("models info", _ ("which model?"));
  if (!monocle_cli_format_read ("models info", format, &json)
      || !monocle_cli_parse_count ("models info", "--pictures", pictures, MAX_PICTURES,
                                   &room.question.n_pictures)
      || !monocle_cli_parse_count ("models info", "--regions", regions, MAX_REGIONS,
                                   &room.question.n_regions)
      || !monocle_cli_parse_count ("models info", "--beams", beams, MONOCLE_MAX_BEAMS,
                                   &room.question.num_beams)
      || !monocle_cli_parse_count ("models info", "--tokens", tokens, MAX_TOKENS,
                                   &room.question.max_tokens))
    return MONOCLE_CLI_USAGE;
  /* Without one there is much to say all the same, unless it was asked for. */
  room.device = monocle_device_find (device ? device : "auto", device ? &error : NULL);
  if (error)
    return monocle_cli_report (NULL, error);
  if (!load_list (&list, &error))
    return monocle_cli_report (NULL, error);

  for (int i = 1; i < argc; i++)
    {
      const Line *line = find_line (&list, argv[i]);
      g_autoptr (GError) problem = NULL;

      if (line)
        (json ? print_json : print_info) (line, &room);
      else
        {
          g_set_error (&problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s",
                       _ ("no such model is here or known; see monocle-cli models list"));
          status = monocle_cli_worst (status, monocle_cli_report (argv[i], problem));
        }
    }
  return status;
}
