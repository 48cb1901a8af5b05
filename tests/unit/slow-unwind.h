/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For programs of which leaks of libraries are suppressed (tests/suppressions/lsan.supp): included
 * once, in the file with main().
 */
#pragma once

#ifdef __SANITIZE_ADDRESS__
/* What suppresses leaks of libraries looks at who called them. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}
#endif
