# SPDX-License-Identifier: GPL-3.0-or-later
"""The small contrastive model: pictures and words in one space, in the layout of CLIP."""
