# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints what tests/unit/test-spectrogram.c compares with: numbers of the spectrogram of a sound that is made by
rule, by the bands and the transform of transformers, in double precision.

The reference program computes it with librosa and a window of scipy, which have the same definitions."""
import numpy as np
from transformers.audio_utils import mel_filter_bank, spectrogram

RATE, SAMPLES = 16000, 65280


def make_sound():
    """A second of silence, then a tone that rises, another one, and noise."""
    i = np.arange(SAMPLES, dtype=np.float64)
    mixed = np.arange(SAMPLES, dtype=np.uint64) * 2654435761 % 2**32
    mixed = (mixed ^ mixed >> 15) * 2221713035 % 2**32
    noise = ((mixed ^ mixed >> 16) >> 8) / 2.0**24 - 0.5
    sound = 0.4 * np.sin(2 * np.pi * i * (100 + i / 40) / RATE) + 0.3 * np.sin(i / 3) + 0.02 * noise
    sound[:RATE] = 0
    return sound.astype(np.float32).astype(np.float64)


bands = mel_filter_bank(513, 128, 0.0, RATE / 2, RATE, norm="slaney", mel_scale="slaney")
power = spectrogram(make_sound(), np.hanning(1024), 1024, 256, fft_length=1024, power=2.0, center=True,
                    pad_mode="reflect", mel_filters=bands, mel_floor=0.0, dtype=np.float64).T
assert power.shape == (256, 128)
picture = (np.where(power != 0, np.log(np.clip(power, 1e-5, 1e5)), 0) + 4.26) / 9.14
for time in (0, 60, 61, 64, 128, 200, 254, 255):
    print(f"  {{ {time}, {{ " + ", ".join(f"{picture[time, band]:.6f}" for band in range(0, 128, 18)) + " } },")
print(f"sum {picture.sum():.4f}")
