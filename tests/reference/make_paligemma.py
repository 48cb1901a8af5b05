# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes models that read pictures and write places (PaliGemma, PaliGemma 2) with random weights, and what the reference
computes with them.

    python make_paligemma.py                  the tiny ones, with their goldens, below tests/fixtures
    python make_paligemma.py --full KIND OUT  one of a published width ("1", "2") with two layers of each kind: large,
                                              never committed
    python make_paligemma.py --compare OUT DIR  what `monocle-cli inspect` wrote into DIR against that

A golden is MODEL/golden.json: pictures with the sums of their pixels and their rows, and questions about each with the
token ids of the whole prompt, some of the logits of what may come first and second, and the answers: greedy,
and of three beams. Everything is computed in double precision from the weights as they are stored.
"""

import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from command_line import FIXTURES, run
from make_clip import make_loud, round_list
from PIL import Image
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, normalizers
from transformers import PaliGemmaConfig, PaliGemmaForConditionalGeneration, PaliGemmaProcessor, PreTrainedTokenizerFast
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

PICTURES = ["pictures/photo-131x97.png", "clip/wide-41x9.png"]
QUESTIONS = ["caption en", "detect cat ; dog", "answer en Wie viele Häuser sind es: 3 oder 🙂?"]
N_ANSWER = 14
STEP = 29

SPECIALS = ["<pad>", "<eos>", "<bos>", "<unk>"]
BLANK = "\u2581"
LOCS = [f"<loc{i:04}>" for i in range(1024)]
SEGS = [f"<seg{i:03}>" for i in range(128)]
MERGES = ["e n", "c a", "ca t", "ca p", "t i", "o n", "cap ti", "capti on", f"{BLANK} en", "d e", "de t", "e c", "det ec",
          "detec t", f"{BLANK} d", f"{BLANK}d o", f"{BLANK}do g", f"{BLANK} cat", f"{BLANK} ;", "a n", "an s", "w e", "we r",
          "ans wer", "i e", "v ie", "vie l", f"{BLANK} s"]  # fmt: skip

# Heads that share keys with all others and with some; ends of layers that are normalised; windows and soft caps; a table
# with more rows than there are tokens; both layouts of the files.
TINY = {
    "gemma": dict(seed=5, dtype=torch.bfloat16, rows=1512, side=28, new_names=False,
                  text=dict(model_type="gemma", hidden_size=12, intermediate_size=20, num_hidden_layers=2,
                            num_attention_heads=4, num_key_value_heads=1, head_dim=8),
                  vision=dict(hidden_size=8, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2,
                              patch_size=7)),
    "gemma2": dict(seed=2, dtype=torch.float16, rows=1516, side=24, new_names=True,
                   text=dict(model_type="gemma2", hidden_size=12, intermediate_size=16, num_hidden_layers=3,
                             num_attention_heads=4, num_key_value_heads=2, head_dim=8, query_pre_attn_scalar=12,
                             sliding_window=8, attn_logit_softcapping=4.0, final_logit_softcapping=3.0),
                   vision=dict(hidden_size=12, intermediate_size=20, num_hidden_layers=2, num_attention_heads=3,
                               patch_size=8)),
}  # fmt: skip
FULL = {
    "1": dict(seed=3, dtype=torch.bfloat16, rows=257216, side=224, new_names=False,
              text=dict(model_type="gemma", hidden_size=2048, intermediate_size=16384, num_hidden_layers=2,
                        num_attention_heads=8, num_key_value_heads=1, head_dim=256),
              vision=dict(hidden_size=1152, intermediate_size=4304, num_hidden_layers=2, num_attention_heads=16,
                          patch_size=14)),
    "2": dict(seed=4, dtype=torch.bfloat16, rows=257216, side=224, new_names=False,
              text=dict(model_type="gemma2", hidden_size=2304, intermediate_size=9216, num_hidden_layers=2,
                        num_attention_heads=8, num_key_value_heads=4, head_dim=256),
              vision=dict(hidden_size=1152, intermediate_size=4304, num_hidden_layers=2, num_attention_heads=16,
                          patch_size=14)),
}  # fmt: skip


def small_tokenizer():
    """Gemma's pipeline around a small vocabulary; the tokens of places and masks behind it."""
    pieces = SPECIALS + [f"<0x{i:02X}>" for i in range(256)] + ["\n", "\n\n", BLANK]
    pieces += list(";:?,.") + [chr(c) for c in [*range(48, 58), *range(65, 91), *range(97, 123)]]
    pieces += ["".join(merge.split()) for merge in MERGES]
    vocabulary = {piece: i for i, piece in enumerate(pieces + LOCS + SEGS)}
    merges = [("\n", "\n")] + [tuple(merge.split()) for merge in MERGES]
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", BLANK)
    tokenizer.decoder = decoders.Sequence([decoders.Replace(BLANK, " "), decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.add_special_tokens(SPECIALS + ["<image>"])
    return tokenizer


def write_settings(spec, folder, n_seen):
    """As the published files have it."""
    settings = dict(do_convert_rgb=None, do_normalize=True, do_rescale=True, do_resize=True, image_mean=[0.5] * 3,
                    image_processor_type="SiglipImageProcessor", image_seq_length=n_seen, image_std=[0.5] * 3,
                    processor_class="PaliGemmaProcessor", resample=3, rescale_factor=0.00392156862745098,
                    size={"height": spec["side"], "width": spec["side"]})  # fmt: skip
    generation = {"_from_model_config": True, "bos_token_id": 2, "eos_token_id": 1, "pad_token_id": 0}
    for name, content in [("preprocessor_config.json", settings), ("generation_config.json", generation)]:
        (folder / name).write_text(json.dumps(content, indent=2) + "\n")


def make_config(spec, image_id):
    text = dict(spec["text"], vocab_size=spec["rows"], hidden_activation="gelu_pytorch_tanh", pad_token_id=0,
                bos_token_id=2, eos_token_id=1)  # fmt: skip
    vision = dict(spec["vision"], model_type="siglip_vision_model", image_size=spec["side"], vision_use_head=False,
                  projection_dim=text["hidden_size"])  # fmt: skip
    return PaliGemmaConfig(text_config=text, vision_config=vision, image_token_index=image_id, image_token_id=image_id,
                           projection_dim=text["hidden_size"], bos_token_id=2, eos_token_id=1, pad_token_id=0)  # fmt: skip


def old_name(name):
    """Of a tensor, as the published files have it."""
    name = name.removeprefix("model.")
    name = name.replace("language_model.", "language_model.model.", 1) if "language_model.model." not in name else name
    if name.startswith("vision_tower.") and not name.startswith("vision_tower.vision_model."):
        name = name.replace("vision_tower.", "vision_tower.vision_model.", 1)
    return name


def new_name(name):
    """As newer versions save it."""
    name = old_name(name).replace("language_model.model.", "language_model.").replace(".vision_model.", ".")
    return "model." + name


def make_model(spec, folder, image_id):
    """Writes weights and configuration; returns the reference's model, of the weights as they are stored."""
    torch.manual_seed(spec["seed"])
    model = PaliGemmaForConditionalGeneration._from_config(make_config(spec, image_id), attn_implementation="eager")
    make_loud(model)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            # What is stored is what is added to one.
            if "language_model" in name and "norm" in name:
                parameter.copy_(0.2 * torch.randn_like(parameter))
            # Else each token is followed by itself, as the table is that of the output as well.
            if "embed_tokens" in name:
                parameter.mul_(0.1)
            parameter.copy_(parameter.to(spec["dtype"]))
    model.tie_weights()
    folder.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(folder)
    rename = new_name if spec["new_names"] else old_name
    state = {rename(k): v.to(spec["dtype"]).contiguous() for k, v in model.state_dict().items() if "lm_head" not in k}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    grid = spec["side"] // spec["vision"]["patch_size"]
    write_settings(spec, folder, grid * grid)
    return model.eval()


def write_old_config(folder):
    """As the first uploads have it: what is usual is not said, and a size is stale."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    text = config["text_config"]
    config["text_config"] = {key: text[key] for key in ("hidden_size", "intermediate_size", "model_type",
                             "num_attention_heads", "num_hidden_layers", "num_key_value_heads", "head_dim", "vocab_size")}
    config["vocab_size"] = text["vocab_size"] - 64
    config["image_token_index"] = config.pop("image_token_id", config.get("image_token_index"))
    path.write_text(json.dumps(config, indent=2) + "\n")


def make_processor(spec, folder):
    tokenizer = small_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()), ensure_ascii=False, separators=(",", ":")) + "\n")
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<bos>", eos_token="<eos>", pad_token="<pad>",
                                   unk_token="<unk>", extra_special_tokens={"image_token": "<image>"})  # fmt: skip
    grid = spec["side"] // spec["vision"]["patch_size"]
    images = SiglipImageProcessorPil(size={"height": spec["side"], "width": spec["side"]}, image_mean=[0.5] * 3,
                                     image_std=[0.5] * 3, resample=3, image_seq_length=grid * grid)  # fmt: skip
    images.image_seq_length = grid * grid
    return PaliGemmaProcessor(images, fast)


def read_inputs(model, processor, picture, question):
    inputs = processor(text="<image>" + question, images=picture, return_tensors="pt")
    inputs["pixel_values"] = inputs["pixel_values"].to(model.dtype)
    inputs.pop("labels", None)
    return inputs


def answer(model, processor, inputs, n, **options):
    ids = model.generate(**inputs, do_sample=False, max_new_tokens=n, **options)[0, inputs["input_ids"].shape[1]:]
    return {"ids": ids.tolist()}


def find_logits(model, inputs, following):
    """Of what may come first, and after each of the ids that follow."""
    n = inputs["input_ids"].shape[1]
    ids = torch.cat([inputs["input_ids"], torch.tensor([following])], 1)
    kinds = torch.cat([inputs["token_type_ids"], torch.ones(1, len(following), dtype=torch.long)], 1)
    found = model(input_ids=ids, pixel_values=inputs["pixel_values"], attention_mask=torch.ones_like(ids),
                  token_type_ids=kinds, use_cache=False)  # fmt: skip
    return found.logits[0, n - 1 :]


def rows_of(model, inputs):
    found = model.model.get_image_features(inputs["pixel_values"])
    return getattr(found, "pooler_output", found)[0]


def make_golden(spec, model, processor, folder):
    model = model.double()
    golden = {"pictures": []}
    for path in PICTURES:
        picture = Image.open(FIXTURES / path).convert("RGB")
        questions = []
        for question in QUESTIONS:
            inputs = read_inputs(model, processor, picture, question)
            questions.append({
                "text": question, "ids": inputs["input_ids"][0].tolist(),
                "greedy": answer(model, processor, inputs, N_ANSWER),
                "beams": answer(model, processor, inputs, N_ANSWER, num_beams=3, early_stopping=False),
                "following": [0], "logits": round_list(find_logits(model, inputs, [0]).flatten()[::STEP]),
            })  # fmt: skip
        golden["pictures"].append({
            "image": path, "sums": round_list(inputs["pixel_values"][0].sum(2)),
            "rows": round_list(rows_of(model, inputs).flatten()[::5]), "questions": questions,
        })  # fmt: skip
    (folder / "golden.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")


def image_id_of(processor):
    return processor.image_token_id


@torch.no_grad()
def make_full(kind, out):
    """Its words are the small ones: what is compared is what comes after them."""
    spec = FULL[kind]
    (out / "model").mkdir(parents=True, exist_ok=True)
    processor = make_processor(spec, out / "model")
    model = make_model(spec, out / "model", image_id_of(processor))
    Image.effect_noise((640, 480), 90).convert("RGB").save(out / "image.png")
    inputs = read_inputs(model, processor, Image.open(out / "image.png").convert("RGB"), QUESTIONS[0])
    np.save(out / "input_ids.npy", inputs["input_ids"].numpy())
    np.save(out / "pixel_values.npy", inputs["pixel_values"].numpy())
    np.save(out / "image_embeds.npy", rows_of(model, inputs).float().numpy()[None])
    np.save(out / "logits.npy", find_logits(model, inputs, [104]).float().numpy()[None])
    print(f'monocle-cli inspect --model {out}/model --image {out}/image.png --prompt "{QUESTIONS[0]}" --ids 104 --out DIR')


def compare(out, found):
    for path in sorted(out.glob("*.npy")):
        wanted, got = np.load(path), np.load(found / path.name)
        error = np.linalg.norm(got - wanted) / np.linalg.norm(wanted)
        print(f"{path.stem} {wanted.shape}: relative error {error:.3g}, largest difference {abs(got - wanted).max():.3g}")


@torch.no_grad()
def make_tiny():
    for name, spec in TINY.items():
        folder = FIXTURES / "paligemma" / name
        folder.mkdir(parents=True, exist_ok=True)
        processor = make_processor(spec, folder)
        model = make_model(spec, folder, image_id_of(processor))
        if not spec["new_names"]:
            write_old_config(folder)
        make_golden(spec, model, processor, folder)
        for path in folder.iterdir():
            path.chmod(0o644)


if __name__ == "__main__":
    run(__doc__, make_tiny, make_full, compare, full=("KIND", "OUT"))
