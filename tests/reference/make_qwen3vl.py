# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a tiny model that reads pictures of any size as it reads words (Qwen3-VL) with random weights, and what the
reference computes with it.

    python make_qwen3vl.py                    the tiny one, with its goldens: tests/fixtures/qwen3vl
    python make_qwen3vl.py --full KIND OUT    one of a published width ("2b") with few layers: large, never committed
    python make_qwen3vl.py --compare OUT DIR  what `monocle-cli inspect` wrote into DIR against that

golden.json has pictures with the sums of their pixels and their rows, and questions about each with the token ids of the
whole prompt, some of the logits of what may come first and second, and the answers: greedy, and of three beams; a
conversation of two turns and two pictures; and the sizes that pictures are brought to. Everything is computed in double
precision from the weights as they are stored. Pictures are resized by Pillow's bicubic filter to bytes, as the
processor without torchvision does it.
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
from small_tokenizers import QWEN
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, Qwen3VLConfig, Qwen3VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil, smart_resize

FOLDER = FIXTURES / "qwen3vl"
PICTURES = ["pictures/photo-131x97.png", "clip/wide-41x9.png"]
QUESTIONS = ["What is this?", "Wie viele Häuser sind es: 3 oder 21?\n\nZwei?"]
TURNS = [(PICTURES[0], "What is this?"), (PICTURES[1], "And this?")]
N_ANSWER = 12
STEP = 31

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>",
            "<|video_pad|>"]  # fmt: skip
CORPUS = ["user", "assistant", "Locate every", "What is", " the", " image", " of", " in", "\n\n"]
PARTS = {"text", "image"}

# Heads that are not as wide as tokens together and share keys; layers of the tower that are given to the language model
# and such that are not; more pairs than those that turn by rows and columns.
TINY = dict(seed=4, dtype=torch.bfloat16, least=8 * 8 * 9, most=8 * 8 * 20,
            text=dict(hidden_size=12, intermediate_size=16, num_hidden_layers=3, num_attention_heads=2,
                      num_key_value_heads=1, head_dim=16, max_position_embeddings=192, sections=[4, 2, 2]),
            vision=dict(hidden_size=8, intermediate_size=12, depth=3, num_heads=2, patch_size=4,
                        num_position_embeddings=25, deepstack_visual_indexes=[0, 1]))  # fmt: skip
FULL = {
    "2b": dict(seed=5, dtype=torch.bfloat16, least=65536, most=1 << 24,
               text=dict(hidden_size=2048, intermediate_size=6144, num_hidden_layers=4, num_attention_heads=16,
                         num_key_value_heads=8, head_dim=128, max_position_embeddings=262144, sections=[24, 20, 20]),
               vision=dict(hidden_size=1024, intermediate_size=4096, depth=6, num_heads=16, patch_size=16,
                           num_position_embeddings=2304, deepstack_visual_indexes=[1, 2, 4])),
}  # fmt: skip


