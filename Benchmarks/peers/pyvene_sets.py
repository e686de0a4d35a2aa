"""Random sets of units, set to zero in the decoder's initial state and decoded greedily: pyvene on a PyTorch GRU.

    python3 pyvene_sets.py MODEL SETS

MODEL: weights in PyTorch's layout. SETS: JSON with `rows` (tokens), `sets` (units), `steps`, and `tokens` [sets, rows, steps],
what we write. Prints the seconds of all sets, and the share of its tokens that are ours.
"""
import json
import sys
import time
import types

import numpy as np
import pyvene
import torch
from safetensors.torch import load_file

model_path, sets_path = sys.argv[1:]
weights = load_file(model_path)
with open(sets_path) as file:
    given = json.load(file)
words, units = weights["decoder.embedding.weight"].shape


class Decoder(torch.nn.Module):
    """Its states pass through `initial`, where pyvene takes hold of them."""

    def __init__(self):
        super().__init__()
        # What pyvene asks of a model that it does not know.
        self.config = types.SimpleNamespace(hidden_size=units)
        self.initial = torch.nn.Identity()
        self.embedding = torch.nn.Embedding(words, units)
        self.rnn = torch.nn.GRU(units, units, batch_first=True)
        self.output = torch.nn.Linear(units, words)

    def forward(self, states):
        state = self.initial(states)[None]
        token, chosen = torch.ones(len(states), 1, dtype=torch.long), []
        for _ in range(given["steps"]):
            top, state = self.rnn(self.embedding(token), state)
            token = self.output(top).argmax(-1)
            chosen.append(token)
        return torch.cat(chosen, 1)


def part(name):
    return {key.removeprefix(name + "."): value for key, value in weights.items() if key.startswith(name + ".")}


with torch.no_grad():
    decoder = Decoder()
    decoder.load_state_dict({**part("decoder"), **{"output." + key: value for key, value in part("output").items()}})
    embedding, encoder = torch.nn.Embedding(words, units), torch.nn.GRU(units, units, batch_first=True)
    embedding.load_state_dict({"weight": weights["encoder.embedding.weight"]})
    encoder.load_state_dict({key.removeprefix("rnn."): value for key, value in part("encoder").items() if "rnn" in key})
    states = torch.cat([encoder(embedding(torch.tensor([row])))[1][0] for row in given["rows"]])
    chosen = None

    def zero(base, source):
        base[:, chosen] = 0
        return base

    edited = pyvene.IntervenableModel({"component": "initial.output", "intervention": zero}, model=decoder)
    tokens = []
    # The first runs of a process are slower.
    for chosen in given["sets"][:5]:
        edited({"states": states.clone()})
    start = time.perf_counter()
    for chosen in given["sets"]:
        tokens.append(edited({"states": states.clone()})[1])
    seconds = time.perf_counter() - start
same = np.mean(torch.stack(tokens).numpy() == np.array(given["tokens"]))
print(seconds, same)
