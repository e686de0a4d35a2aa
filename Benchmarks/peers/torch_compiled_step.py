"""Training steps of the Seq2Seq in PyTorch with torch.compile, timed on request; as torch_step.py.

torch.compile does not look into torch.nn.GRU, so the cell is written out, the same one (reset after the product), and its steps are
unrolled into one graph that the compiler fuses. The first steps compile, which takes a minute or two and needs a C++ compiler.
"""

import json
import sys
import time

import torch

units, words, batch, encoder_steps, decoder_steps = map(int, sys.argv[1:6])
torch.manual_seed(0)
torch.set_num_threads(2)


class GRU(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inputs = torch.nn.Linear(units, 3 * units)
        self.recurrent = torch.nn.Linear(units, 3 * units)

    def forward(self, tokens, state):
        gates = self.inputs(tokens)
        outputs = []
        for step in range(tokens.shape[1]):
            reset, update, candidate = gates[:, step].chunk(3, 1)
            reset_state, update_state, candidate_state = self.recurrent(state).chunk(3, 1)
            reset = torch.sigmoid(reset + reset_state)
            update = torch.sigmoid(update + update_state)
            candidate = torch.tanh(candidate + reset * candidate_state)
            state = candidate + update * (state - candidate)
            outputs.append(state)
        return torch.stack(outputs, 1), state


class Seq2Seq(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder_embedding = torch.nn.Embedding(words, units)
        self.decoder_embedding = torch.nn.Embedding(words, units)
        self.encoder, self.decoder = GRU(), GRU()
        self.output = torch.nn.Linear(units, words)

    def forward(self, inputs, fed, targets):
        _, state = self.encoder(self.encoder_embedding(inputs), torch.zeros(batch, units))
        outputs, _ = self.decoder(self.decoder_embedding(fed), state)
        return torch.nn.functional.cross_entropy(self.output(outputs).reshape(-1, words), targets.reshape(-1))


model = Seq2Seq()
adam = torch.optim.Adam(model.parameters(), fused=True)
inputs = torch.randint(1, words, (batch, encoder_steps))
fed, targets = (torch.randint(1, words, (batch, decoder_steps)) for _ in range(2))
compiled = torch.compile(model)


def step():
    loss = compiled(inputs, fed, targets)
    adam.zero_grad(set_to_none=True)
    loss.backward()
    adam.step()


for _ in range(3):
    step()
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1e3)
    print(json.dumps(times), flush=True)
