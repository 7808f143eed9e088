"""Stage 2: distil the teacher (MiniLM with its head) into a small text transformer of open_clip.

The tower is causal and takes its output at the end token, so padding after it has no effect and training can run on
batches of equal length instead of the full context.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from open_clip.model import CLIP
from open_clip.tokenizer import SimpleTokenizer
from torch.nn.functional import normalize

from training.losses import distil
from training.precision import reduced

SHORT_TOKENS = 9  # with start and end: up to about six words
SHORT_PASSES = 4


@dataclass(frozen=True)
class TokenTable:
    """Tokenised texts: one flat array and the offsets of each text."""

    flat: np.ndarray
    offsets: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """Number of tokens of each text, including start and end token."""
        return np.diff(self.offsets)

    def batch(self, rows: np.ndarray) -> torch.Tensor:
        """Tokens of `rows`, padded with 0 to the longest of them, ``(len(rows), t)``."""
        ids = np.zeros((len(rows), int(self.lengths[rows].max())), np.int64)
        for i, row in enumerate(rows):
            tokens = self.flat[self.offsets[row] : self.offsets[row + 1]]
            ids[i, : len(tokens)] = tokens
        return torch.from_numpy(ids)


def tokenize(texts: list[str], tokenizer: SimpleTokenizer) -> TokenTable:
    """Tokenise once, like `SimpleTokenizer.__call__` but without padding."""
    limit = tokenizer.context_length
    rows = []
    for text in texts:
        tokens = [tokenizer.sot_token_id, *tokenizer.encode(text)[: limit - 2], tokenizer.eot_token_id]
        rows.append(np.array(tokens, np.uint16))
    return TokenTable(np.concatenate(rows), np.cumsum([0, *map(len, rows)]))


def hidden_at_end(model: CLIP, ids: torch.Tensor) -> torch.Tensor:
    """The normalised hidden state at the end token, ``(n, width)``, for ids ``(n, t)`` cut to the longest text."""
    length = ids.shape[1]
    with reduced():
        x = model.token_embedding(ids) + model.positional_embedding[:length]  # (n, t, width)
        x = model.transformer(x, attn_mask=model.attn_mask[:length, :length])
    return model.ln_final(x[torch.arange(len(ids)), ids.argmax(-1)].float())


def encode_tokens(model: CLIP, ids: torch.Tensor) -> torch.Tensor:
    """Same result as ``model.encode_text(..., normalize=True)``, ``(n, 512)``, for ids cut to the longest text."""
    return normalize(hidden_at_end(model, ids) @ model.text_projection, dim=-1)


def equal_length_batches(lengths: np.ndarray, tokens: int, random: np.random.Generator, most: int = 1024):
    """Yield batches of rows of similar length, at most about `tokens` tokens each, in random order, each row once."""
    order = np.lexsort((random.random(len(lengths)), lengths))
    batches, start = [], 0
    while start < len(order):
        stop = min(start + most, len(order))
        while stop > start + 1 and lengths[order[stop - 1]] * (stop - start) > tokens:
            stop = max(start + 1, min(stop - 1, start + tokens // int(lengths[order[stop - 1]])))
        batches.append(order[start:stop])
        start = stop
    for index in random.permutation(len(batches)):
        yield batches[index]


def begin_as_word_average(model: CLIP, vectors: torch.Tensor) -> None:
    """Initialise as a bag of words: token vectors from the teacher, a first layer that averages them.

    Args:
        model: its width must be the teacher's, 384.
        vectors: MiniLM vectors of the token strings, ``(vocab, 384)``.
    """
    width = model.token_embedding.embedding_dim
    centred = vectors - vectors.mean(0)
    centred = centred / centred.std()
    with torch.no_grad():
        model.token_embedding.weight.copy_(centred * 0.5)
        first = model.transformer.resblocks[0].attn
        first.in_proj_weight[: 2 * width].mul_(0.3)  # nearly the same attention to every word
        first.in_proj_weight[2 * width :].copy_(torch.eye(width))
        first.out_proj.weight.copy_(torch.eye(width))
        for block in model.transformer.resblocks:
            block.mlp.c_proj.weight.mul_(0.5)


@torch.no_grad()
def fit_projection(model: CLIP, table: TokenTable, target: torch.Tensor, ridge: float = 1.0) -> None:
    """Fit the last projection by least squares, so that step 0 approximates the teacher; target ``(n, 512)``."""
    order = np.argsort(table.lengths, kind="stable")
    parts = np.array_split(order, max(1, len(order) // 512))
    hidden = torch.cat([hidden_at_end(model, table.batch(rows)) for rows in parts])  # (n, width)
    gram = hidden.T @ hidden + ridge * torch.eye(hidden.shape[1])
    model.text_projection.copy_(torch.linalg.solve(gram, hidden.T @ target[torch.from_numpy(order)]))


def text_parameters(model: CLIP) -> list[torch.nn.Parameter]:
    """The parameters of the text tower."""
    return [p for name, p in model.named_parameters() if not name.startswith(("visual.", "logit_"))]


def distil_text_tower(
    model: CLIP, table: TokenTable, target: torch.Tensor, epochs: int, seed: int, rate: float = 1e-3, tokens: int = 8192
) -> None:
    """Train the text tower in place to give `target` ``(n, 512)`` (unit rows, float16) for the texts of `table`.

    Short texts are seen `SHORT_PASSES` times in an epoch: they are what people ask, and cost little.
    """
    random = np.random.default_rng(seed)
    torch.manual_seed(seed)
    short = np.flatnonzero(table.lengths <= SHORT_TOKENS)
    texts = np.concatenate([np.arange(len(table.lengths)), *[short] * (SHORT_PASSES - 1)])
    lengths = table.lengths[texts]
    total = epochs * sum(1 for _ in equal_length_batches(lengths, tokens, random))
    optimizer = torch.optim.AdamW(text_parameters(model), lr=rate, betas=(0.9, 0.98), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=total + epochs, pct_start=0.08)
    model.train()
    done, seen = 0, 0.0
    for _ in range(epochs):
        for places in equal_length_batches(lengths, tokens, random):
            rows = texts[places]
            loss = distil(encode_tokens(model, table.batch(rows)), target[torch.from_numpy(rows)].float())
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(text_parameters(model), 1.0)
            optimizer.step()
            schedule.step()
            done, seen = done + 1, 0.98 * seen + 0.02 * loss.item()
            if done % 50 == 0:
                print(f"  text tower: step {done} of {total}, loss {seen / (1 - 0.98**done):.3f}", flush=True)
    model.eval()
