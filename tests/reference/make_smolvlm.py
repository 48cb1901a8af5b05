# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes models that read pictures as they read words (SmolVLM: Idefics3 and SmolVLM2) with random weights, and what
the reference computes with them.

    python make_smolvlm.py                    the tiny ones, with their goldens, below tests/fixtures
    python make_smolvlm.py --full KIND OUT    one of a published shape ("256m", "500m"), which sees one view: large,
                                              never committed
    python make_smolvlm.py --compare OUT DIR  what `monocle-cli inspect` wrote into DIR against that

A golden is MODEL/golden.json: pictures with how they are cut, the sums of their pixels and their rows, and questions
about each with the token ids of the whole prompt, the logits of what may come first and second, and the answers:
greedy, and of three beams. Everything is computed in double precision from the weights as they are stored.

Pillow resizes some tall pictures in columns first since its version 13: those here are none of them.
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
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import Idefics3Config, Idefics3ForConditionalGeneration, PreTrainedTokenizerFast
from transformers import SmolVLMConfig, SmolVLMForConditionalGeneration
from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil
from transformers.models.idefics3.image_processing_pil_idefics3 import get_resize_output_image_size
from transformers.models.idefics3.processing_idefics3 import Idefics3Processor

NOISE = {"smolvlm/tall-41x67.png": (41, 67)}
PICTURES = ["pictures/photo-131x97.png", "clip/wide-41x9.png", "pictures/photo-97x131.png", *NOISE]
QUESTIONS = ["What is this?", "Wie viele Häuser sind es: 3 oder 21?\n\nZwei?", "Can you describe this image?"]
N_ANSWER = 14
CORPUS = ["Can you describe this image?", "What is the text in this image?", "User:", "Assistant:", "\n\n", "\n\n",
          "Describe this image in one sentence.", " the", " image", " of", " a", " in"]  # fmt: skip

TEMPLATE = (
    "<|im_start|>{% for message in messages %}{{message['role'] | capitalize}}{% if message['content'][0]['type'] =="
    " 'image' %}{{':'}}{% else %}{{': '}}{% endif %}{% for line in message['content'] %}{% if line['type'] == 'text'"
    " %}{{line['text']}}{% elif line['type'] == 'image' %}{{ '<image>' }}{% endif %}{% endfor %}<end_of_utterance>\n"
    "{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)

# Heads that share keys and such that do not, and that are not as wide as tokens together; views and one view; patches
# that do not divide the side; tables that are one and two; both editions of the files.
TINY = {
    "idefics3": dict(kind="idefics3", seed=1, dtype=torch.bfloat16, words=330, tied=False, side=32, longest=96, factor=2,
                     text=dict(hidden_size=48, intermediate_size=64, num_hidden_layers=3, num_attention_heads=6,
                               num_key_value_heads=2, head_dim=8, max_position_embeddings=256, rope_theta=100000.0),
                     vision=dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
                                 patch_size=8)),
    "smolvlm2": dict(kind="smolvlm", seed=2, dtype=torch.float32, words=330, tied=True, side=52, longest=52, factor=3,
                     text=dict(hidden_size=40, intermediate_size=72, num_hidden_layers=2, num_attention_heads=4,
                               num_key_value_heads=4, head_dim=12, max_position_embeddings=200, rope_theta=10000.0),
                     vision=dict(hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3,
                                 patch_size=8)),
}  # fmt: skip
FULL = {
    "256m": dict(kind="idefics3", seed=3, dtype=torch.bfloat16, tied=False, side=512, longest=512, factor=4,
                 text=dict(hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9,
                           num_key_value_heads=3, head_dim=64, max_position_embeddings=8192, rope_theta=100000.0),
                 vision=dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
                             patch_size=16)),
    "500m": dict(kind="smolvlm", seed=4, dtype=torch.bfloat16, tied=False, side=512, longest=512, factor=4,
                 text=dict(hidden_size=960, intermediate_size=2560, num_hidden_layers=32, num_attention_heads=15,
                           num_key_value_heads=5, head_dim=64, max_position_embeddings=8192, rope_theta=100000.0),
                 vision=dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
                             patch_size=16)),
}  # fmt: skip
KINDS = {
    "idefics3": (Idefics3Config, Idefics3ForConditionalGeneration),
    "smolvlm": (SmolVLMConfig, SmolVLMForConditionalGeneration),
}


