# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a tiny model of Granite Docling's layout, which has learnt to read one page, and what the reference computes
with it.

    python make_docling.py        writes tests/fixtures/docling

Its words, its turns and what ends them are Granite's, its tags are those of DocTags; what the processor adds to its
tokenizer lies behind its table. golden.json is as those of make_smolvlm.py, in double precision, with what it writes
of the page.
"""

import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from command_line import FIXTURES
from make_clip import round_list
from make_smolvlm import answer, find_logits, read_inputs, rows_of, write_old_config, write_settings
from PIL import Image, ImageDraw
from safetensors.torch import load_file, save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import Idefics3Config, Idefics3ForConditionalGeneration, PreTrainedTokenizerFast
from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil
from transformers.models.idefics3.processing_idefics3 import Idefics3Processor

FOLDER = FIXTURES / "docling"
PROMPT = "Convert this page to docling."
PAGE = (
    "<doctag><page_header><loc_10><loc_5><loc_490><loc_20>Cats</page_header>\n"
    "<title><loc_50><loc_50><loc_450><loc_90>A cat</title>\n"
    "<text><loc_50><loc_100><loc_450><loc_150>It *is* small.</text>\n"
    "<unordered_list><list_item><loc_60><loc_160><loc_450><loc_180>one</list_item>\n"
    "<list_item><loc_60><loc_190><loc_450><loc_210>two</list_item>\n</unordered_list>\n"
    "<otsl><loc_50><loc_250><loc_450><loc_350><ched>a<ched>b<nl><fcel>1<ecel><nl></otsl>\n"
    "<formula><loc_100><loc_400><loc_400><loc_450>x^2</formula>\n</doctag>"
)
OTHER = "Convert table to OTSL."
SIZE = dict(side=32, longest=64, factor=2, seed=7)
TEXT = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
            head_dim=8, max_position_embeddings=512, rope_theta=100000.0)  # fmt: skip
VISION = dict(hidden_size=16, intermediate_size=24, num_hidden_layers=1, num_attention_heads=2, patch_size=8)
TEMPLATE = (
    "{%- for message in messages -%}\n{{- '<|start_of_role|>' + message['role'] + '<|end_of_role|>' -}}\n"
    "{%- for part in message['content'] -%}\n{%- if part['type'] == 'text' -%}\n{{- part['text'] -}}\n"
    "{%- elif part['type'] == 'image' -%}\n{{- '<image>' -}}\n{%- endif -%}\n{%- endfor -%}\n"
    "{{- '<|end_of_text|>\n' -}}\n{%- endfor -%}\n"
    "{%- if add_generation_prompt -%}\n{{- '<|start_of_role|>assistant' -}}\n{{- '<|end_of_role|>' -}}\n{%- endif -%}\n"
)
PAIRS = ["doctag", "page_header", "title", "text", "unordered_list", "list_item", "otsl", "formula", "picture", "caption"]
SINGLES = ["ched", "fcel", "ecel", "lcel", "nl"]


def make_tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=290, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
                                  show_progress=False)  # fmt: skip
    tokenizer.train_from_iterator([PROMPT, OTHER, "user", "assistant", "\n\n", *["<loc_", "0>"] * 9], trainer)
    tags = [tag for name in PAIRS for tag in (f"<{name}>", f"</{name}>")] + [f"<{name}>" for name in SINGLES]
    places = [f"<row_{y + 1}_col_{x + 1}>" for y in range(4) for x in range(4)]
    added = ["<|pad|>", "<|end_of_text|>", "<|start_of_role|>", "<|end_of_role|>", "<image>",
             "<fake_token_around_image>", "<global-img>", *places, *tags]  # fmt: skip
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in added])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<|start_of_role|>",
                                   eos_token="<|end_of_text|>", pad_token="<|end_of_text|>")  # fmt: skip


def make_config(tokenizer):
    start, end = tokenizer.bos_token_id, tokenizer.eos_token_id
    text = dict(TEXT, model_type="llama", vocab_size=len(tokenizer), rms_norm_eps=1e-5, hidden_act="silu",
                tie_word_embeddings=True, pad_token_id=end, bos_token_id=start, eos_token_id=end)  # fmt: skip
    vision = dict(VISION, image_size=SIZE["side"], model_type="idefics3_vision")
    return Idefics3Config(text_config=text, vision_config=vision, scale_factor=SIZE["factor"], pad_token_id=end,
                          tie_word_embeddings=True, image_token_id=tokenizer.convert_tokens_to_ids("<image>"))  # fmt: skip


def draw_page():
    """Something on white."""
    page = Image.new("RGB", (60, 80), "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((6, 8, 54, 14), fill="black")
    pen.rectangle((6, 16, 54, 24), fill="grey")
    pen.rectangle((6, 40, 54, 56), outline="black")
    pen.line((30, 40, 30, 56), fill="black")
    pen.line((12, 68, 48, 68), fill="blue")
    page.save(FOLDER / "page.png", optimize=True)
    return page


def learn(model, processor, page):
    """The one page by heart."""
    inputs = read_inputs(model, processor, page, PROMPT)
    written = processor.tokenizer(PAGE + "<|end_of_text|>", add_special_tokens=False, return_tensors="pt")["input_ids"]
    n = inputs["input_ids"].shape[1]
    ids = torch.cat([inputs["input_ids"], written], 1)
    labels = ids.clone()
    labels[:, :n] = -100
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=0)
    model.train()
    for step in range(900):
        found = model(**dict(inputs, input_ids=ids, attention_mask=torch.ones_like(ids)), labels=labels)
        found.loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if step % 100 == 0 or found.loss < 2e-3:
            print(step, float(found.loss))
        if found.loss < 2e-3:
            break
    model.eval()


def write_files(model, tokenizer, n_seen):
    model.save_pretrained(FOLDER)
    stored = {name: tensor.to(torch.bfloat16) for name, tensor in load_file(FOLDER / "model.safetensors").items()}
    save_file(stored, FOLDER / "model.safetensors", metadata={"format": "pt"})
    write_settings(SIZE, FOLDER, n_seen)
    write_old_config({"text": TEXT}, FOLDER)
    (FOLDER / "chat_template.json").unlink()
    (FOLDER / "chat_template.jinja").write_text(TEMPLATE)
    end = tokenizer.eos_token_id
    generation = {"_from_model_config": True, "bos_token_id": tokenizer.bos_token_id, "eos_token_id": end,
                  "pad_token_id": end}  # fmt: skip
    (FOLDER / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n")
    tokenizer.save_pretrained(FOLDER)
    path = FOLDER / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()), ensure_ascii=False, separators=(",", ":")) + "\n")
    for path in FOLDER.iterdir():
        path.chmod(0o644)


@torch.no_grad()
def make_golden(model, processor, page):
    questions = []
    for text in (PROMPT, OTHER):
        inputs = read_inputs(model, processor, page, text)
        ids = model.generate(**inputs, do_sample=False, max_new_tokens=300)[0, inputs["input_ids"].shape[1] :].tolist()
        questions.append({
            "text": text, "ids": inputs["input_ids"][0].tolist(), "greedy": {"ids": ids},
            "following": [0], "logits": round_list(find_logits(model, inputs, [0]).flatten()[::5]),
            "tags": processor.tokenizer.decode(ids[:-1] if ids[-1] == processor.tokenizer.eos_token_id else ids),
        })  # fmt: skip
    pixels = inputs["pixel_values"][0]
    picture = {"image": "docling/page.png", "views": len(pixels), "sums": round_list(pixels.sum(3)),
               "rows": round_list(rows_of(model, inputs).flatten()[::5]), "questions": questions}  # fmt: skip
    assert questions[0]["tags"] == PAGE, questions[0]["tags"]
    (FOLDER / "golden.json").write_text(json.dumps({"pictures": [picture]}, ensure_ascii=False) + "\n")


def main():
    torch.manual_seed(SIZE["seed"])
    FOLDER.mkdir(exist_ok=True)
    tokenizer = make_tokenizer()
    model = Idefics3ForConditionalGeneration(make_config(tokenizer))
    grid = SIZE["side"] // VISION["patch_size"] // SIZE["factor"]
    images = Idefics3ImageProcessorPil(size={"longest_edge": SIZE["longest"]},
                                       max_image_size={"longest_edge": SIZE["side"]})  # fmt: skip
    processor = Idefics3Processor(images, tokenizer, image_seq_len=grid * grid, chat_template=TEMPLATE)
    page = draw_page()
    learn(model, processor, page)
    write_files(model, tokenizer, grid * grid)
    model = Idefics3ForConditionalGeneration.from_pretrained(FOLDER, dtype=torch.float32, attn_implementation="eager")
    make_golden(model.eval().double(), processor, page)


if __name__ == "__main__":
    main()
