"""What `bench train` and `bench generate` measure of networks for texts, in PyTorch:
sequences.py {train|generate} MODEL --batch N --threads N --repeat N [--compile]

The networks are those of Models/Sequences, with as many tokens and steps: nn.Transformer, nn.LSTM, and for GPT blocks
around scaled_dot_product_attention that keep keys and values. Training is SGD with momentum 0.9 and cross-entropy;
generating is one token after another behind the first, with what the network keeps of those before.
"""

import argparse
import math
import os

os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from measurement import add_arguments, measure, report  # noqa: E402


class Block(nn.Module):
    def __init__(self, d, heads, units, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.project, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.network = nn.Sequential(nn.Linear(d, units), nn.GELU("tanh"), nn.Linear(units, d), nn.Dropout(dropout))

    def forward(self, x, cache=None):
        n, t, d = x.shape
        q, k, v = self.project(self.norm1(x)).view(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        if cache is not None:
            keys, values, past = cache
            keys[:, :, past:past + t], values[:, :, past:past + t] = k, v
            k, v = keys[:, :, :past + t], values[:, :, :past + t]
        dropout = self.dropout if self.training else 0
        y = functional.scaled_dot_product_attention(q, k, v, is_causal=cache is None, dropout_p=dropout)
        y = self.out(y.transpose(1, 2).reshape(n, t, d))
        x = x + functional.dropout(y, self.dropout, self.training)
        return x + self.network(self.norm2(x))


class GPT(nn.Module):
    tokens, length = 1000, 128

    def __init__(self, d=128, heads=4, units=512, layers=4, dropout=0.1):
        super().__init__()
        self.heads, self.d = heads, d
        self.embedding, self.positions = nn.Embedding(self.tokens, d), nn.Embedding(256, d)
        self.dropout, self.norm = nn.Dropout(dropout), nn.LayerNorm(d)
        self.blocks = nn.ModuleList(Block(d, heads, units, dropout) for _ in range(layers))

    def forward(self, x, caches=None, past=0):
        y = self.dropout(self.embedding(x) + self.positions.weight[past:past + x.shape[1]])
        for number, block in enumerate(self.blocks):
            y = block(y, None if caches is None else (*caches[number], past))
        return functional.linear(self.norm(y), self.embedding.weight)

    def generation(self, batch):
        x = tokens_of(batch, self.length, self.tokens)

        def generate():
            shape = (batch, self.heads, self.length, self.d // self.heads)
            caches = [(torch.empty(shape), torch.empty(shape)) for _ in self.blocks]
            for step in range(self.length):
                self(x[:, step:step + 1], caches, step)

        return generate

    def batch(self, batch):
        x = tokens_of(batch, self.length, self.tokens)
        return [x], x


class Transformer(nn.Module):
    length = 40

    def __init__(self, tokens=1000, d=64, heads=4, layers=2, units=256, dropout=0.0):
        super().__init__()
        self.tokens, self.d = tokens, d
        self.embedding = nn.Embedding(tokens, d)
        self.transformer = nn.Transformer(d, heads, layers, layers, units, dropout, batch_first=True)
        self.transformer.encoder.norm = self.transformer.decoder.norm = None
        place = torch.arange(self.length)[:, None] / 10000 ** (torch.arange(0, d, 2) / d)
        waves = torch.stack([place.sin(), place.cos()], 2).reshape(self.length, d)
        self.register_buffer("waves", waves)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(self.length))

    def embedded(self, x):
        return self.embedding(x) * math.sqrt(self.d) + self.waves[:x.shape[1]]

    def forward(self, source, target):
        padding = source == 0
        y = self.transformer(
            self.embedded(source), self.embedded(target), tgt_mask=self.mask, tgt_is_causal=True,
            src_key_padding_mask=padding, memory_key_padding_mask=padding)
        return functional.linear(y, self.embedding.weight)

    def batch(self, batch):
        source, target = (tokens_of(batch, self.length, self.tokens) for _ in range(2))
        return [source, target], target


class CharacterModel(nn.Module):
    length, tokens = 100, 100

    def __init__(self, embedding=64, units=256):
        super().__init__()
        self.embedding = nn.Embedding(self.tokens, embedding)
        self.lstm = nn.LSTM(embedding, units, batch_first=True)
        self.scores = nn.Sequential(nn.Dropout(0.1), nn.Linear(units, self.tokens))

    def forward(self, x):
        return self.scores(self.lstm(self.embedding(x))[0])

    def generation(self, batch):
        x = tokens_of(batch, self.length, self.tokens)

        def generate():
            states = None
            for step in range(self.length):
                y, states = self.lstm(self.embedding(x[:, step:step + 1]), states)
                self.scores(y)

        return generate

    def batch(self, batch):
        x = tokens_of(batch, self.length, self.tokens)
        return [x], x


class SequenceToSequence(nn.Module):
    """An LSTM reads the source backwards, another writes from its last states."""

    length, tokens = 20, 5000

    def __init__(self, embedding=64, units=256):
        super().__init__()
        self.source, self.target = (nn.Embedding(self.tokens, embedding) for _ in range(2))
        self.encoder, self.decoder = (nn.LSTM(embedding, units, batch_first=True) for _ in range(2))
        self.scores = nn.Linear(units, self.tokens)

    def forward(self, source, target):
        _, states = self.encoder(self.source(source.flip(1)))
        return self.scores(self.decoder(self.target(target), states)[0])

    def batch(self, batch):
        source, target = (tokens_of(batch, self.length, self.tokens) for _ in range(2))
        return [source, target], target


MODELS = {
    "char-lm": CharacterModel, "gpt": GPT, "transformer": Transformer, "seq2seq": SequenceToSequence,
    "transformer-base": lambda: Transformer(37000, 512, 8, 6, 2048, 0.1),
}


def tokens_of(batch, length, count):
    return torch.randint(4, count, (batch, length))


def training_step(model, batch, compiled):
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9)
    loss_function = nn.CrossEntropyLoss()
    inputs, target = model.batch(batch)
    forward = torch.compile(model) if compiled else model

    def step():
        optimizer.zero_grad()
        loss_function(forward(*inputs).flatten(0, 1), target.flatten()).backward()
        optimizer.step()

    return step, target.numel()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser, MODELS, works=("train", "generate"))
    parser.add_argument("--compile", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    model = MODELS[arguments.model]()
    if arguments.work == "train":
        step, count = training_step(model, arguments.batch, arguments.compile)
    else:
        with torch.inference_mode():
            step, count = model.eval().generation(arguments.batch), arguments.batch * model.length
            return report(measure(step, arguments) * arguments.batch / count, arguments, torch.__version__)
    report(measure(step, arguments) * arguments.batch / count, arguments, torch.__version__)


if __name__ == "__main__":
    main()