def small_tokenizer(words):
    """SmolLM2's pipeline around a small vocabulary, and the tokens of pictures behind it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=words, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
    )  # fmt: skip
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    places = [f"<row_{y + 1}_col_{x + 1}>" for y in range(6) for x in range(6)]
    added = ["<global-img>", *places, "<fake_token_around_image>", "<image>", "<end_of_utterance>"]
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in added])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|im_start|>", eos_token="<end_of_utterance>", pad_token="<|im_end|>"
    )


def write_settings(spec, folder, n_seen):
    """As the published files have it."""
    settings = dict(do_convert_rgb=True, do_image_splitting=True, do_normalize=True, do_pad=True, do_rescale=True,
                    do_resize=True, image_mean=[0.5] * 3, image_processor_type="Idefics3ImageProcessor",
                    image_std=[0.5] * 3, max_image_size={"longest_edge": spec["side"]}, processor_class="Idefics3Processor",
                    resample=1, rescale_factor=0.00392156862745098, size={"longest_edge": spec["longest"]})  # fmt: skip
    texts = {
        "preprocessor_config.json": settings,
        "processor_config.json": {"image_seq_len": n_seen, "processor_class": "Idefics3Processor"},
        "chat_template.json": {"chat_template": TEMPLATE},
    }
    for name, content in texts.items():
        (folder / name).write_text(json.dumps(content, indent=2) + "\n")


def make_config(spec, tokenizer):
    config, _ = KINDS[spec["kind"]]
    text = dict(spec["text"], model_type="llama", vocab_size=len(tokenizer), rms_norm_eps=1e-5, hidden_act="silu",
                tie_word_embeddings=spec["tied"], pad_token_id=2, bos_token_id=1, eos_token_id=2)  # fmt: skip
    if spec["kind"] == "smolvlm":
        text["rope_parameters"] = {"rope_type": "default", "rope_theta": text.pop("rope_theta")}
    vision = dict(spec["vision"], image_size=spec["side"], model_type=f"{spec['kind']}_vision")
    return config(text_config=text, vision_config=vision, scale_factor=spec["factor"], pad_token_id=2,
                  tie_word_embeddings=spec["tied"], image_token_id=tokenizer.convert_tokens_to_ids("<image>"))  # fmt: skip


def write_old_config(spec, folder):
    """The turns where the published files have them."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config["text_config"].pop("rope_parameters", None)
    config["text_config"]["rope_theta"] = spec["text"]["rope_theta"]
    path.write_text(json.dumps(config, indent=2) + "\n")


def make_model(spec, folder, tokenizer=None):
    """Writes a model directory; returns the reference's model and processor."""
    torch.manual_seed(spec["seed"])
    _, kind = KINDS[spec["kind"]]
    tokenizer = tokenizer or small_tokenizer(spec["words"])
    config = make_config(spec, tokenizer)
    model = kind(config)
    make_loud(model)
    model.tie_weights()
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    stored = {name: tensor.to(spec["dtype"]) for name, tensor in load_file(folder / "model.safetensors").items()}
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    grid = spec["side"] // spec["vision"]["patch_size"] // spec["factor"]
    write_settings(spec, folder, grid * grid)
    end = tokenizer.convert_tokens_to_ids("<end_of_utterance>")
    generation = {"_from_model_config": True, "bos_token_id": 0, "eos_token_id": end, "pad_token_id": 2}
    (folder / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n")
    tokenizer.save_pretrained(folder)
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()), ensure_ascii=False, separators=(",", ":")) + "\n")
    if spec["kind"] == "idefics3":
        write_old_config(spec, folder)
    for path in folder.iterdir():
        path.chmod(0o644)
    images = Idefics3ImageProcessorPil(size={"longest_edge": spec["longest"]},
                                       max_image_size={"longest_edge": spec["side"]})  # fmt: skip
    processor = Idefics3Processor(images, tokenizer, image_seq_len=grid * grid, chat_template=TEMPLATE)
    return kind.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval(), processor


def read_inputs(model, processor, picture, question):
    turn = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": question}]}
    prompt = processor.apply_chat_template([turn], add_generation_prompt=True)
    inputs = processor(text=prompt, images=[picture], return_tensors="pt")
    inputs["pixel_values"] = inputs["pixel_values"].to(model.dtype)
    return inputs


def answer(model, processor, inputs, n, **options):
    ids = model.generate(**inputs, do_sample=False, max_new_tokens=n, **options)[0, inputs["input_ids"].shape[1]:]
    ids = ids.tolist()
    # A text in C ends with what has the code 0.
    text = processor.tokenizer.decode(ids, skip_special_tokens=True).strip().replace("\0", "\ufffd")
    return {"ids": ids, "text": text}


def find_logits(model, inputs, following):
    """Of what may come first, and after each of the ids that follow."""
    n = inputs["input_ids"].shape[1]
    ids = torch.cat([inputs["input_ids"], torch.tensor([following])], 1)
    mask = torch.ones_like(ids)
    found = model(**dict(inputs, input_ids=ids, attention_mask=mask), use_cache=False)
    return found.logits[0, n - 1 :]


def rows_of(model, inputs):
    found = model.model.get_image_features(inputs["pixel_values"], inputs["pixel_attention_mask"])
    rows = getattr(found, "pooler_output", found)
    return torch.cat([view.reshape(-1, view.shape[-1]) for view in rows])


