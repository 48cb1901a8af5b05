/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli next-frames: what happens next, of scenes of our own and of frames of others.
 */
#include "config.h"

#include "app/cli/next-frames.h"

#include <errno.h>
#include <unistd.h>

#include "app/base/output.h"
#include "app/cli/cli.h"
#include "app/cli/format.h"
#include "app/cli/next-frames-drawn.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/draw/picture-format.h"
#include "app/world/picture.h"
#include "app/world/seen.h"
#include "app/world/watch.h"

#define VERB "next-frames"

/* Those that the recipe never draws: what is measured was not learnt. */
#define HELD_OUT G_GUINT64_CONSTANT (3000000000)

#define MOST_SCENES  1000000
#define MOST_FUTURES 64

/* Scenes that go to the device at once: as many as its rows take, a few times. */
#define AT_ONCE 60

/* Of a file of frames: far above any. */
#define MOST_BYTES (16 * 1024 * 1024)

#define PICTURE_SIDE 512

/* Far above any film. */
#define MOST_SECONDS 1e6

typedef struct
{
  MonocleCliModel model;
  char *scene, *evaluate, *boxes, *pictures, *write_scenes, *first, *given, *frames, *futures,
      *seed;
  char *thrown, *out, *drawn, *format, *from, *rate;
  MonocleWorldPick pick;
  gboolean is_heavy, is_blocked, is_bent, with_drawn, json;
  guint64 seeds_from;
  guint n_scenes, n_given, n_frames, n_futures;
  MonocleThrow throw;
  MonocleSampling sampling;
} Job;