def small_tokenizer():
    """Qwen's pipeline around a small vocabulary."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(QWEN), "isolated")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(vocab_size=270, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIALS])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>")


def write_settings(spec, folder, tokenizer):
    """As the published files have it."""
    vision = spec["vision"]
    end, pad = tokenizer.convert_tokens_to_ids(["<|im_end|>", "<|endoftext|>"])
    texts = {
        "preprocessor_config.json": dict(size={"longest_edge": spec["most"], "shortest_edge": spec["least"]},
                                         patch_size=vision["patch_size"], temporal_patch_size=2, merge_size=2,
                                         image_mean=[0.5] * 3, image_std=[0.5] * 3, processor_class="Qwen3VLProcessor",
                                         image_processor_type="Qwen2VLImageProcessorFast"),
        "generation_config.json": dict(bos_token_id=pad, pad_token_id=pad, do_sample=True, eos_token_id=[end, pad],
                                       top_k=20, top_p=0.8, repetition_penalty=1.0, temperature=0.7),
    }  # fmt: skip
    for name, content in texts.items():
        (folder / name).write_text(json.dumps(content, indent=1) + "\n")


def make_config(spec, tokenizer):
    """As the published files have it, older than what the reference writes."""
    start, end, image, video = tokenizer.convert_tokens_to_ids(SPECIALS[3:])
    text = dict(spec["text"], model_type="qwen3_vl_text", vocab_size=len(tokenizer), rms_norm_eps=1e-6, hidden_act="silu",
                attention_bias=False, tie_word_embeddings=True, rope_theta=5000000)  # fmt: skip
    text["rope_scaling"] = dict(mrope_interleaved=True, mrope_section=text.pop("sections"), rope_type="default")
    vision = dict(spec["vision"], model_type="qwen3_vl", hidden_act="gelu_pytorch_tanh", in_channels=3,
                  out_hidden_size=text["hidden_size"], spatial_merge_size=2, temporal_patch_size=2)  # fmt: skip
    return dict(architectures=["Qwen3VLForConditionalGeneration"], model_type="qwen3_vl", text_config=text,
                vision_config=vision, tie_word_embeddings=True, image_token_id=image, video_token_id=video,
                vision_start_token_id=start, vision_end_token_id=end)  # fmt: skip


def make_model(spec, folder):
    """Writes a model directory; returns the reference's model, its tokenizer and what prepares pictures."""
    torch.manual_seed(spec["seed"])
    tokenizer = small_tokenizer()
    config = make_config(spec, tokenizer)
    model = Qwen3VLForConditionalGeneration(Qwen3VLConfig(**config))
    make_loud(model)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            # Else each token is followed by itself, as the table is that of the output as well.
            if "embed_tokens" in name:
                parameter.mul_(0.3)
    model.tie_weights()
    folder.mkdir(parents=True, exist_ok=True)
    state = {k: v.to(spec["dtype"]).contiguous() for k, v in model.state_dict().items() if "lm_head" not in k}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    write_settings(spec, folder, tokenizer)
    path = folder / "tokenizer.json"
    tokenizer.backend_tokenizer.save(str(path))
    path.write_text(json.dumps(json.loads(path.read_text()), ensure_ascii=False, separators=(",", ":")) + "\n")
    images = Qwen2VLImageProcessorPil(size={"longest_edge": spec["most"], "shortest_edge": spec["least"]},
                                      patch_size=spec["vision"]["patch_size"], temporal_patch_size=2, merge_size=2,
                                      image_mean=[0.5] * 3, image_std=[0.5] * 3)  # fmt: skip
    model = Qwen3VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    for path in folder.iterdir():
        path.chmod(0o644)
    return model.eval(), tokenizer, images


def read_inputs(model, tokenizer, images, turns):
    """Turns are pictures with questions, and answers as ids between them."""
    text, pictures = "", []
    ids = []
    for turn in turns:
        if isinstance(turn, list):
            ids += tokenizer.encode(text) + turn
            text = "<|im_end|>\n"
            continue
        picture, question = turn
        n_tokens = 0
        if picture is not None:
            found = images(images=picture, return_tensors="pt")
            pictures.append(found)
            n_tokens = int(found["image_grid_thw"].prod()) // 4
        shown = f"<|vision_start|>{'<|image_pad|>' * n_tokens}<|vision_end|>" if n_tokens else ""
        text += f"<|im_start|>user\n{shown}{question}<|im_end|>\n<|im_start|>assistant\n"
    ids = torch.tensor([ids + tokenizer.encode(text)])
    pixels = torch.cat([p["pixel_values"] for p in pictures]).to(model.dtype)
    grids = torch.cat([p["image_grid_thw"] for p in pictures])
    kinds = (ids == model.config.image_token_id).to(torch.long)
    return dict(input_ids=ids, pixel_values=pixels, image_grid_thw=grids, attention_mask=torch.ones_like(ids),
                mm_token_type_ids=kinds)  # fmt: skip


def answer(model, tokenizer, inputs, n, **options):
    ids = model.generate(**inputs, do_sample=False, max_new_tokens=n, **options)[0, inputs["input_ids"].shape[1] :].tolist()
    # A text in C ends with what has the code 0.
    text = tokenizer.decode(ids, skip_special_tokens=True).strip().replace("\0", "\ufffd")
    return {"ids": ids, "text": text}


def find_logits(model, inputs, following):
    """Of what may come first, and after each of the ids that follow."""
    n = inputs["input_ids"].shape[1]
    ids = torch.cat([inputs["input_ids"], torch.tensor([following])], 1)
    kinds = torch.cat([inputs["mm_token_type_ids"], torch.zeros(1, len(following), dtype=torch.long)], 1)
    found = model(**dict(inputs, input_ids=ids, attention_mask=torch.ones_like(ids), mm_token_type_ids=kinds), use_cache=False)
    return found.logits[0, n - 1 :]


def rows_of(model, inputs):
    """The rows, and those of each layer."""
    found = model.model.get_image_features(inputs["pixel_values"], inputs["image_grid_thw"])
    made = [found.pooler_output, *found.deepstack_features]
    return torch.stack([torch.cat(list(rows)) if isinstance(rows, (list, tuple)) else rows for rows in made])