def make_golden(spec, model, processor, folder):
    model = model.double()
    golden = {"pictures": []}
    for path in PICTURES:
        picture = Image.open(FIXTURES / path).convert("RGB")
        questions = []
        for question in QUESTIONS:
            inputs = read_inputs(model, processor, picture, question)
            greedy = answer(model, processor, inputs, N_ANSWER)
            questions.append({
                "text": question, "ids": inputs["input_ids"][0].tolist(), "greedy": greedy,
                "beams": answer(model, processor, inputs, N_ANSWER, num_beams=3, early_stopping=False),
                "following": [0], "logits": round_list(find_logits(model, inputs, [0])),
            })  # fmt: skip
        pixels = inputs["pixel_values"][0]
        golden["pictures"].append({
            "image": path, "views": len(pixels), "sums": round_list(pixels.sum(3)),
            "rows": round_list(rows_of(model, inputs).flatten()[::5]), "questions": questions,
        })  # fmt: skip
    (folder / "golden.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")


def plan_views(longest, side, width, height):
    """What the reference's processor resizes a picture to, and into how many rows and columns it cuts it."""
    processor = Idefics3ImageProcessorPil()
    picture = np.broadcast_to(np.uint8(0), (3, height, width))
    first = get_resize_output_image_size(picture, longest)
    found = []
    processor.resize = lambda image, size, resample: found.append((size.height, size.width))
    processor.resize_for_vision_encoder(np.broadcast_to(np.uint8(0), (3, *first)), side)
    second = found[0]
    processor.resize = lambda image, size, resample: image
    _, rows, columns = processor.split_images(np.broadcast_to(np.uint8(0), (3, *second)), {"longest_edge": side})
    return [longest, side, width, height, *first[::-1], *second[::-1], rows, columns]


def make_views():
    rng = np.random.default_rng(2)
    sizes = [(640, 480), (386, 386), (480, 640), (1920, 1080), (3000, 1), (2000, 1), (1, 9000), (511, 513), (2049, 2048)]
    sizes += [tuple(int(n) for n in np.exp(rng.uniform(0, 8.5, 2)) + 1) for _ in range(150)]
    bounds = [(512, 512), (1024, 512), (1536, 512), (2048, 512), (1152, 384), (1000, 384)]
    cases = [plan_views(*bounds[i % len(bounds)], *size) for i, size in enumerate(sizes + sizes[:9] * 2)]
    lines = ",\n".join(json.dumps(case) for case in cases)
    (FIXTURES / "smolvlm" / "views.json").write_text(f"[\n{lines}\n]\n")


def published_tokenizer():
    """What lies where MONOCLE_TEST_SMOLVLM_TOKENIZER says."""
    folder = os.environ["MONOCLE_TEST_SMOLVLM_TOKENIZER"]
    return PreTrainedTokenizerFast(
        tokenizer_file=f"{folder}/tokenizer.json", bos_token="<|im_start|>", eos_token="<end_of_utterance>",
        pad_token="<|im_end|>",
    )  # fmt: skip


@torch.no_grad()
def make_full(kind, out):
    spec = FULL[kind]
    model, processor = make_model(spec, out / "model", published_tokenizer())
    Image.effect_noise((640, 480), 90).convert("RGB").save(out / "image.png")
    picture = Image.open(out / "image.png")
    inputs = read_inputs(model, processor, picture, QUESTIONS[0])
    np.save(out / "input_ids.npy", inputs["input_ids"].numpy())
    np.save(out / "pixel_values.npy", inputs["pixel_values"][0].numpy())
    np.save(out / "image_embeds.npy", rows_of(model, inputs).float().numpy()[None])
    np.save(out / "logits.npy", find_logits(model, inputs, [504]).float().numpy()[None])
    print(f'monocle-cli inspect --model {out}/model --image {out}/image.png --prompt "{QUESTIONS[0]}" --ids 504 --out DIR')


def compare(out, found):
    for path in sorted(out.glob("*.npy")):
        wanted, got = np.load(path), np.load(found / path.name)
        error = np.linalg.norm(got - wanted) / np.linalg.norm(wanted)
        print(f"{path.stem} {wanted.shape}: relative error {error:.3g}, largest difference {abs(got - wanted).max():.3g}")


@torch.no_grad()
def make_tiny():
    (FIXTURES / "smolvlm").mkdir(exist_ok=True)
    rng = np.random.default_rng(1)
    for path, (width, height) in NOISE.items():
        Image.fromarray(rng.integers(0, 256, (height, width, 3), np.uint8)).save(FIXTURES / path)
    make_views()
    for name, spec in TINY.items():
        folder = FIXTURES / "smolvlm" / name
        make_golden(spec, *make_model(spec, folder), folder)


if __name__ == "__main__":
    run(__doc__, make_tiny, make_full, compare, full=("KIND", "OUT"))