static void
job_clear (Job *job)
{
  char **const strings[]
      = { &job->scene, &job->evaluate, &job->pictures, &job->boxes, &job->write_scenes, &job->first,
          &job->given, &job->frames,   &job->futures,  &job->seed,  &job->thrown,       &job->out,
          &job->drawn, &job->format,   &job->from,     &job->rate };

  monocle_cli_model_clear (&job->model);
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    g_clear_pointer (strings[i], g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

static MonocleWorldKind
get_kind (const Job *job)
{
  return job->is_heavy     ? MONOCLE_WORLD_HEAVY
         : job->is_blocked ? MONOCLE_WORLD_BLOCKED
         : job->is_bent    ? MONOCLE_WORLD_TURNING
                           : MONOCLE_WORLD_USUAL;
}

/* --- options ------------------------------------------------------------------------------ */

static char *
describe (const MonocleCliModel *model)
{
  return g_strdup (_ (
      "The model that comes along knows one to three balls in a box, with gravity, and nothing\n"
      "else. --boxes FILE takes what \"run --task detect --format json\" prints of square frames,\n"
      "a line a frame; \"-\" is standard input. --pictures PATH finds what moves in a film, in an\n"
      "animation or in the pictures of a folder with the default model, and shows the first\n"
      "--given frames of it, of a film those from second --from on.\n"
      "What does not look like such scenes is refused.\n"
      "--throw THING,X,Y says that a thing (1, 2 ..) is thrown behind the last frame that was\n"
      "seen, so many per cent of the side a frame to the right and down.\n"));
}

static gboolean
read_seed (const char *option, const char *text, guint64 most, guint64 *seed)
{
  if (!text || g_ascii_string_to_unsigned (text, 10, 0, most, seed, NULL))
    return TRUE;
  {
    g_autofree char *bound = g_strdup_printf ("%" G_GUINT64_FORMAT, most);

    monocle_cli_refuse (VERB, _ ("%s must be a whole number from 0 to %s, not '%s'"), option, bound,
                        text);
  }
  return FALSE;
}

static gboolean
read_throw (Job *job)
{
  g_auto (GStrv) parts = job->thrown ? g_strsplit (job->thrown, ",", -1) : NULL;
  guint64 thing = 0;

  job->throw.frame = -1;
  if (!parts)
    return TRUE;
  if (g_strv_length (parts) == 3
      && g_ascii_string_to_unsigned (parts[0], 10, 1, G_MAXUINT, &thing, NULL)
      && monocle_cli_read_number (parts[1], -100, TRUE, 100, &job->throw.vx)
      && monocle_cli_read_number (parts[2], -100, TRUE, 100, &job->throw.vy))
    {
      job->throw.frame = 0;
      job->throw.thing = (guint) thing - 1;
      job->throw.vx /= 100;
      job->throw.vy /= 100;
      return TRUE;
    }
  monocle_cli_refuse (VERB, _ ("--throw must be THING,X,Y with numbers, not '%s'"), job->thrown);
  return FALSE;
}

static gboolean
read_pick (Job *job)
{
  job->pick.rate = MONOCLE_WORLD_RATE;
  if (job->from && !monocle_cli_read_number (job->from, 0, TRUE, MOST_SECONDS, &job->pick.from))
    monocle_cli_refuse (VERB, _ ("--from must be a number of seconds, not '%s'"), job->from);
  else if (job->rate
           && !monocle_cli_read_number (job->rate, 0, FALSE, MONOCLE_VIDEO_MOST_RATE,
                                        &job->pick.rate))
    monocle_cli_refuse (VERB, _ ("--rate must be a number above 0 and at most %d, not '%s'"),
                        MONOCLE_VIDEO_MOST_RATE, job->rate);
  else
    return TRUE;
  return FALSE;
}

static MonocleCliStatus
check (Job *job)
{
  const guint n_asked = (job->scene != NULL) + (job->evaluate != NULL) + (job->boxes != NULL)
                        + (job->pictures != NULL) + (job->write_scenes != NULL);

  if (n_asked != 1)
    return monocle_cli_refuse (VERB, _ ("say one of --scene, --evaluate, --boxes, --pictures and "
                                        "--write-scenes"));
  if (job->write_scenes && !job->out)
    return monocle_cli_refuse (VERB, _ ("--write-scenes needs --out"));
  if (job->evaluate && job->out)
    return monocle_cli_refuse (VERB, _ ("--evaluate writes no --out"));
  /* Whoever names it otherwise would get PNG under that name. */
  if (job->out && !job->write_scenes
      && monocle_picture_format_find_for_path (job->out) != monocle_picture_format_find ("png"))
    return monocle_cli_refuse (VERB, _ ("--out needs a name that ends with .png, not '%s'"),
                               job->out);
  if ((job->from || job->rate) && !job->pictures)
    return monocle_cli_refuse (VERB, _ ("--from and --rate are for a film, with --pictures"));
  if (job->drawn
      && (job->boxes
          || monocle_picture_format_find_for_path (job->drawn)
                 != monocle_picture_format_find ("png")))
    return monocle_cli_refuse (VERB, _ ("--drawn needs a name that ends with .png, and a scene or "
                                        "pictures"));
  if (job->drawn && (job->evaluate || job->write_scenes))
    return monocle_cli_refuse (VERB, _ ("--drawn is for one scene"));
  if (job->with_drawn && !job->evaluate)
    return monocle_cli_refuse (VERB, _ ("--with-drawn is for --evaluate"));
  if (job->thrown && (job->evaluate || job->write_scenes))
    return monocle_cli_refuse (VERB, _ ("--throw is for one scene"));
  if (!job->boxes && job->n_given + job->n_frames > MONOCLE_WORLD_N_FRAMES)
    return monocle_cli_refuse (VERB, _ ("--given and --frames are %u together at most"),
                               MONOCLE_WORLD_N_FRAMES);
  if (!job->boxes && job->n_given < 2)
    return monocle_cli_refuse (VERB, _ ("--given must be at least 2"));
  if (job->is_heavy + job->is_blocked + job->is_bent > 1)
    return monocle_cli_refuse (VERB, _ ("say one of --heavy, --obstacles and --bent"));
  if (job->seeds_from + job->n_scenes > G_MAXUINT32)
    return monocle_cli_refuse (VERB, _ ("--first is too large for so many scenes"));
  if (monocle_cli_model_check (&job->model))
    return monocle_cli_refuse (VERB, "%s", monocle_cli_model_check (&job->model));
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
check_out (Job *job)
{
  g_autoptr (MonocleFileSet) inputs = monocle_file_set_new (), outputs = monocle_file_set_new ();
  g_autofree char *problem = NULL;

  if (job->boxes)
    monocle_cli_output_add_picture (inputs, job->boxes);
  if (job->pictures)
    monocle_cli_output_add_picture (inputs, job->pictures);
  monocle_cli_output_add_model (inputs, &job->model);
  if ((job->out && !monocle_cli_output_check ("--out", job->out, inputs, &problem))
      || (job->drawn && !monocle_cli_output_check ("--drawn", job->drawn, inputs, &problem)))
    return monocle_cli_refuse (VERB, "%s", problem);
  if (job->out && job->drawn
      && !(monocle_file_set_add (outputs, job->out) && monocle_file_set_add (outputs, job->drawn)))
    return monocle_cli_refuse (VERB, _ ("--out and --drawn are the same file"));
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
parse_options (Job *job, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "scene", 0, 0, G_OPTION_ARG_STRING, &job->scene, N_ ("A scene of our own, by its number"),
      N_ ("SEED") },
    { "evaluate", 0, 0, G_OPTION_ARG_STRING, &job->evaluate,
      N_ ("Measure on so many scenes that were not learnt"), N_ ("N") },
    { "boxes", 0, 0, G_OPTION_ARG_FILENAME, &job->boxes,
      N_ ("Frames of yours: what was found in each"), N_ ("FILE") },
    { "pictures", 0, 0, G_OPTION_ARG_FILENAME, &job->pictures,
      N_ ("Frames of yours: a film, an animation (GIF) or a folder of pictures"), N_ ("PATH") },
    { "from", 0, 0, G_OPTION_ARG_STRING, &job->from,
      N_ ("Where in a film it begins, in seconds (default: 0)"), N_ ("SECONDS") },
    { "rate", 0, 0, G_OPTION_ARG_STRING, &job->rate,
      N_ ("Frames of a film that are looked at, a second (default: 30)"), N_ ("N") },
    { "given", 0, 0, G_OPTION_ARG_STRING, &job->given,
      N_ ("Frames of a scene that are shown (default: 8)"), N_ ("N") },
    { "frames", 0, 0, G_OPTION_ARG_STRING, &job->frames,
      N_ ("Frames to foresee (default: 16, or as many as go)"), N_ ("N") },
    { "futures", 0, 0, G_OPTION_ARG_STRING, &job->futures, N_ ("Futures to draw (default: 16)"),
      N_ ("N") },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &job->seed,
      N_ ("Where the numbers begin that draw futures (default: 0)"), N_ ("N") },
    { "throw", 0, 0, G_OPTION_ARG_STRING, &job->thrown, N_ ("Throw a thing, then look"),
      N_ ("THING,X,Y") },
    { "heavy", 0, 0, G_OPTION_ARG_NONE, &job->is_heavy,
      N_ ("Scenes with more gravity than any that was learnt"), NULL },
    { "obstacles", 0, 0, G_OPTION_ARG_NONE, &job->is_blocked,
      N_ ("Scenes with a box or a ramp in the way"), NULL },
    { "bent", 0, 0, G_OPTION_ARG_NONE, &job->is_bent,
      N_ ("Scenes whose ways bend, as none that was learnt"), NULL },
    { "first", 0, 0, G_OPTION_ARG_STRING, &job->first,
      N_ ("The first of several scenes (default: 3000000000)"), N_ ("SEED") },
    { "write-scenes", 0, 0, G_OPTION_ARG_STRING, &job->write_scenes,
      N_ ("Write so many scenes for the recipe, into --out"), N_ ("N") },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &job->out,
      N_ ("PNG file with the paths; of --write-scenes a NumPy file"), N_ ("FILE") },
    { "drawn", 0, 0, G_OPTION_ARG_FILENAME, &job->drawn,
      N_ ("PNG file with the frames that follow, as the model draws them itself: the likeliest "
          "way, "
          "some futures, and below what happens"),
      N_ ("FILE") },
    { "with-drawn", 0, 0, G_OPTION_ARG_NONE, &job->with_drawn,
      N_ ("Measure the frames that the model draws as well"), NULL },
    MONOCLE_CLI_FORMAT_ENTRY (&job->format),
    { NULL },
  };
  MonocleCliStatus status;

  job->n_given = 8;
  job->n_frames = job->n_futures = 16;
  job->n_scenes = 1;
  job->seeds_from = HELD_OUT;
  job->sampling = (MonocleSampling){ .temperature = 1, .top_p = 0.95 };
  if (!monocle_cli_parse (VERB, NULL, _ ("Says what happens next where things move."), describe,
                          entries, &job->model, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc > 1)
    return monocle_cli_refuse (VERB, _ ("there is nothing to do with '%s'"), argv[1]);
  if (!monocle_cli_format_read (VERB, job->format, &job->json)
      || !read_seed ("--scene", job->scene, G_MAXUINT32, &job->seeds_from)
      || !read_seed ("--first", job->first, G_MAXUINT32, &job->seeds_from)
      || !read_seed ("--seed", job->seed, G_MAXINT64, &job->sampling.seed) || !read_throw (job)
      || !read_pick (job)
      || !monocle_cli_parse_count (VERB, "--evaluate", job->evaluate, MOST_SCENES, &job->n_scenes)
      || !monocle_cli_parse_count (VERB, "--write-scenes", job->write_scenes, MOST_SCENES,
                                   &job->n_scenes)
      || !monocle_cli_parse_count (VERB, "--given", job->given, MONOCLE_WORLD_N_FRAMES,
                                   &job->n_given)
      || !monocle_cli_parse_count (VERB, "--frames", job->frames, MONOCLE_WORLD_N_FRAMES,
                                   &job->n_frames)
      || !monocle_cli_parse_count (VERB, "--futures", job->futures, MOST_FUTURES, &job->n_futures))
    return MONOCLE_CLI_USAGE;
  status = check (job);
  return status == MONOCLE_CLI_DONE ? check_out (job) : status;
}

/* --- asking ------------------------------------------------------------------------------- */

/* (transfer full) (nullable) */
static GPtrArray *
foresee (
    const Job *job, MonocleModel *model, const GPtrArray *tracks, guint n_frames, GError **error)
{
  const MonocleForesight foresight = { .tracks = (const MonocleTracks *const *) tracks->pdata,
                                       .n = tracks->len,
                                       .n_frames = n_frames,
                                       .n_futures = job->n_futures,
                                       .sampling = job->sampling };
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_model_foresee_async (model, &foresight, monocle_cli_wait_get_cancellable (),
                               monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  return monocle_model_foresee_finish (model, result, error);
}

static MonocleCliStatus
write_picture (const Job *job,
               const MonocleTracks *tracks,
               const MonocleFutures *futures,
               const MonocleWorldFilm *film)
{
  g_autoptr (GBytes) file = monocle_world_draw (tracks, futures, film, PICTURE_SIDE);
  g_autoptr (GError) error = NULL;

  if (!monocle_output_write (job->out, g_bytes_get_data (file, NULL), g_bytes_get_size (file),
                             &error))
    return monocle_cli_report (job->out, error);
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
ask_one (const Job *job,
         MonocleModel *model,
         MonocleTracks *tracks,
         const MonocleWorldFilm *film,
         MonocleImage *seen,
         const char *name)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (GPtrArray) futures = NULL;
  g_autoptr (GError) error = NULL;
  guint most_things, most_frames, n_frames = job->n_frames;
  double most_surprise, surprise;

  monocle_model_get_foresight (model, &most_things, &most_frames, &most_surprise);
  if (!film && !job->frames && tracks->n_frames < most_frames)
    n_frames = MIN (n_frames, most_frames - tracks->n_frames);
  if (job->throw.frame >= 0)
    {
      tracks->thrown = job->throw;
      tracks->thrown.frame = (int) tracks->n_frames - 1;
    }
  g_ptr_array_add (all, tracks);
  futures = foresee (job, model, all, n_frames, &error);
  if (!futures)
    return monocle_cli_report (name, error);
  surprise = ((MonocleFutures *) futures->pdata[0])->surprise;
  if (surprise > most_surprise)
    {
      g_set_error (&error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   _ ("this does not look like the scenes that this model knows (surprise %.2f, "
                      "at most %.2f)"),
                   surprise, most_surprise);
      return monocle_cli_report (name, error);
    }
  monocle_cli_next_frames_print (tracks, futures->pdata[0], film, name, TRUE, job->json);
  if (job->drawn
      && !monocle_cli_next_frames_draw (model, seen, tracks, futures->pdata[0], film, job->drawn,
                                        &error))
    return monocle_cli_report (error->domain == MONOCLE_ENGINE_ERROR ? name : job->drawn, error);
  return job->out ? write_picture (job, tracks, futures->pdata[0], film) : MONOCLE_CLI_DONE;
}

static MonocleCliStatus
ask_scene (const Job *job, MonocleModel *model)
{
  g_autofree char *name = g_strdup_printf ("%" G_GUINT64_FORMAT, job->seeds_from);
  MonocleWorldFilm film;
  g_autoptr (MonocleTracks) tracks = NULL;
  g_autoptr (MonocleImage) seen = NULL;

  monocle_world_film_init (&film, get_kind (job), (guint32) job->seeds_from);
  tracks = monocle_world_film_show (&film, job->n_given);
  seen
      = monocle_world_frame_draw (&film.scene, (const double (*)[2]) film.places[job->n_given - 1]);
  /* Nobody knows what would happen after another throw but the scene itself, and it knows its own.
   */
  return ask_one (job, model, tracks, job->thrown ? NULL : &film, seen, name);
}

/* (transfer full) (nullable): all that comes of standard input */
static GBytes *
read_input (GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 piece[65536];
  ssize_t n;

  while ((n = read (STDIN_FILENO, piece, sizeof piece)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 || bytes->len + (gsize) n > MOST_BYTES)
        {
          monocle_file_set_error (error, "-", "%s",
                                  n < 0 ? g_strerror (errno) : "there is too much of it");
          return NULL;
        }
      g_byte_array_append (bytes, piece, (guint) n);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static MonocleCliStatus
ask_boxes (const Job *job, MonocleModel *model)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_str_equal (job->boxes, "-")
                                 ? read_input (&error)
                                 : monocle_file_read (job->boxes, MOST_BYTES, &error);
  g_autofree char *name = g_filename_display_name (job->boxes);
  g_autoptr (MonocleTracks) tracks = NULL;
  guint most_things, most_frames;
  double most_surprise;

  monocle_model_get_foresight (model, &most_things, &most_frames, &most_surprise);
  if (bytes)
    tracks = monocle_world_read_seen (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                      name, most_things, &error);
  return tracks ? ask_one (job, model, tracks, NULL, NULL, name) : monocle_cli_report (name, error);
}

static void
say_progress (guint frame, guint n_frames, gpointer data)
{
  if (frame > 0)
    monocle_cli_progress_show ((double) frame / n_frames, "%u / %u", frame, n_frames);
}

static MonocleCliStatus
ask_pictures (const Job *job, MonocleModel *model)
{
  g_autoptr (MonocleRunner) runner = monocle_runner_new ();
  g_autofree char *name = g_filename_display_name (job->pictures);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (MonocleWorldWatched) watched = NULL;
  g_autoptr (MonocleImage) seen = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MonocleCliWait wait = { 0 };

  monocle_runner_set_trusted (runner, job->model.is_trusted);
  monocle_runner_configure (runner, NULL,
                            monocle_device_get_uuid (monocle_model_get_device (model)),
                            MONOCLE_PRECISION_AUTO, 0);
  g_ptr_array_add (files, g_file_new_for_commandline_arg (job->pictures));
  monocle_world_watch_async (runner, files, &job->pick, monocle_cli_wait_get_cancellable (),
                             say_progress, NULL, monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  monocle_cli_progress_clear ();
  watched = monocle_world_watch_finish (result, &error);
  if (!watched)
    return monocle_cli_report (name, error);
  watched->tracks->n_frames = MIN (watched->tracks->n_frames, job->n_given);
  seen = monocle_world_frame_of_image (watched->images->pdata[watched->tracks->n_frames - 1]);
  return ask_one (job, model, watched->tracks, NULL, seen, name);
}

/* --- many scenes -------------------------------------------------------------------------- */

static MonocleCliStatus
judge_some (const Job *job,
            MonocleModel *model,
            guint first,
            MonocleWorldJudge *judge,
            MonocleWorldFrameJudge *drawn,
            guint *n_refused)
{
  const guint n = MIN (AT_ONCE, job->n_scenes - first);
  g_autofree MonocleWorldFilm *films = g_new (MonocleWorldFilm, n);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_tracks_free);
  g_autoptr (GPtrArray) futures = NULL;
  g_autoptr (GError) error = NULL;
  guint most_things, most_frames;
  double most_surprise;

  monocle_model_get_foresight (model, &most_things, &most_frames, &most_surprise);
  for (guint i = 0; i < n; i++)
    {
      monocle_world_film_init (&films[i], get_kind (job), (guint32) (job->seeds_from + first + i));
      g_ptr_array_add (all, monocle_world_film_show (&films[i], job->n_given));
    }
  futures = foresee (job, model, all, job->n_frames, &error);
  if (!futures)
    return monocle_cli_report (NULL, error);
  for (guint i = 0; i < n; i++)
    {
      monocle_world_judge_add (judge, &films[i], job->n_given, futures->pdata[i]);
      *n_refused += ((MonocleFutures *) futures->pdata[i])->surprise > most_surprise;
      if (job->with_drawn
          && !monocle_cli_next_frames_judge_drawn (model, &films[i], all->pdata[i],
                                                   futures->pdata[i], drawn, &error))
        return monocle_cli_report (NULL, error);
    }
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
evaluate (const Job *job, MonocleModel *model)
{
  g_autofree MonocleWorldJudge *judge = g_new0 (MonocleWorldJudge, 1);
  g_autofree MonocleWorldFrameJudge *drawn = g_new0 (MonocleWorldFrameJudge, 1);
  MonocleCliStatus status = MONOCLE_CLI_DONE;
  guint n_refused = 0;

  for (guint first = 0; first < job->n_scenes && status == MONOCLE_CLI_DONE; first += AT_ONCE)
    {
      monocle_cli_progress_show ((double) first / job->n_scenes, "%u / %u", first, job->n_scenes);
      status = judge_some (job, model, first, judge, drawn, &n_refused);
    }
  monocle_cli_progress_clear ();
  /* What was measured before it was stopped counts. */
  if (judge->n_films > 0 && (status == MONOCLE_CLI_DONE || status == MONOCLE_CLI_INTERRUPTED))
    {
      monocle_cli_next_frames_print_judge (judge, job->n_frames, n_refused, job->json);
      if (drawn->n_films > 0 && !job->json)
        monocle_cli_next_frames_print_drawn (drawn, job->n_frames);
    }
  return status;
}

static MonocleCliStatus
write_scenes (const Job *job)
{
  const guint64 dims[] = { job->n_scenes, MONOCLE_WORLD_ROW };
  g_autofree float *rows = g_try_new (float, (gsize) job->n_scenes *MONOCLE_WORLD_ROW);
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; rows && i < job->n_scenes; i++)
    {
      MonocleWorldFilm film;

      monocle_world_film_init (&film, get_kind (job), (guint32) (job->seeds_from + i));
      monocle_world_film_write_row (&film, rows + (gsize) i * MONOCLE_WORLD_ROW);
    }
  if (rows)
    file = monocle_npy_encode_f32 (dims, G_N_ELEMENTS (dims), rows);
  if (!file)
    g_set_error_literal (&error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                         "no memory to write it");
  else
    monocle_output_write (job->out, g_bytes_get_data (file, NULL), g_bytes_get_size (file), &error);
  return error ? monocle_cli_report (job->out, error) : MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_next_frames (int argc, char **argv)
{
  g_auto (Job) job = { .model.standard = MONOCLE_SHIPPED_WORLD };
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (GError) error = NULL;
  MonocleCliStatus status = parse_options (&job, argc, argv);
  guint most_things, most_frames, side;
  double most_surprise, least_decibels;

  if (status != MONOCLE_CLI_DONE)
    return status;
  if (job.write_scenes)
    return write_scenes (&job);
  model = monocle_cli_model_load (&job.model, monocle_cli_wait_get_cancellable (), &error);
  if (!model)
    return monocle_cli_report (NULL, error);
  if (!monocle_model_get_foresight (model, &most_things, &most_frames, &most_surprise))
    {
      g_set_error (&error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   _ ("%s does not foresee how things move"), monocle_model_get_name (model));
      return monocle_cli_report (NULL, error);
    }
  if ((job.drawn || job.with_drawn) && !monocle_model_get_frames (model, &side, &least_decibels))
    {
      g_set_error (&error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   _ ("%s draws no frames"), monocle_model_get_name (model));
      return monocle_cli_report (NULL, error);
    }
  return job.evaluate   ? evaluate (&job, model)
         : job.boxes    ? ask_boxes (&job, model)
         : job.pictures ? ask_pictures (&job, model)
                        : ask_scene (&job, model);
}
