/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/yolo-lines.h"

#include <math.h>
#include <string.h>

#define MAX_CLASS 99999
/* Of a side: a millionth, as everybody writes it. */
#define DECIMALS 6
#define STEP     1e-6
/* How far beside the picture a number may be before it is none of a side. */
#define SLACK 0.01

#define CORNERS 8

static gboolean
check_numbers (const GArray *numbers, guint first, const char *where, GError **error)
{
  for (guint i = first; i < numbers->len; i++)
    {
      double number = g_array_index (numbers, double, i);

      if (number < -SLACK || number > 1 + SLACK)
        return monocle_file_set_error (
            error, where, "%g is no part of a side: expected numbers from 0 to 1", number);
    }
  return TRUE;
}

static MonocleSampleObject *
add_box (MonocleSample *sample, const char *label, const double *n)
{
  const double width = sample->width, height = sample->height;
  const MonocleRect box
      = { (n[0] - n[2] / 2) * width, (n[1] - n[3] / 2) * height, n[2] * width, n[3] * height };

  return monocle_sample_add_object (sample, label, &box, NULL);
}

/* Turns parts of sides into pixels where they are. */
static void
scale (const MonocleSample *sample, double *points, guint n_points)
{
  for (guint i = 0; i < n_points; i++)
    {
      points[2 * i] *= sample->width;
      points[2 * i + 1] *= sample->height;
    }
}

static gboolean
read_object (const GArray *numbers,
             MonocleYoloKind kind,
             MonocleSample *sample,
             const char *label,
             const char *where,
             GError **error)
{
  double *n = &g_array_index (numbers, double, 1);
  guint count = numbers->len - 1;
  gboolean has_score = count == 5 || (kind == MONOCLE_YOLO_ORIENTED && count == CORNERS + 1);
  MonocleSampleObject *object;

  if (!check_numbers (numbers, 1, where, error))
    return FALSE;
  if (count == 4 || count == 5)
    {
      if (n[2] < 0 || n[3] < 0)
        return monocle_file_set_error (error, where, "a box has a negative width or height");
      object = add_box (sample, label, n);
    }
  else if (kind == MONOCLE_YOLO_ORIENTED && (count == CORNERS || has_score))
    {
      scale (sample, n, CORNERS / 2);
      object = monocle_sample_add_shape (sample, label, monocle_shape_new_quad (n));
    }
  else if (kind != MONOCLE_YOLO_ORIENTED && count >= 6 && count % 2 == 0)
    {
      scale (sample, n, count / 2);
      object = monocle_sample_add_shape (sample, label, monocle_sample_ring (n, count / 2));
    }
  else
    return monocle_file_set_error (error, where, "%u numbers behind the class are no object",
                                   count);
  if (has_score)
    object->score = n[count - 1];
  return TRUE;
}

static gboolean
find_label (double class_number,
            MonocleLabels *labels,
            gboolean is_whole,
            const char **label,
            const char *where,
            GError **error)
{
  guint n = monocle_labels_get_n (labels);

  if (class_number < 0 || class_number > MAX_CLASS || class_number != floor (class_number))
    return monocle_file_set_error (error, where, "%g is no number of a class", class_number);
  if (class_number >= n && is_whole)
    return monocle_file_set_error (error, where, "class %g is none of %u", class_number, n);
  for (; n <= class_number; n++)
    {
      g_autofree char *name = g_strdup_printf ("%u", n);

      monocle_labels_add (labels, name);
    }
  *label = monocle_labels_get (labels, (guint) class_number)->name;
  return TRUE;
}

gboolean
monocle_yolo_read_lines (const char *text,
                         gsize size,
                         const char *path,
                         MonocleYoloKind kind,
                         MonocleSample *sample,
                         MonocleLabels *labels,
                         gboolean is_whole,
                         GError **error)
{
  guint number = 1;

  for (const char *p = text, *end = text + size; p < end; number++)
    {
      const char *stop = memchr (p, '\n', (gsize) (end - p));
      g_autofree char *line = g_strndup (p, (gsize) ((stop ? stop : end) - p));
      g_autofree char *where = NULL;
      g_autoptr (GArray) numbers = NULL;
      const char *label = NULL;

      p = stop ? stop + 1 : end;
      if (!*g_strstrip (line))
        continue;
      where = g_strdup_printf ("%s: line %u", path, number);
      numbers = monocle_exchange_read_numbers (line, " \t\r");
      if (!numbers)
        return monocle_file_set_error (error, where, "expected numbers with blanks between");
      if (!find_label (g_array_index (numbers, double, 0), labels, is_whole, &label, where, error)
          || !read_object (numbers, kind, sample, label, where, error))
        return FALSE;
    }
  return TRUE;
}

/* --- Written --- */

static void
append (GString *text, double part)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (text, ' ');
  g_string_append (text, g_ascii_formatd (buffer, sizeof buffer, "%." G_STRINGIFY (DECIMALS) "f",
                                          CLAMP (part, 0, 1)));
}

/* Cuts off what lies beside the picture; what rounding alone put there stays as it is. */
static void
cut (double *low, double *high)
{
  if (*low < -STEP)
    *low = MIN (0, *high);
  if (*high > 1 + STEP)
    *high = MAX (1, *low);
}

static void
append_box (GString *text, const MonocleSample *sample, const MonocleRect *box)
{
  const double width = sample->width, height = sample->height;
  double left = box->x / width, right = (box->x + box->width) / width;
  double top = box->y / height, bottom = (box->y + box->height) / height;

  cut (&left, &right);
  cut (&top, &bottom);
  append (text, (left + right) / 2);
  append (text, (top + bottom) / 2);
  append (text, right - left);
  append (text, bottom - top);
}

void
monocle_yolo_append_line (GString *text,
                          MonocleYoloKind kind,
                          const MonocleSample *sample,
                          const MonocleSampleObject *object,
                          guint class_number)
{
  guint n_points = 0;
  const double *points = object->shape ? monocle_shape_get_points (object->shape, &n_points) : NULL;

  g_string_append_printf (text, "%u", class_number);
  if (kind == MONOCLE_YOLO_DETECT)
    append_box (text, sample, &object->box);
  for (guint i = 0; kind != MONOCLE_YOLO_DETECT && i < n_points; i++)
    {
      append (text, points[2 * i] / sample->width);
      append (text, points[2 * i + 1] / sample->height);
    }
  if (kind == MONOCLE_YOLO_DETECT && !isnan (object->score))
    append (text, object->score);
  g_string_append_c (text, '\n');
}
