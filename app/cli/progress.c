/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "app/cli/out.h"

#define MIN_INTERVAL_US (60 * 1000)

static gboolean is_shown;
static gint64 shown_at_us;

void
monocle_cli_progress_show (double fraction, const char *format, ...)
{
  gint64 now = g_get_monotonic_time ();
  g_autofree char *text = NULL, *clean = NULL;
  va_list arguments;

  if (!isatty (STDERR_FILENO) || (is_shown && now - shown_at_us < MIN_INTERVAL_US))
    return;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  clean = monocle_cli_out_clean_line (text);
  if (fraction >= 0)
    fprintf (stderr, "\r\033[K%s %.0f%%", clean, 100 * CLAMP (fraction, 0, 1));
  else
    fprintf (stderr, "\r\033[K%s", clean);
  fflush (stderr);
  is_shown = TRUE;
  shown_at_us = now;
}

void
monocle_cli_progress_clear (void)
{
  if (!is_shown)
    return;
  fputs ("\r\033[K", stderr);
  fflush (stderr);
  is_shown = FALSE;
}