def planes_of(inputs, patch):
    """[3, height, width] of the patches, which are in fours."""
    _, h, w = inputs["image_grid_thw"][0].tolist()
    pixels = inputs["pixel_values"].reshape(h // 2, w // 2, 2, 2, 3, 2, patch, patch)[:, :, :, :, :, 0]
    return pixels.permute(4, 0, 2, 5, 1, 3, 6).reshape(3, h * patch, w * patch)


def plan_sizes():
    """What pictures are brought to: width, height, unit, fewest and most pixels; width and height."""
    cases = []
    rng = np.random.default_rng(2)
    for i in range(40):
        unit, least, most = [(32, 65536, 1 << 21), (16, 2304, 5120), (32, 1 << 14, 1 << 18)][i % 3]
        width, height = (int(2 ** rng.uniform(2, 12)) for _ in range(2))
        if i < 6:
            width, height = unit * (2 * i + 1) // 2, unit * 5 // 2
        if max(width, height) <= 200 * min(width, height):
            cases.append([width, height, unit, least, most, *smart_resize(height, width, unit, least, most)[::-1]])
    return cases


def make_golden(spec, model, tokenizer, images, folder):
    model = model.double()
    golden = {"pictures": [], "sizes": plan_sizes()}
    opened = {path: Image.open(FIXTURES / path).convert("RGB") for path in PICTURES}
    for path in PICTURES:
        questions = []
        for question in QUESTIONS:
            inputs = read_inputs(model, tokenizer, images, [(opened[path], question)])
            questions.append({
                "text": question, "ids": inputs["input_ids"][0].tolist(),
                "greedy": answer(model, tokenizer, inputs, N_ANSWER),
                "beams": answer(model, tokenizer, inputs, N_ANSWER, num_beams=3, early_stopping=False),
                "following": [0], "logits": round_list(find_logits(model, inputs, [0]).flatten()[::STEP]),
            })  # fmt: skip
        planes = planes_of(inputs, spec["vision"]["patch_size"])
        golden["pictures"].append({
            "image": path, "rows": round_list(planes.sum(2).flatten()), "columns": round_list(planes.sum(1).flatten()),
            "embeds": round_list(rows_of(model, inputs).flatten()[::STEP]), "questions": questions,
        })  # fmt: skip
    said, turns = [], []
    for path, question in TURNS:
        said.append((opened[path], question))
        found = answer(model, tokenizer, read_inputs(model, tokenizer, images, said), N_ANSWER)
        turns.append({"image": path, "text": question, "answer": found})
        said.append([i for i in found["ids"] if i not in tokenizer.convert_tokens_to_ids(["<|im_end|>", "<|endoftext|>"])])
    golden["turns"] = turns
    (folder / "golden.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")


@torch.no_grad()
def make_full(kind, out):
    """Its words are the small ones: what is compared is what comes after them."""
    spec = FULL[kind]
    model, tokenizer, images = make_model(spec, out / "model")
    Image.effect_noise((300, 200), 90).convert("RGB").save(out / "image.png")
    inputs = read_inputs(model, tokenizer, images, [(Image.open(out / "image.png").convert("RGB"), QUESTIONS[0])])
    np.save(out / "input_ids.npy", inputs["input_ids"].numpy())
    np.save(out / "pixel_values.npy", planes_of(inputs, spec["vision"]["patch_size"])[None].float().numpy())
    np.save(out / "image_embeds.npy", rows_of(model, inputs).flatten(0, 1).float().numpy()[None])
    np.save(out / "logits.npy", find_logits(model, inputs, [104]).float().numpy()[None])
    print(f'monocle-cli inspect --model {out}/model --image {out}/image.png --prompt "{QUESTIONS[0]}" --decoder-ids 104 --out DIR')


def compare(out, found):
    for path in sorted(out.glob("*.npy")):
        wanted, got = np.load(path), np.load(found / path.name)
        error = np.linalg.norm(got - wanted) / np.linalg.norm(wanted)
        print(f"{path.stem} {wanted.shape}: relative error {error:.3g}, largest difference {abs(got - wanted).max():.3g}")


@torch.no_grad()
def make_tiny():
    make_golden(TINY, *make_model(TINY, FOLDER), FOLDER)


if __name__ == "__main__":
    run(__doc__, make_tiny, make_full, compare, full=("KIND", "OUT"))
